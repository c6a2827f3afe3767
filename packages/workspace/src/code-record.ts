import { decode, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type { CodeManifest, CodePart, TaskId } from '@skein/model';
import { type KeyBase, type PreparedTask, changedFields } from '@skein/engine';
import type { TraceStore } from '@skein/store';

const MANIFESTS = 'code-manifests';
const SYMBOL = 'symbol';
const LAST = 'task-last';

type Kept = Pick<TraceStore, 'keep' | 'kept'>;

/**
 * Keeps what a run's code was: the manifest of every task and the emitted text of every symbol,
 * each under its digest, so that later commands can show what changed. Returns the manifests'.
 */
export function keepCode(
  store: Kept,
  manifests: ReadonlyMap<TaskId, CodeManifest>,
  textOf: (symbol: Digest) => string | undefined,
): Digest {
  const bytes = encode([...manifests.values()]);
  const digest = digestOf('manifest', bytes);
  if (store.kept(MANIFESTS, digest) !== undefined) return digest;
  for (const manifest of manifests.values()) {
    for (const part of manifest.parts) {
      if (part.kind !== 'symbol' && part.kind !== 'effect') continue;
      const text = textOf(part.digest);
      if (text !== undefined) store.keep(SYMBOL, part.digest, Buffer.from(text));
    }
  }
  store.keep(MANIFESTS, digest, bytes);
  return digest;
}

/** What a task's key was made of when it last executed, inputs aside. */
interface LastExecution {
  readonly base: KeyBase;
  readonly parts: readonly CodePart[];
}

/**
 * Says what changed in a task's key since its last execution. One object serves one run, and
 * `close` makes that run the last for every task it was asked about.
 */
export class CodeChanges {
  readonly #store: Kept;
  readonly #manifests: ReadonlyMap<TaskId, CodeManifest>;
  readonly #asked = new Map<TaskId, readonly string[] | undefined>();
  readonly #last = new Map<TaskId, LastExecution>();

  constructor(store: Kept, manifests: ReadonlyMap<TaskId, CodeManifest>) {
    this.#store = store;
    this.#manifests = manifests;
  }

  /** `undefined`: never executed before, or nothing but the inputs changed. */
  of(task: PreparedTask): readonly string[] | undefined {
    if (this.#asked.has(task.id)) return this.#asked.get(task.id);
    const now = { base: task.base, parts: this.#manifests.get(task.id)?.parts ?? [] };
    this.#last.set(task.id, now);
    const before = this.#read(task.id);
    const changed = before === undefined ? undefined : changesBetween(before, now);
    this.#asked.set(task.id, changed);
    return changed;
  }

  close(): void {
    for (const [task, last] of this.#last) this.#store.keep(LAST, keyOf(task), encode(last));
  }

  #read(task: TaskId): LastExecution | undefined {
    const bytes = this.#store.kept(LAST, keyOf(task));
    if (bytes === undefined) return undefined;
    try {
      return decode(bytes) as LastExecution;
    } catch {
      return undefined;
    }
  }
}

function keyOf(task: TaskId): Digest {
  return digestOf('manifest', `last\n${task}`);
}

function changesBetween(before: LastExecution, now: LastExecution): readonly string[] | undefined {
  const fields = changedFields({ ...before.base, inputs: [] }, { ...now.base, inputs: [] });
  if (fields.length === 0) return undefined;
  const parts = fields.includes('code') ? changedParts(before.parts, now.parts) : [];
  return [...fields.filter((field) => field !== 'code' || parts.length === 0), ...parts];
}

/** Names of the parts that are new, gone or different; `src/a.ts#helper`, `package x`. */
function changedParts(before: readonly CodePart[], now: readonly CodePart[]): readonly string[] {
  const old = new Set(before.map(identify));
  const fresh = new Set(now.map(identify));
  const changed = [
    ...now.filter((part) => !old.has(identify(part))),
    ...before.filter((part) => !fresh.has(identify(part))),
  ];
  return [...new Set(changed.map(nameOf))];
}

function identify(part: CodePart): string {
  return JSON.stringify(part);
}

function nameOf(part: CodePart): string {
  switch (part.kind) {
    case 'symbol':
      return `${part.module}#${part.name}`;
    case 'effect':
      return `a top-level statement of ${part.module}`;
    case 'module':
    case 'data':
      return part.module;
    case 'package':
      return `package ${part.name}`;
    case 'task':
    case 'forward':
      return `task ${part.id}`;
    case 'setting':
      return `setting ${part.name}`;
  }
}
