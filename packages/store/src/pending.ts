import type { ActionKey, TaskId, Trace } from '@skein/model';
import type { Digest } from '@skein/values';
import { mergeKeys } from './key-table.ts';
import { digestsIn } from './packed.ts';
import { withNewest } from './memory-traces.ts';

interface KeptBytes {
  readonly kind: string;
  readonly key: Digest;
  readonly bytes: Uint8Array;
}

/** What was handed over and is not yet in the database. */
export class Pending {
  readonly #traces = new Map<ActionKey, readonly Trace[]>();
  readonly #keys = new Map<TaskId, readonly ActionKey[]>();
  readonly #kept = new Map<string, KeptBytes>();
  readonly #artifacts = new Map<Digest, Digest>();
  readonly #files: { readonly artifact: Digest; readonly files: Uint8Array }[] = [];

  tracesOf(key: ActionKey): readonly Trace[] {
    return this.#traces.get(key) ?? [];
  }

  get tracedKeys(): Iterable<ActionKey> {
    return this.#traces.keys();
  }

  keysOf(task: TaskId): readonly ActionKey[] {
    return this.#keys.get(task) ?? [];
  }

  bytesOf(kind: string, key: Digest): Uint8Array | undefined {
    return this.#kept.get(nameOf(kind, key))?.bytes;
  }

  artifactOf(file: Digest): Digest | undefined {
    return this.#artifacts.get(file);
  }

  /** What is written although no event tells of it. */
  get kept(): Iterable<KeptBytes> {
    return this.#kept.values();
  }

  get files(): Iterable<{ readonly artifact: Digest; readonly files: Uint8Array }> {
    return this.#files;
  }

  addTrace(trace: Trace): void {
    const { key, task } = trace;
    this.#traces.set(key, withNewest(this.tracesOf(key), trace));
    this.#keys.set(task, mergeKeys([key], this.keysOf(task)));
  }

  addBytes(kind: string, key: Digest, bytes: Uint8Array): void {
    this.#kept.set(nameOf(kind, key), { kind, key, bytes });
  }

  addFiles(artifact: Digest, files: Uint8Array): void {
    this.#files.push({ artifact, files });
    for (const file of digestsIn(files)) this.#artifacts.set(file, artifact);
  }

  /** Forgets the written traces, and everything that is written without an event. */
  drop(written: readonly Trace[]): void {
    this.#kept.clear();
    this.#artifacts.clear();
    this.#files.length = 0;
    for (const { key, task, run, action } of written) {
      const left = this.tracesOf(key).filter((one) => one.run !== run || one.action !== action);
      if (left.length > 0) this.#traces.set(key, left);
      else this.#traces.delete(key);
      const keys = this.keysOf(task).filter((one) => this.#traces.has(one));
      if (keys.length > 0) this.#keys.set(task, keys);
      else this.#keys.delete(task);
    }
  }
}

function nameOf(kind: string, key: Digest): string {
  return `${kind} ${key}`;
}
