import type { RunState } from '@skein/journal';
import type { Change, RunId, TaskId } from '@skein/model';

/** What a run goes on from (R1): given to `startRun`, and to nothing that only looks. */
export interface Resumption {
  /** The earlier run, and those that it went on from itself: the newest first. */
  readonly runs: readonly RunState[];
  /**
   * How the code and the declared variables of a task differ between that run and today; empty:
   * they do not. `undefined`: the code of that run is not on record any more.
   */
  readonly changes: (run: RunId, task: TaskId) => readonly Change[] | undefined;
  /** What becomes of results that other code or data made (R2). */
  readonly edited: 'adopt' | 'execute';
}
