import type { Digest } from '@skein/values';
import type { PlainObservation } from './observation.ts';
import type { ResultOutcome } from './outcome.ts';
import type { TaskId } from './task.ts';

/**
 * One record that answers for a whole tree of actions (T6). It is found by the root's key, and it
 * holds while everything in it holds and the store's generation is the one it was kept under.
 */
export interface DeepSummary {
  readonly outcome: ResultOutcome;
  /** What the root's own options have to be asked about. */
  readonly root: SummaryAge;
  /** What is called beneath the root; below a task with a `version` nothing is listed. */
  readonly tasks: readonly SummaryTask[];
  /** What the whole tree observed, calls aside and log prefixes included (O3), each thing once. */
  readonly observations: readonly PlainObservation[];
}

/**
 * Of the traces of one task: `maxAge` and `strict` are no part of a key, so whether they allow the
 * traces is decided by today's options.
 */
export interface SummaryAge {
  /** When the oldest and the newest trace were made, in milliseconds since 1970. */
  readonly oldestAt: number;
  readonly newestAt: number;
  /** Something among them was irreproducible (O8). */
  readonly impure: boolean;
}

/** A task as it is called somewhere in the tree: all its calls with the same overrides. */
export interface SummaryTask extends SummaryAge {
  readonly task: TaskId;
  readonly override?: Uint8Array;
  /** Digest of all that a key covers besides the digests of inputs: code or version, options … */
  readonly terms: Digest;
  /** How many actions of it there are, for people: what two summaries share may count twice. */
  readonly actions: number;
}
