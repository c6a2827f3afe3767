import { digestOf, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionKey, TaskId, Trace } from '@skein/model';
import { type GenerationMark, isSameMark } from './generation.ts';
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
    const { key, task, outcome } = trace;
    const [newest] = this.lookUp(key);
    if (newest !== undefined && newest.outcome.digest !== outcome.digest) {
      this.raiseGeneration();
      this.#raises.set(trace.run, (this.#raises.get(trace.run) ?? 0) + 1);
    }
    this.#traces.set(key, withNewest(this.lookUp(key), trace));
    const others = this.keysOfTask(task).filter((other) => other !== key);
    this.#keys.set(task, [key, ...others].slice(0, KEYS_PER_TASK));
    if (outcome.kind !== 'result') return;
    const { artifact, files } = outcome;
    if (artifact !== undefined && files !== undefined) this.rememberFiles(artifact, files);
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
