import { chunkAfter } from '@skein/model';
import type { Digest } from '@skein/values';
import type {
  CallObservation,
  Impurity,
  LogChunk,
  LogPrefix,
  MapObservation,
  Observation,
  PlainObservation,
} from '@skein/model';
import { identityOf } from './identity.ts';
import { settleWithin } from './patience.ts';

/** A file that is read for longer after an action's end costs that action its trace. */
const PATIENCE_MS = 1000;

const OTHER_LOG =
  'it goes on from a checkpoint or snapshot that depends on what another process observed';

/** The place of an observation in the log; what it says may become known only later. */
interface Entry {
  /** Counted over the whole log. */
  readonly index: number;
  /** `undefined`: not known yet. `null`: there was nothing to observe. */
  seen: Observation | null | undefined;
  pending: Promise<void> | undefined;
}

/** Hands out the chunks of a log, each once and in order. */
export interface LogListener {
  take(): readonly LogChunk[];
}

/**
 * What a process observed that actions after it may use without observing it again (O3): while
 * modules were loaded, in code of no action, and by actions that could have kept it.
 *
 * L1: it only grows. An entry has its place from when the observation began.
 * L2: a prefix holds every entry that began before it was asked for.
 * L3: the same observation again adds nothing; the same subject with another digest does, and the
 *     log holds for nobody from there.
 * L4: a chunk reaches each listener before a prefix that names it.
 */
export class ProcessLog {
  #prefix: LogPrefix | null = null;
  /** Those after the last chunk. */
  #entries: Entry[] = [];
  #length = 0;
  /** Where each observation stands first. */
  readonly #known = new Map<string, number>();
  readonly #listeners: LogChunk[][] = [];
  /** Chunks for listeners that come later, where there may be such. */
  readonly #history: LogChunk[] | undefined;
  /** Of each prefix that was given out. */
  readonly #given = new Set<Digest>();
  #untraceable: string | undefined;
  #impurities: Impurity[] | undefined;
  #outside: Impurity | undefined;

  constructor({ history }: { readonly history: boolean }) {
    this.#history = history ? [] : undefined;
  }

  /** Why no action of this process can leave a trace any more (O4, O5). */
  get untraceable(): string | undefined {
    return this.#untraceable;
  }

  /** What makes all that comes later irreproducible (O8). */
  get impurities(): readonly Impurity[] {
    return this.#impurities ?? [];
  }

  /** The first impurity of code that belongs to no action: one of every action here. */
  get outsideImpurity(): Impurity | undefined {
    return this.#outside;
  }

  observe(seen: PlainObservation | Promise<PlainObservation | null>): void {
    if (seen instanceof Promise) this.#await(seen);
    else this.#add(seen);
  }

  /** A call is checked by look-up only, so it does not matter which of its kind it was. */
  called(seen: CallObservation | MapObservation): void {
    this.#add(seen.kind === 'call' ? { ...seen, count: 0 } : seen);
  }

  spoil(why: string): void {
    this.#untraceable ??= why;
  }

  impure(impurity: Impurity): void {
    this.#impurities ??= [];
    const known = this.#impurities.some((it) => isSame(it, impurity));
    if (!known) this.#impurities.push(impurity);
  }

  impureOutside(impurity: Impurity): void {
    this.#outside ??= impurity;
    this.impure(impurity);
  }

  listen(): LogListener {
    let chunks = [...(this.#history ?? [])];
    const queue: LogChunk[] = [];
    this.#listeners.push(queue);
    return {
      take: () => {
        const taken = [...chunks, ...queue];
        chunks = [];
        queue.length = 0;
        return taken;
      },
    };
  }

  /**
   * Why what depends on these logs may leave no trace here, if one is no beginning of this log: a
   * trace names the log of one process (P1).
   */
  lacking(logs: readonly LogPrefix[]): string | undefined {
    return logs.every(({ digest }) => this.#given.has(digest)) ? undefined : OTHER_LOG;
  }

  /** Everything as one chunk, where chunks are kept; `null`: nothing was observed. */
  whole(): LogChunk | null {
    const observations = (this.#history ?? []).flatMap((chunk) => chunk.observations);
    return observations.length === 0 ? null : chunkAfter(null, observations);
  }

  /** The log as it is now: no promise where nothing has to be waited for. */
  prefix(): LogPrefix | null | Promise<LogPrefix | null> {
    if (this.#entries.length === 0) return this.#prefix;
    const pending = this.#entries.flatMap((entry) => entry.pending ?? []);
    const end = this.#length;
    return pending.length === 0 ? this.#cut(end) : this.#cutLater(end, pending);
  }

  async #cutLater(end: number, pending: readonly Promise<void>[]): Promise<LogPrefix | null> {
    if (!(await settleWithin(pending, PATIENCE_MS))) {
      for (const entry of this.#entries) {
        if (entry.index < end && entry.pending !== undefined) this.#giveUp(entry);
      }
    }
    return this.#cut(end);
  }

  #cut(end: number): LogPrefix | null {
    const first = this.#entries[0]?.index ?? end;
    const entries = this.#entries.splice(0, Math.max(0, end - first));
    const observations = entries.flatMap(({ seen }) => seen ?? []);
    if (observations.length === 0) return this.#prefix;
    const chunk = chunkAfter(this.#prefix, observations);
    const { length, digest } = chunk;
    this.#prefix = { length, digest };
    this.#given.add(digest);
    this.#history?.push(chunk);
    for (const queue of this.#listeners) queue.push(chunk);
    return this.#prefix;
  }

  #add(seen: Observation): void {
    const identity = identityOf(seen);
    if (this.#known.has(identity)) return;
    const { index } = this.#place(seen);
    this.#known.set(identity, index);
  }

  #await(promise: Promise<PlainObservation | null>): void {
    const entry = this.#place(undefined);
    const settle = (seen: PlainObservation | null): void => {
      if (entry.seen !== undefined) return;
      entry.pending = undefined;
      entry.seen = this.#isFirst(seen, entry.index) ? seen : null;
    };
    entry.pending = promise.then(settle, () => {
      settle(null);
      this.spoil('what was read could not be read again to be hashed');
    });
  }

  #isFirst(seen: PlainObservation | null, index: number): boolean {
    if (seen === null) return false;
    const identity = identityOf(seen);
    const known = this.#known.get(identity);
    if (known !== undefined && known < index) return false;
    this.#known.set(identity, index);
    return true;
  }

  #giveUp(entry: Entry): void {
    entry.pending = undefined;
    entry.seen = null;
    this.spoil('a file was still being read when a task ended that could have used it');
  }

  #place(seen: Observation | undefined): Entry {
    const entry: Entry = { index: this.#length, seen, pending: undefined };
    this.#length += 1;
    this.#entries.push(entry);
    return entry;
  }
}

/** Those of an action and those of its process, each once. */
export function joinImpurities(
  own: readonly Impurity[],
  log: readonly Impurity[],
): readonly Impurity[] {
  if (log.length === 0) return own;
  return [...own, ...log.filter((it) => !own.some((known) => isSame(known, it)))];
}

function isSame(a: Impurity, b: Impurity): boolean {
  return a.kind === b.kind && a.what === b.what && a.at === b.at;
}
