import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, reach, succeed } from '@skein/model';
import type { Failure, Result, RunEvent, RunId } from '@skein/model';
import type { Fold, Folding } from './behind.ts';
import { failedIn } from './failed.ts';
import { decodeRow, seqOf } from './row.ts';
import type { JournalRow } from './row.ts';
import { transact } from './transaction.ts';

/** Rows folded in one transaction. */
const BATCH_ROWS = 1_000;

/** What catching up came across. */
export interface CaughtUp {
  readonly rows: number;
  /** Rows that could not be read: what they said is missing from traces and overviews (P4). */
  readonly damaged: number;
}

/**
 * Makes folds known to the database: one that it has never seen is to get all rows of all runs.
 */
export function registerFolds(db: DatabaseSync, folds: readonly Fold[]): Result<void> {
  try {
    const known = new Set(namesOf(db));
    const fresh = folds.filter((fold) => !known.has(fold.name));
    if (fresh.length > 0) {
      transact(db, () => {
        for (const fold of fresh) register(db, fold.name);
      });
    }
    return succeed(undefined);
  } catch (error) {
    return failedIn(db, error);
  }
}

/**
 * Inside a transaction: what a fold kept is gone, and it is to get all rows of all runs again when
 * the next journal is opened.
 */
export function forgetFold(db: DatabaseSync, name: string): void {
  db.prepare('delete from cursors where fold = ?').run(name);
  db.prepare('delete from folds where name = ?').run(name);
}

function namesOf(db: DatabaseSync): string[] {
  return db
    .prepare('select name from folds')
    .all()
    .map((row) => String(row['name']));
}

function register(db: DatabaseSync, name: string): void {
  const { changes } = db.prepare('insert or ignore into folds (name) values (?)').run(name);
  if (changes === 0) return;
  db.prepare('insert into cursors (fold, run, seq) select ?, id, ? * id from runs').run(
    name,
    seqOf(1, 0),
  );
}

/** All folds, those of other programs too, are to get the rows of a new run. */
export function expectRun(db: DatabaseSync, run: number): void {
  db.prepare('insert into cursors (fold, run, seq) select name, ?, ? from folds').run(
    run,
    seqOf(run, 0),
  );
}

/**
 * Folds the rows that were appended and not folded, because a process died or still works on
 * them. Two processes may do this at once, and while the run goes on: `Folding` sorts it out.
 */
export function catchUp(
  db: DatabaseSync,
  folds: readonly Fold[],
  folding: Folding,
): Result<CaughtUp> {
  const caught = { rows: 0, damaged: 0 };
  try {
    for (const from of unfolded(db, folds)) {
      for (const batch of batches(db, from, caught)) {
        const applied = folding.apply(batch);
        if (!applied.ok) return applied;
        reach('catch-up-batch');
      }
    }
    return succeed(caught);
  } catch (error) {
    return failedIn(db, error);
  }
}

/** A run that a fold is behind with, and the last row that all folds have. */
interface Unfolded {
  readonly run: number;
  readonly runId: RunId;
  readonly seq: number;
}

function unfolded(db: DatabaseSync, folds: readonly Fold[]): Unfolded[] {
  const names = JSON.stringify(folds.map((fold) => fold.name));
  const query = `select runs.id as number, runs.run as name, min(cursors.seq) as seq
    from cursors join runs on runs.id = cursors.run
    where cursors.fold in (select value from json_each(?)) group by runs.id order by runs.id`;
  return db
    .prepare(query)
    .all(names)
    .map((row) => ({
      run: Number(row['number']),
      runId: String(row['name']) as RunId,
      seq: Number(row['seq']),
    }));
}

function* batches(
  db: DatabaseSync,
  { run, runId, seq }: Unfolded,
  caught: { rows: number; damaged: number },
): Generator<readonly JournalRow[]> {
  const query = db.prepare(
    'select seq, body from events where seq > ? and seq < ? order by seq limit ?',
  );
  for (let after = seq; ;) {
    const rows = query.all(after, seqOf(run + 1, 0), BATCH_ROWS).map((row) => {
      const events = readOrSkip(row['body'], caught);
      return { seq: Number(row['seq']), run, runId, events };
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    caught.rows += rows.length;
    yield rows;
    after = last.seq;
  }
}

function readOrSkip(body: unknown, caught: { damaged: number }): readonly RunEvent[] {
  try {
    return decodeRow(body);
  } catch (error) {
    if (!(error instanceof StoredFormError)) throw error;
    caught.damaged += 1;
    return [];
  }
}

/** The one line that tells of rows that could not be read. */
export function rowsDamaged(path: string, damaged: number): Failure {
  return {
    code: 'state-corrupt',
    kind: 'warning',
    headline: 'some rows of the journal cannot be read and count as never written',
    facts: [
      ['path', path],
      ['rows', String(damaged)],
    ],
  };
}
