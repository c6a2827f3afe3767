import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { reach, succeed } from '@skein/model';
import type { Result, RunEvent } from '@skein/model';
import { transact } from './transaction.ts';
import { failedIn } from './failed.ts';
import { runOf } from './row.ts';
import type { JournalRow } from './row.ts';

/**
 * Something derived from the journal and kept in the same database: traces, indices, overviews.
 * Each fold gets each row once, in order within a run, in one transaction with the note of how
 * far it came; what a crash left out it gets at the next opening.
 */
export interface Fold {
  /** Stable: under this name the database remembers how far the fold came. */
  readonly name: string;
  /**
   * Writes what the rows say. Called inside a transaction: never begins or commits. `rows` is
   * empty when the journal closes.
   */
  apply(db: DatabaseSync, rows: readonly JournalRow[]): void;
  /** What the last `apply` wrote is there to stay: it need not be remembered any longer. */
  committed?(): void;
}

/**
 * Hands rows to folds. A row of `cursors` (fold, run, seq) says that the fold still expects rows
 * of the run after `seq`; no such row: it has all of the run.
 */
export class Folding {
  readonly #db: DatabaseSync;
  readonly #folds: readonly Fold[];
  readonly #cursor: StatementSync;
  readonly #advance: StatementSync;
  readonly #done: StatementSync;

  constructor(db: DatabaseSync, folds: readonly Fold[]) {
    this.#db = db;
    this.#folds = folds;
    this.#cursor = db.prepare('select seq from cursors where fold = ? and run = ?');
    this.#advance = db.prepare('update cursors set seq = ? where fold = ? and run = ?');
    this.#done = db.prepare('delete from cursors where fold = ? and run = ?');
  }

  /** One transaction. What another process has folded in the meantime is left out. */
  apply(rows: readonly JournalRow[]): Result<void> {
    try {
      reach('fold-before');
      transact(this.#db, () => {
        for (const fold of this.#folds) {
          this.#applyOne(fold, rows);
          reach('fold-half');
        }
      });
      reach('fold-after');
      for (const fold of this.#folds) fold.committed?.();
      return succeed(undefined);
    } catch (error) {
      return failedIn(this.#db, error);
    }
  }

  #applyOne(fold: Fold, rows: readonly JournalRow[]): void {
    const cursors = new Map<number, number | undefined>();
    const expected = rows.filter((row) => {
      if (!cursors.has(row.run)) cursors.set(row.run, this.#cursorOf(fold, row.run));
      const cursor = cursors.get(row.run);
      return cursor !== undefined && row.seq > cursor;
    });
    fold.apply(this.#db, expected);
    for (const [run, last] of lastRows(expected)) {
      if (last.events.some(isEnd)) this.#done.run(fold.name, run);
      else this.#advance.run(last.seq, fold.name, run);
    }
  }

  #cursorOf(fold: Fold, run: number): number | undefined {
    const cursor = this.#cursor.get(fold.name, run);
    return cursor === undefined ? undefined : Number(cursor['seq']);
  }
}

function lastRows(rows: readonly JournalRow[]): ReadonlyMap<number, JournalRow> {
  return new Map(rows.map((row) => [runOf(row.seq), row]));
}

function isEnd(event: RunEvent): boolean {
  return event.kind === 'run-finished';
}
