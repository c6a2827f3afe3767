import type { AdoptionSummary } from './adoption.ts';
import type { ActionNumber } from './action-number.ts';
import type { ThrownRecord } from './outcome.ts';
import type { Reason } from './verdict.ts';
import type { RunId, RunStatus } from './run.ts';
import type { TaskId } from './task.ts';

/**
 * What a resume would do, told before anything runs (R2). Callers that execute are expected to
 * call what they called before: beyond that nobody knows (`undecided`).
 */
export interface ResumePlan {
  /** The run that is gone on from, and how it ended. */
  readonly run: RunId;
  readonly status: RunStatus;
  readonly task: TaskId;
  readonly counts: ResumeCounts;
  readonly adoption: AdoptionSummary;
  /** The tasks of all actions that are counted, in the order in which they are called. */
  readonly tasks: readonly ResumedTask[];
  /** What is to execute and why, callers before their calls. */
  readonly execute: readonly ToExecute[];
  readonly undecided: readonly Undecided[];
}

/** X8: what a resume that calls what was called before would list at least. */
export interface ResumeCounts {
  readonly adopt: number;
  readonly reuse: number;
  readonly execute: number;
}

export interface ResumedTask {
  readonly task: TaskId;
  readonly counts: ResumeCounts;
}

/** An action that has to execute. */
export interface ToExecute {
  readonly task: TaskId;
  /** How it stands on record; absent: it was never called. */
  readonly earlier?: { readonly run: RunId; readonly action: ActionNumber };
  readonly why: WhyLeft;
}

export type WhyLeft =
  | { readonly kind: 'failed'; readonly error: ThrownRecord }
  /** It had begun when its run ended. */
  | { readonly kind: 'unfinished' }
  /** A map that had begun did not come to it. */
  | { readonly kind: 'never-started' }
  /** Nobody called it with these inputs. */
  | { readonly kind: 'new-inputs' }
  /** Other code or data made it, and these are not adopted (R2). */
  | { readonly kind: 'edited'; readonly made: Reason }
  /** It cannot be adopted for another reason. */
  | { readonly kind: 'other'; readonly reason: Reason };

/** A caller of which nobody knows which calls it makes, or whether it executes. */
export interface Undecided {
  readonly task: TaskId;
  readonly why:
    /** It ended before it had made all its calls. */
    | 'ended-early'
    /** Its code or data is other than then, so that it may call others. */
    | 'edited'
    /** It was called with other inputs. */
    | 'other-inputs'
    /** Nothing is known of it. */
    | 'never-called'
    /** It is reused if its calls come to the same as before, and executes otherwise (T2). */
    | 'calls-decide'
    /** The same call as one that executes: it gets that one's result, if it comes to any. */
    | 'repeats';
}
