import type { ActionState, RunState } from '@skein/journal';
import type { Failure, Impurity, TaskId } from '@skein/model';

/** A run that was executed again, compared with what it recorded. */
export interface VerifyReport {
  /** As it was recorded. */
  readonly state: RunState;
  /** Actions whose outcomes were compared. */
  readonly compared: number;
  /** Those that came out differently: where it began first, then who got that as an input. */
  readonly differing: readonly Differing[];
  /** Calls that were recorded and not made again, and calls that were not recorded, by task. */
  readonly missing: ReadonlyMap<TaskId, number>;
  readonly added: ReadonlyMap<TaskId, number>;
  /** Not compared, since their own code or that of what they call changed since, by task. */
  readonly changed: ReadonlyMap<TaskId, number>;
  /** Of the tasks above those whose own code changed. */
  readonly edited: ReadonlySet<TaskId>;
  /** Of the run, and where it is executed now; absent where they are the same. */
  readonly platform?: { readonly before: string; readonly after: string };
  /**
   * True where the entry's key is another one, though its code and the platform are the same: a
   * program gave it options, which are not recorded, or a declared variable has another value.
   */
  readonly otherOptions?: true;
  /** What kept the run from being executed to its end. */
  readonly fatal?: Failure;
  readonly durationMs: number;
}

export interface Differing {
  /** The run that the outcome was recorded in: an earlier one where the run reused it. */
  readonly run: string;
  readonly action: ActionState;
  /** Where the results differ, `result.rows[3].text`, or how the errors do. */
  readonly changes: readonly ResultChange[];
  /** What was recorded, or was seen now. */
  readonly impurities: readonly Impurity[];
  /** How what it ran on, or in, is another now (Q6), as clauses. */
  readonly moved: readonly string[];
  /** What it observed then and observes differently now, as clauses. */
  readonly observed: readonly string[];
  /** Tasks it called whose outcomes differ. */
  readonly calls: readonly TaskId[];
}

export interface ResultChange {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}
