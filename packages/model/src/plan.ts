import type { Digest } from '@skein/values';
import type { ActionKey } from './key.ts';
import type { TaskId } from './task.ts';
import type { Reason } from './verdict.ts';

/** What a run would do, told before anything runs. */
export interface Plan {
  readonly task: TaskId;
  readonly counts: PlanCounts;
  readonly time: PlanTime;
  /** The tasks of all actions that are counted, those that execute first. */
  readonly tasks: readonly PlannedTask[];
  /** Actions that execute, for certain or perhaps; callers before their calls. */
  readonly actions: readonly PlannedAction[];
  /** Tasks that something which executes may call; how often and with what, nobody knows. */
  readonly mayCall: readonly TaskId[];
}

/**
 * Different actions: one that several callers share counts once. `execute` certainly execute. Those
 * of `reuse` certainly do not, actions beneath others included: but what an action calls whose code
 * was edited is what it called before. `unknown` may execute or not, or others in their place.
 */
export interface PlanCounts {
  readonly execute: number;
  readonly reuse: number;
  readonly unknown: number;
}

/**
 * Expected times in milliseconds, by what earlier executions took. Of actions that execute at the
 * same time two bounds are known: the longest chain of calls, and all work divided by the workers;
 * the larger one is told.
 */
export interface PlanTime {
  /** Of what executes for certain. */
  readonly expectedMs: number;
  /** Of everything that may execute, if all of it does, or others like it. */
  readonly atMostMs: number;
  /** Actions in neither figure, because no execution of their tasks is known. */
  readonly unknown: number;
}

export interface PlannedTask {
  readonly task: TaskId;
  readonly counts: PlanCounts;
  /** Sum over its actions that execute, or may; `null`: no execution is known. */
  readonly expectedMs: number | null;
}

export interface PlannedAction {
  /** From 1, callers before their calls; the numbers of the run will be others. */
  readonly action: number;
  /** 0: the entry. Of several callers the first. */
  readonly parent: number;
  readonly task: TaskId;
  /** `null`: it is not cached. */
  readonly key: ActionKey | null;
  readonly inputs: readonly Digest[];
  readonly prospect: Prospect;
  /** Of itself, its calls aside; `null`: no execution of the task is known. */
  readonly expectedMs: number | null;
}

/** What becomes of an action that is not certain to be reused. */
export type Prospect =
  | { readonly kind: 'execute'; readonly reason: Reason }
  /** Executes unless each of these calls comes to the outcome that it had before (T2). */
  | { readonly kind: 'unknown'; readonly unless: readonly TaskId[] }
  /** Executes if it is called; whether it is depends on what executes before. */
  | { readonly kind: 'unknown'; readonly ifCalled: Reason }
  /** Reused if it is called as before; these may come to something else, and it get that. */
  | { readonly kind: 'unknown'; readonly after: readonly TaskId[] };
