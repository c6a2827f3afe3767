import type { ActionKey, TaskId, Trace } from '@skein/model';
import type { Digest } from '@skein/values';
import type { GenerationMark } from './generation.ts';

/** How many traces of one key are kept: the newest. */
export const TRACES_PER_KEY = 8;

/** Chunks of the logs of processes (O3) are kept under this kind, each by its digest. */
export const LOG_KIND = 'log';

/** Inputs and small values are kept under this kind, each by its digest. */
export const VALUE_KIND = 'value';

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
  /**
   * Takes in a trace that somebody else made (its `origin` says who): visible at once, kept with
   * the next rows, although no row tells of it. One that is known already, from here or from
   * elsewhere, stays as it is. `passing`: it is never written, for runs that keep nothing.
   */
  learn(trace: Trace, passing?: boolean): void;
  /**
   * No trace of these writers is visible from now on, also none that this process learns later, and
   * where anything of theirs was known no summary that was kept until now holds. Gives how many
   * went.
   */
  forgetWriters(writers: ReadonlySet<string>): number;
  /** Whether anything that others shared may be kept here. */
  hasLearned(): boolean;
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
  /**
   * Where the generation stands (T6): raised when a key gets a trace with another outcome than its
   * newest, by whatever process. Asked for before the traces of a summary are looked at; traces of
   * `run` itself do not count: it knows of them.
   */
  generation(run: string): GenerationMark;
  /** Something is not to be believed any more: no summary that was kept until now holds. */
  raiseGeneration(): void;
  /** The deep summary of a key, if the generation is still the one it was kept under. */
  summaryOf(key: ActionKey): Uint8Array | undefined;
  /** Keeps it, the last one, unless the generation was raised since. */
  keepSummary(key: ActionKey, body: Uint8Array, since: GenerationMark): void;
}
