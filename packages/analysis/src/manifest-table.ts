import type { CodeManifest, CodePart, TaskId } from '@skein/model';
import type { KeptManifest } from './record.ts';

/**
 * Manifests by task, put together when one is asked for: a hundred tasks over thousands of shared
 * parts would otherwise cost more to list than to check.
 */
export class ManifestTable implements ReadonlyMap<TaskId, CodeManifest> {
  readonly #kept: ReadonlyMap<TaskId, KeptManifest>;
  readonly #parts: readonly CodePart[];
  readonly #made = new Map<TaskId, CodeManifest>();

  constructor(kept: readonly KeptManifest[], parts: readonly CodePart[]) {
    this.#kept = new Map(kept.map((it) => [it.task, it]));
    this.#parts = parts;
  }

  get size(): number {
    return this.#kept.size;
  }

  has(task: TaskId): boolean {
    return this.#kept.has(task);
  }

  get(task: TaskId): CodeManifest | undefined {
    const known = this.#made.get(task);
    if (known !== undefined) return known;
    const kept = this.#kept.get(task);
    if (kept === undefined) return undefined;
    const parts = kept.parts.flatMap((index) => this.#parts[index] ?? []);
    const manifest = { task, digest: kept.digest, parts };
    this.#made.set(task, manifest);
    return manifest;
  }

  keys(): MapIterator<TaskId> {
    return this.#kept.keys();
  }

  values(): MapIterator<CodeManifest> {
    return this.#all().values();
  }

  entries(): MapIterator<[TaskId, CodeManifest]> {
    return this.#all().entries();
  }

  [Symbol.iterator](): MapIterator<[TaskId, CodeManifest]> {
    return this.entries();
  }

  forEach(visit: (manifest: CodeManifest, task: TaskId, map: this) => void): void {
    for (const [task, manifest] of this.#all()) visit(manifest, task, this);
  }

  #all(): Map<TaskId, CodeManifest> {
    const all = new Map<TaskId, CodeManifest>();
    for (const task of this.#kept.keys()) {
      const manifest = this.get(task);
      if (manifest !== undefined) all.set(task, manifest);
    }
    return all;
  }
}
