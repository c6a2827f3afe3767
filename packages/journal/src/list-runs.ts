import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, succeed } from '@skein/model';
import type { Result, RunId, RunOverview, RunStatus, TaskId } from '@skein/model';
import { failedIn } from './failed.ts';
import type { Liveness, ProcessIdentity } from './process.ts';

/** Which runs to list; what is absent does not choose. */
export interface RunFilter {
  /** Default: 20. */
  readonly limit?: number;
  readonly status?: RunStatus;
  readonly task?: string;
  /** A label and the value it must have. */
  readonly label?: readonly [name: string, value: string];
}

const DEFAULT_LIMIT = 20;

/** Overviews, newest first. Counts of a living run are up to a moment old. */
export function listRuns(
  db: DatabaseSync,
  filter: RunFilter,
  isAlive: Liveness,
): Result<RunOverview[]> {
  try {
    const listed: RunOverview[] = [];
    const limit = filter.limit ?? DEFAULT_LIMIT;
    const rows = db.prepare('select * from runs order by id desc').iterate();
    for (const row of rows) {
      if (listed.length >= limit) break;
      const overview = overviewOf(row, isAlive);
      if (matches(overview, filter)) listed.push(overview);
    }
    return succeed(listed);
  } catch (error) {
    return failedIn(db, error);
  }
}

function matches(overview: RunOverview, { status, task, label }: RunFilter): boolean {
  if (status !== undefined && overview.status !== status) return false;
  if (task !== undefined && overview.task !== task) return false;
  return label === undefined || overview.labels[label[0]] === label[1];
}

function overviewOf(row: Readonly<Record<string, unknown>>, isAlive: Liveness): RunOverview {
  const identity = parse(row['process']) as ProcessIdentity;
  const recorded = String(row['status']) as RunStatus;
  const status = recorded === 'running' && !isAlive(identity) ? 'interrupted' : recorded;
  return {
    run: String(row['run']) as RunId,
    status,
    task: String(row['task']) as TaskId,
    entry: String(row['entry']),
    startedAt: Number(row['started_at']),
    ...(row['duration_ms'] === null ? {} : { durationMs: Number(row['duration_ms']) }),
    counts: {
      total: Number(row['total']),
      executed: Number(row['executed']),
      reused: Number(row['reused']),
      adopted: Number(row['adopted']),
      failed: Number(row['failed']),
    },
    labels: parse(row['labels']) as Record<string, string>,
  };
}

function parse(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch (error) {
    throw new StoredFormError('the overview of a run is damaged', { cause: error });
  }
}
