import type { ActionKey, TaskId, Trace } from '@skein/model';
import type { Digest } from '@skein/values';

/** How many traces of one key are kept: the newest. */
export const TRACES_PER_KEY = 8;

/** How many of its newest keys are known of a task. */
export const KEYS_PER_TASK = 16;

/**
 * Traces by action key, and the small things that checks and explanations need. Everything is
 * synchronous, and what was handed over is visible at once. Every loss is a miss (P4).
 */
export interface TraceStore {
  /** Newest first, `TRACES_PER_KEY` at most. */
  lookUp(key: ActionKey): readonly Trace[];
  /** The same for many keys; a key without a trace is absent. */
  lookUpMany(keys: Iterable<ActionKey>): ReadonlyMap<ActionKey, readonly Trace[]>;
  /**
   * Makes a trace visible before it is folded from the journal, with the files its outcome names.
   * One that observed the same and came to the same as an earlier one takes its place.
   */
  remember(trace: Trace): void;
  /** The keys a task left traces under, newest first, `KEYS_PER_TASK` at most. */
  keysOfTask(task: TaskId): readonly ActionKey[];
  /** Bytes of a recorded input or a small value (T5), verified against its digest (D5). */
  valueOf(digest: Digest): Uint8Array | undefined;
  rememberValue(digest: Digest, bytes: Uint8Array): void;
  /** Keeps bytes of a kind under a key of the caller's choice: manifests, tables, texts. */
  keep(kind: string, key: Digest, bytes: Uint8Array): void;
  /** As they were kept last; verified by nobody but the caller. */
  kept(kind: string, key: Digest): Uint8Array | undefined;
  /** Which artifact holds a file. */
  artifactOf(file: Digest): Digest | undefined;
  /** The same for an outcome that leaves no trace; `files` are 40 bytes each. */
  rememberFiles(artifact: Digest, files: Uint8Array): void;
}
