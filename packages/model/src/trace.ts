import type { Digest } from '@skein/values';
import type { ActionKey } from './key.ts';
import type { Wave } from './observation.ts';
import type { Outcome } from './outcome.ts';
import type { TaskId } from './task.ts';

/** The part of a process's log that an action could have used (O3). Empty until it is kept. */
export interface LogPrefix {
  readonly length: number;
  readonly digest: Digest;
}

/** Memory of one execution (T1). */
export interface Trace {
  readonly key: ActionKey;
  readonly task: TaskId;
  readonly waves: readonly Wave[];
  readonly log: LogPrefix | null;
  readonly outcome: Outcome;
  /** Where and when it was made: run id, action, milliseconds since 1970. */
  readonly run: string;
  readonly action: number;
  readonly at: number;
  /** How long the execution took, milliseconds. */
  readonly durationMs: number;
}
