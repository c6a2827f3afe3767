import type { ActionCounts } from './count.ts';
import type { TaskId } from './task.ts';

/** Sortable by time: `20261124-054405-1a2b3c`. */
export type RunId = string & { readonly __brand: 'RunId' };

export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

/** What a run goes on from, or repeats (R1). */
export interface RunOrigin {
  readonly kind: 'resume' | 'rerun';
  readonly run: RunId;
  /** The one action that is repeated; absent: all. */
  readonly action?: number;
}

/** One line of `skein runs`. */
export interface RunOverview {
  readonly run: RunId;
  readonly status: RunStatus;
  readonly task: TaskId;
  readonly entry: string;
  readonly startedAt: number;
  readonly durationMs?: number;
  readonly counts: ActionCounts;
  readonly labels: Readonly<Record<string, string>>;
  readonly initiator: string;
  readonly origin?: RunOrigin;
}

/** Random bytes of a run id: two runs of one second do not meet. */
export const RUN_ID_BYTES = 3;

/** The id of a run that begins at `at`, milliseconds since 1970, with so many random digits. */
export function makeRunId(at: number, randomHex: string): RunId {
  const stamp = new Date(at).toISOString().replaceAll(/[-:]|\..*/g, '');
  return `${stamp.replace('T', '-')}-${randomHex}` as RunId;
}
