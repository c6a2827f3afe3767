import type { AdoptionSummary } from './adoption.ts';
import type { ActionCounts } from './count.ts';
import type { Failure } from './failure.ts';
import type { RemoteUse } from './remote-use.ts';
import type { RunId, RunStatus } from './run.ts';
import type { TaskId } from './task.ts';

/** What ended a run badly: the author's error, or a failure that rejected the run. */
export interface SummaryError {
  /** The constructor's name; for a failure its code. */
  readonly class: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Id of the task that threw, its action and its inputs by parameter name. */
  readonly task?: string;
  readonly action?: number;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  /** The failure behind a rejected run. */
  readonly failure?: Failure;
}

/** The object of `--json`, with `result` as a real value. */
export interface RunSummary<T = unknown> {
  /** `null` where the run was rejected before it began. */
  readonly run: RunId | null;
  readonly status: Exclude<RunStatus, 'running'> | 'rejected';
  readonly task: TaskId | null;
  readonly result: T | null;
  readonly error: SummaryError | null;
  readonly actions: ActionCounts;
  readonly durationMs: number;
  /** What a resume took over, and from which run; absent where it was none. */
  readonly resumed?: Resumed;
  /** What it had of its remote; absent where it had none. */
  readonly remote?: RemoteUse;
}

export interface Resumed extends AdoptionSummary {
  readonly run: RunId;
}
