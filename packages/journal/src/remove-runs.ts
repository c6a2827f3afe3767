import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, succeed } from '@skein/model';
import type { Result, RunEvent, RunId, RunOverview } from '@skein/model';
import { failedIn } from './failed.ts';
import { listRuns } from './list-runs.ts';
import type { Liveness, ProcessIdentity } from './process.ts';
import { decodeRow, seqOf } from './row.ts';
import { transact } from './transaction.ts';

/** A run as it is asked about before it is removed. */
export interface RecordedRun extends RunOverview {
  /** The run's number in its database. */
  readonly number: number;
  /** What its events take. */
  readonly bytes: number;
}

/** Every run, the oldest first. */
export function recordedRuns(db: DatabaseSync, isAlive: Liveness): Result<RecordedRun[]> {
  const listed = listRuns(db, { limit: Infinity }, isAlive);
  if (!listed.ok) return listed;
  try {
    const numbers = new Map(
      db
        .prepare('select id, run from runs')
        .all()
        .map((row) => [String(row['run']), Number(row['id'])]),
    );
    const runs = listed.value.flatMap((overview) => {
      const number = numbers.get(overview.run);
      if (number === undefined) return [];
      return [{ ...overview, number, bytes: bytesOf(db, number) }];
    });
    return succeed(runs.toReversed());
  } catch (error) {
    return failedIn(db, error);
  }
}

/** What stands under the numbers of a run's rows. */
const TABLES = ['events', 'facts'] as const;

function bytesOf(db: DatabaseSync, run: number): number {
  const query = 'select sum(length(body)) as bytes from events where seq > ? and seq < ?';
  const row = db.prepare(query).get(seqOf(run, 0), seqOf(run + 1, 0));
  return Number(row?.['bytes'] ?? 0);
}

/** The events of a run in their order; rows that cannot be read are left out (P4). */
export function* eventsOf(db: DatabaseSync, run: number): Generator<RunEvent> {
  const page = db.prepare(
    `select seq, body from events where seq > ? and seq < ? order by seq limit ${PAGE_ROWS}`,
  );
  for (let after = seqOf(run, 0); ;) {
    const rows = page.all(after, seqOf(run + 1, 0));
    for (const row of rows) yield* readable(row['body']);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last['seq']);
  }
}

const PAGE_ROWS = 200;

function identityIn(json: unknown): ProcessIdentity {
  return JSON.parse(String(json)) as ProcessIdentity;
}

function readable(body: unknown): readonly RunEvent[] {
  try {
    return decodeRow(body);
  } catch (error) {
    if (error instanceof StoredFormError) return [];
    throw error;
  }
}

/**
 * Removes a run with everything that is derived from it alone, in one transaction: who dies on
 * the way leaves it whole. False: it stays, since it goes on, or `mayGo` forbids it at that very
 * moment, or its process still has to fold rows of it (the next run may get its number).
 */
export function removeRun(
  db: DatabaseSync,
  run: RunId,
  { mayGo, isAlive }: { readonly mayGo: () => boolean; readonly isAlive: Liveness },
): Result<boolean> {
  try {
    const removed = transact(db, () => {
      const row = db.prepare('select * from runs where run = ?').get(run);
      if (row === undefined || !mayGo()) return false;
      const number = Number(row['id']);
      const behind = db.prepare('select 1 from cursors where run = ?').get(number);
      const isDone = row['status'] !== 'running' && behind === undefined;
      if (!isDone && isAlive(identityIn(row['process']))) return false;
      for (const table of TABLES) {
        const query = `delete from ${table} where seq > ? and seq < ?`;
        db.prepare(query).run(seqOf(number, 0), seqOf(number + 1, 0));
      }
      db.prepare('delete from cursors where run = ?').run(number);
      db.prepare('delete from runs where id = ?').run(number);
      return true;
    });
    return succeed(removed);
  } catch (error) {
    return failedIn(db, error);
  }
}
