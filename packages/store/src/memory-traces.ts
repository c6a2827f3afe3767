import { digestOf, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionKey, TaskId, Trace } from '@skein/model';
import { type GenerationMark, isSameMark } from './generation.ts';
import { isWrittenBy, rememberNewFiles } from './learned.ts';
import { isSameTrace } from './stored-trace.ts';
import { KEYS_PER_TASK, TRACES_PER_KEY } from './trace-store.ts';
import type { TraceStore } from './trace-store.ts';

/** Traces of one process: for tests, and in front of slower stores. */
export class MemoryTraces implements TraceStore {
  readonly #traces = new Map<ActionKey, readonly Trace[]>();
  readonly #keys = new Map<TaskId, readonly ActionKey[]>();
  readonly #values = new Map<Digest, Uint8Array>();
  readonly #kept = new Map<string, Uint8Array>();
  readonly #artifacts = new Map<Digest, Digest>();
  readonly #summaries = new Map<ActionKey, { generation: number; body: Uint8Array }>();
  readonly #raises = new Map<string, number>();
  readonly #forgotten = new Set<string>();
  #generation = 0;

  lookUp(key: ActionKey): readonly Trace[] {
    return this.#traces.get(key) ?? [];
  }

  lookUpMany(keys: Iterable<ActionKey>): ReadonlyMap<ActionKey, readonly Trace[]> {
    const found = new Map<ActionKey, readonly Trace[]>();
    for (const key of keys) {
      const traces = this.#traces.get(key);
      if (traces !== undefined) found.set(key, traces);
    }
    return found;
  }

  remember(trace: Trace): void {
    this.#noteRaise(trace);
    const { key, outcome } = trace;
    this.#add(withNewest(this.lookUp(key), trace), trace);
    if (outcome.kind !== 'result') return;
    const { artifact, files } = outcome;
    if (artifact !== undefined && files !== undefined) this.rememberFiles(artifact, files);
  }

  learn(trace: Trace): void {
    const known = this.lookUp(trace.key);
    if (isWrittenBy(trace, this.#forgotten)) return;
    if (known.some((one) => isSameTrace(one, trace))) return;
    this.#noteRaise(trace);
    this.#add(withNewest(known, trace), trace);
    rememberNewFiles(this, trace);
  }

  forgetWriters(writers: ReadonlySet<string>): number {
    for (const writer of writers) this.#forgotten.add(writer);
    let gone = 0;
    for (const [key, traces] of this.#traces) {
      const left = traces.filter((trace) => !isWrittenBy(trace, writers));
      if (left.length === traces.length) continue;
      gone += traces.length - left.length;
      if (left.length > 0) this.#traces.set(key, left);
      else this.#drop(key, traces);
    }
    if (gone > 0) this.raiseGeneration();
    return gone;
  }

  hasLearned(): boolean {
    return [...this.#traces.values()].flat().some(({ origin }) => origin !== undefined);
  }

  #drop(key: ActionKey, traces: readonly Trace[]): void {
    this.#traces.delete(key);
    for (const { task } of traces) {
      const left = this.keysOfTask(task).filter((other) => other !== key);
      this.#keys.set(task, left);
    }
  }

  #noteRaise({ key, run: maker, outcome, origin }: Trace): void {
    const run = origin === undefined ? maker : '';
    const [newest] = this.lookUp(key);
    if (newest === undefined || newest.outcome.digest === outcome.digest) return;
    this.raiseGeneration();
    this.#raises.set(run, (this.#raises.get(run) ?? 0) + 1);
  }

  #add(traces: readonly Trace[], { key, task }: Trace): void {
    this.#traces.set(key, traces);
    const others = this.keysOfTask(task).filter((other) => other !== key);
    this.#keys.set(task, [key, ...others].slice(0, KEYS_PER_TASK));
  }

  keysOfTask(task: TaskId): readonly ActionKey[] {
    return this.#keys.get(task) ?? [];
  }

  valueOf(digest: Digest): Uint8Array | undefined {
    const bytes = this.#values.get(digest);
    return bytes !== undefined && digestOf('value', bytes) === digest ? bytes : undefined;
  }

  rememberValue(digest: Digest, bytes: Uint8Array): void {
    this.#values.set(digest, bytes);
  }

  keep(kind: string, key: Digest, bytes: Uint8Array): void {
    this.#kept.set(`${kind} ${key}`, bytes);
  }

  kept(kind: string, key: Digest): Uint8Array | undefined {
    return this.#kept.get(`${kind} ${key}`);
  }

  artifactOf(file: Digest): Digest | undefined {
    return this.#artifacts.get(file);
  }

  rememberFiles(artifact: Digest, files: Uint8Array): void {
    for (const file of unpackDigests(files)) this.#artifacts.set(file, artifact);
  }

  generation(run: string): GenerationMark {
    return { run, foreign: 0, local: this.#generation - (this.#raises.get(run) ?? 0) };
  }

  raiseGeneration(): void {
    this.#generation += 1;
  }

  summaryOf(key: ActionKey): Uint8Array | undefined {
    const kept = this.#summaries.get(key);
    return kept?.generation === this.#generation ? kept.body : undefined;
  }

  keepSummary(key: ActionKey, body: Uint8Array, since: GenerationMark): void {
    if (isSameMark(since, this.generation(since.run))) {
      this.#summaries.set(key, { generation: this.#generation, body });
    }
  }
}

/** The traces of a key after one more: newest first, bounded, none twice. */
export function withNewest(known: readonly Trace[], newest: Trace): readonly Trace[] {
  const others = known.filter((trace) => !isSameTrace(trace, newest));
  return [newest, ...others].slice(0, TRACES_PER_KEY);
}
