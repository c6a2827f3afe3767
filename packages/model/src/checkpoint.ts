import type { Digest } from '@skein/values';
import type { LogPrefix } from './log.ts';
import type { Impurity, Wave } from './observation.ts';
import type { Outcome, ResultOutcome } from './outcome.ts';

/** `module#name` of what `checkpoint(…)` was bound to; `skein#now` … for what `durable` offers. */
export type CheckpointId = string & { readonly __brand: 'CheckpointId' };

/** The checkpoints that `durable` is made of. */
export const DURABLE_CHECKPOINTS = ['now', 'random', 'uuid', 'sleep'].map(
  (name) => `skein#${name}` as CheckpointId,
);

/**
 * What an execution observed until some moment. What is answered from a record later did not
 * observe it again, and its trace has to name it all the same (P1).
 */
export interface Observed {
  readonly waves: readonly Wave[];
  /** What of its process's log it could have used (O3). */
  readonly log: LogPrefix | null;
  readonly impurities: readonly Impurity[];
  /** Why no trace may be kept, in a sentence. */
  readonly untraceable?: string;
}

/** One call of a checkpoint, by what R4 matches it with besides caller and code. */
export interface CheckpointCall {
  readonly checkpoint: CheckpointId;
  /**
   * Digest of the encoded list of arguments; of a call inside a checkpoint it covers the call of
   * that one too, which is its caller (R4).
   */
  readonly args: Digest;
  /** How many identical calls the attempt had made before. */
  readonly count: number;
}

/** What a call of a checkpoint came to: its result, or a `NonRecoverableError`. */
export interface RecordedCheckpoint extends CheckpointCall {
  /** Digest of the checkpoint's own code when it ran. */
  readonly code: Digest;
  readonly outcome: Outcome;
  /** Plain observations only: a checkpoint calls no task. */
  readonly observed: Observed;
}

/** The one value that an action saved of its progress (R5), and what it had observed by then. */
export interface SavedSnapshot {
  readonly value: ResultOutcome;
  readonly observed: Observed;
  /** The last draw of each kind from `durable` by then: those that follow a load come after it. */
  readonly drawn?: readonly CheckpointCall[];
  /**
   * What was observed is said from the attempt's last save on; the first of the waves, which may be
   * empty, goes on with the one that was the last then.
   */
  readonly continues?: true;
}
