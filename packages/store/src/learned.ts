import { packDigests } from '@skein/values';
import type { ActionKey, TaskId, Trace } from '@skein/model';
import { mergeKeys } from './key-table.ts';
import { digestsIn } from './packed.ts';
import { isSameTrace } from './stored-trace.ts';
import { TRACES_PER_KEY } from './trace-store.ts';
import type { TraceStore } from './trace-store.ts';

/** Whether one of these shared it. */
export function isWrittenBy({ origin }: Trace, writers: ReadonlySet<string>): boolean {
  return origin?.writer !== undefined && writers.has(origin.writer);
}

/** What is known to lie near is not looked for where others keep it. */
export function rememberNewFiles(
  store: Pick<TraceStore, 'artifactOf' | 'rememberFiles'>,
  { outcome }: Trace,
): void {
  if (outcome.kind !== 'result') return;
  const { artifact, files } = outcome;
  if (artifact === undefined || files === undefined) return;
  const unknown = digestsIn(files).filter((file) => store.artifactOf(file) === undefined);
  if (unknown.length > 0) store.rememberFiles(artifact, packDigests(unknown));
}

/** The traces of a key after one more that somebody else made: what is there stays. */
export function withLearned(known: readonly Trace[], learned: Trace): readonly Trace[] {
  if (known.some((one) => isSameTrace(one, learned))) return known;
  return [learned, ...known].slice(0, TRACES_PER_KEY);
}

/**
 * Traces of others that are not yet written, or never will be. They stand behind what this process
 * made under the same key and has not written either: they are written first.
 */
export class Learned {
  readonly #traces = new Map<ActionKey, readonly Trace[]>();
  readonly #keys = new Map<TaskId, readonly ActionKey[]>();
  readonly #passing = new WeakSet<Trace>();
  readonly #forgotten = new Set<string>();

  /** False where it is known already, or its writer is not to be believed. */
  add(trace: Trace, passing: boolean): boolean {
    const { key, task } = trace;
    if (isWrittenBy(trace, this.#forgotten)) return false;
    const known = this.tracesOf(key);
    if (known.some((one) => isSameTrace(one, trace))) return false;
    this.#traces.set(key, [trace, ...known]);
    this.#keys.set(task, mergeKeys([key], this.keysOf(task)));
    if (passing) this.#passing.add(trace);
    return true;
  }

  get isEmpty(): boolean {
    return this.#traces.size === 0;
  }

  /** Newest first. */
  tracesOf(key: ActionKey): readonly Trace[] {
    return this.#traces.get(key) ?? [];
  }

  get tracedKeys(): Iterable<ActionKey> {
    return this.#traces.keys();
  }

  keysOf(task: TaskId): readonly ActionKey[] {
    return this.#keys.get(task) ?? [];
  }

  /** What is to be written, in the order in which it was learned of each key. */
  get unwritten(): readonly Trace[] {
    if (this.#traces.size === 0) return [];
    return [...this.#traces.values()].flatMap((traces) =>
      traces.filter((trace) => !this.#passing.has(trace)).toReversed(),
    );
  }

  get distrusts(): boolean {
    return this.#forgotten.size > 0;
  }

  /** Those that are believed. */
  believed(traces: readonly Trace[]): readonly Trace[] {
    if (!this.distrusts) return traces;
    return traces.filter((trace) => !isWrittenBy(trace, this.#forgotten));
  }

  /** Those of these writers. */
  by(writers: ReadonlySet<string>): readonly Trace[] {
    return [...this.#traces.values()].flat().filter((trace) => isWrittenBy(trace, writers));
  }

  forget(writers: ReadonlySet<string>): void {
    for (const writer of writers) this.#forgotten.add(writer);
    this.drop(this.by(writers));
  }

  drop(traces: readonly Trace[]): void {
    const dropped = new Set(traces);
    for (const { key, task } of traces) {
      const left = this.tracesOf(key).filter((one) => !dropped.has(one));
      if (left.length > 0) this.#traces.set(key, left);
      else this.#traces.delete(key);
      const keys = this.keysOf(task).filter((one) => this.#traces.has(one));
      if (keys.length > 0) this.#keys.set(task, keys);
      else this.#keys.delete(task);
    }
  }
}
