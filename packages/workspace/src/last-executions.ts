import { decode, digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type { KeyBase } from '@skein/engine';
import type { CodePart, TaskId } from '@skein/model';
import type { Kept } from './code-record.ts';

/** Kind of what is kept here. */
export const TASK_LAST = 'task-last';
const FORMAT = 1;
/** Overrides that a task was called with, the newest. */
const VARIANTS = 4;

/** What a task's key was made of, inputs aside, when it was called with these overrides. */
export interface Variant {
  /** The task with its overrides. */
  readonly identity: string;
  readonly base: KeyBase;
  readonly parts: readonly CodePart[];
  readonly signature: Signature;
}

/** What the inputs are called, and which of them count in no key. */
export interface Signature {
  readonly parameters: readonly string[];
  readonly rest: boolean;
  readonly ignored: readonly string[];
}

/** How a task executed last. */
export interface LastExecutions {
  /** The newest first. */
  readonly variants: readonly Variant[];
  /** Packed digests of the inputs, the newest first. */
  readonly inputs: readonly Uint8Array[];
  /** True where no run executed it more than once. */
  readonly single: boolean;
}

/** `[format, [[identity, base, parts, signature], …], [inputs, …], single]` under the task's id. */
export function storeLast(store: Kept, task: TaskId, last: LastExecutions): void {
  const variants = last.variants
    .slice(0, VARIANTS)
    .map(({ identity, base, parts, signature }) => [identity, base, parts, signature]);
  store.keep(TASK_LAST, lastKey(task), encode([FORMAT, variants, last.inputs, last.single]));
}

/** `undefined` where nothing is kept, or by another version. */
export function readLast(store: Kept, task: TaskId): LastExecutions | undefined {
  const bytes = store.kept(TASK_LAST, lastKey(task));
  if (bytes === undefined) return undefined;
  try {
    const stored = decode(bytes);
    if (!Array.isArray(stored) || stored[0] !== FORMAT) return undefined;
    const [, variants, inputs, single] = stored as [
      unknown,
      [string, KeyBase, CodePart[], Signature][],
      Uint8Array[],
      boolean,
    ];
    return {
      variants: variants.map(([identity, base, parts, signature]) => ({
        identity,
        base,
        parts,
        signature,
      })),
      inputs,
      single,
    };
  } catch {
    return undefined;
  }
}

/** Under which key the last executions of a task are kept. */
export function lastKey(task: TaskId): Digest {
  return digestOf('manifest', `last\n${task}`);
}
