import type { ActionCounts } from './count.ts';
import type { TaskId } from './task.ts';

/** Sortable by time: `20261124-054405-1a2b3c`. */
export type RunId = string & { readonly __brand: 'RunId' };

export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';

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
}
