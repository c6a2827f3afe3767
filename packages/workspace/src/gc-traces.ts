import { DecodingError, decode } from '@skein/values';
import type { Digest } from '@skein/values';
import { StoredFormError, readChunk } from '@skein/model';
import type { LogChunk, Trace } from '@skein/model';
import { type CondemnedTrace, LOG_KIND, type Survey, type TraceStore, madeBy } from '@skein/store';
import { Reach, callName } from './gc-reach.ts';

/** What is known of the traces that stay, and of those that go. */
export interface ChosenTraces {
  readonly go: readonly (CondemnedTrace & { readonly bytes: number })[];
  /** Tasks that no trace is left of. */
  readonly gone: readonly string[];
  readonly tasks: ReadonlySet<string>;
}

interface Row extends CondemnedTrace {
  readonly bytes: number;
  readonly task: string;
  readonly at: number;
  /** What a check of it may look up. */
  readonly name: string;
  readonly calls: ReadonlySet<string>;
  readonly log: Digest | undefined;
}

/**
 * Traces stay where they are younger than `since`, or a run that stays names their key, or a trace
 * that stays recorded a call that came to the same: a check would ask for it (T2). Of the traces
 * of one key only the oldest go: none that was overtaken becomes the newest again (T6).
 * `reach` holds what the runs that stay name, and gets what the traces that stay do.
 */
export function chooseTraces(
  survey: Survey,
  reach: Reach,
  { since, now, chunks }: { readonly since: number; readonly now: number; readonly chunks: Chunks },
): ChosenTraces {
  const rows = [...survey.traces()].map(({ id, key, bytes, trace }) =>
    rowOf({ id, key, bytes }, trace, now),
  );
  const kept = closure(rows, reach, { since, chunks });
  for (const { id, trace } of survey.traces()) {
    if (trace !== undefined && kept.has(id)) reach.trace(trace);
  }
  const tasks = new Set(rows.filter(({ id }) => kept.has(id)).map(({ task }) => task));
  const all = new Set(rows.map(({ task }) => task));
  return {
    go: rows.filter(({ id }) => !kept.has(id)),
    gone: [...all].filter((task) => task !== '' && !tasks.has(task)),
    tasks,
  };
}

type Known = Pick<Row, 'id' | 'key' | 'bytes'>;

/** What cannot be read answers nobody: it is as old as can be. */
function rowOf(row: Known, trace: Trace | undefined, now: number): Row {
  if (trace === undefined) {
    const nothing = { made: undefined, task: '', name: '', calls: new Set<string>() };
    return { ...row, ...nothing, at: -Infinity, log: undefined };
  }
  const { task, outcome, waves, log } = trace;
  const at = ageOf(trace, now);
  const named = new Reach();
  named.waves(waves);
  const name = callName(task, outcome.digest);
  const { calls } = named;
  return { ...row, made: madeBy(trace), task, at, name, calls, log: log?.digest };
}

/**
 * A trace that others made is as old as when it was shared. One that says it comes from the future
 * would never go: it stays as long as something names it.
 */
function ageOf({ at, origin }: Trace, now: number): number {
  if (origin === undefined) return at;
  return origin.at <= now ? origin.at : -Infinity;
}

function closure(
  rows: readonly Row[],
  reach: Reach,
  { since, chunks }: { readonly since: number; readonly chunks: Chunks },
): ReadonlySet<number> {
  const byKey = Map.groupBy(rows, ({ key }) => key);
  const byName = Map.groupBy(rows, ({ name }) => name);
  const kept = new Set<number>();
  const pending: Row[] = [];
  const asked = new Set<string>();
  const keep = (row: Row): void => {
    const ofKey = byKey.get(row.key) ?? [];
    for (const one of ofKey.slice(ofKey.indexOf(row))) {
      if (kept.has(one.id) || one.made === undefined) continue;
      kept.add(one.id);
      pending.push(one);
    }
  };
  const ask = (calls: Iterable<string>): void => {
    for (const call of calls) {
      if (asked.has(call)) continue;
      asked.add(call);
      for (const row of byName.get(call) ?? []) keep(row);
    }
  };
  for (const row of rows) if (row.at > since) keep(row);
  for (const key of reach.keys) for (const row of byKey.get(key) ?? []) keep(row);
  const seen = new Set<Digest>();
  const follow = (logs: Iterable<Digest>): void => {
    for (const chunk of chunks.of(logs, seen)) {
      const named = new Reach();
      named.observations(chunk.observations);
      ask(named.calls);
    }
  };
  ask(reach.calls);
  follow(reach.logs);
  for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
    ask(row.calls);
    if (row.log !== undefined) follow([row.log]);
  }
  return kept;
}

/** The chunks of logs (O3), as they are kept. */
export class Chunks {
  readonly #traces: Pick<TraceStore, 'kept'>;
  readonly #known = new Map<Digest, LogChunk | undefined>();

  constructor(traces: Pick<TraceStore, 'kept'>) {
    this.#traces = traces;
  }

  /** These and all before them, but for those that were seen. */
  *of(last: Iterable<Digest>, seen = new Set<Digest>()): Generator<LogChunk> {
    for (const digest of last) {
      for (let at: Digest | undefined = digest; at !== undefined && !seen.has(at);) {
        seen.add(at);
        const chunk: LogChunk | undefined = this.#read(at);
        if (chunk !== undefined) yield chunk;
        at = chunk?.previous?.digest;
      }
    }
  }

  #read(digest: Digest): LogChunk | undefined {
    if (!this.#known.has(digest)) this.#known.set(digest, this.#decode(digest));
    return this.#known.get(digest);
  }

  #decode(digest: Digest): LogChunk | undefined {
    const bytes = this.#traces.kept(LOG_KIND, digest);
    if (bytes === undefined) return undefined;
    try {
      return readChunk(decode(bytes));
    } catch (error) {
      if (error instanceof StoredFormError || error instanceof DecodingError) return undefined;
      throw error;
    }
  }
}
