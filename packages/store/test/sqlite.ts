import { DatabaseSync } from 'node:sqlite';
import type { Failure, Trace } from '@skein/model';
import { openSqliteTraces } from '../src/sqlite-traces.ts';
import type { SqliteTraces } from '../src/sqlite-traces.ts';
import type { FoldedRow } from '../src/trace-fold.ts';
import { eventOf, rowOf } from './sample.ts';

/** A store in a database in memory, with the part of the journal that it needs. */
export class SqliteUnderTest implements Disposable {
  readonly db = new DatabaseSync(':memory:');
  readonly failures: Failure[] = [];
  store = this.#open();
  #rows: FoldedRow[] = [];

  readonly record = (trace: Trace): void => {
    this.store.remember(trace);
    this.#rows.push(rowOf(eventOf(trace)));
  };

  /** Folds as the journal does, and opens the store anew. */
  readonly settle = (): void => {
    this.fold(this.#rows);
    this.#rows = [];
    this.store = this.#open();
  };

  fold(rows: readonly FoldedRow[]): void {
    this.db.exec('begin immediate');
    this.store.fold.apply(this.db, rows);
    this.db.exec('commit');
    this.store.fold.committed();
  }

  [Symbol.dispose](): void {
    this.db.close();
  }

  #open(): SqliteTraces {
    const opened = openSqliteTraces({
      db: this.db,
      onFailure: (failure) => this.failures.push(failure),
    });
    if (!opened.ok) throw new Error(opened.failure.headline);
    return opened.value;
  }
}
