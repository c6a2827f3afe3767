import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, succeed } from '@skein/model';
import type { Result, RunId, RunOrigin, RunOverview, RunStatus, TaskId } from '@skein/model';
import { failedIn } from './failed.ts';
import type { Liveness, ProcessIdentity } from './process.ts';

/** Which runs to list; what is absent does not choose. */
export interface RunFilter {
  /** Default: 20. */
  readonly limit?: number;
  readonly status?: RunStatus;
  readonly task?: string;
  /** Labels and the values they must have: all of them. */
  readonly labels?: readonly (readonly [name: string, value: string])[];
  /** Runs that began at this time or later, and before that one; ms since 1970. */
  readonly since?: number;
  readonly until?: number;
  readonly initiator?: string;
  /** Runs that go on from this one, or repeat it: its id, or the beginning of it. */
  readonly origin?: string;
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

function matches(overview: RunOverview, filter: RunFilter): boolean {
  const { status, task, initiator, labels = [], since = -Infinity, until = Infinity } = filter;
  if (status !== undefined && overview.status !== status) return false;
  if (task !== undefined && overview.task !== task) return false;
  if (initiator !== undefined && overview.initiator !== initiator) return false;
  if (overview.startedAt < since || overview.startedAt >= until) return false;
  if (filter.origin !== undefined && overview.origin?.run.startsWith(filter.origin) !== true) {
    return false;
  }
  return labels.every(([name, value]) => overview.labels[name] === value);
}

/** The overview of a run as its line says it. */
export function overviewOf(row: Readonly<Record<string, unknown>>, isAlive: Liveness): RunOverview {
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
    initiator: String(row['initiator']),
    ...(row['origin'] === null ? {} : { origin: parse(row['origin']) as RunOrigin }),
  };
}

function parse(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch (error) {
    throw new StoredFormError('the overview of a run is damaged', { cause: error });
  }
}
