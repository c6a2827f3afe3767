import type { DatabaseSync, StatementSync } from 'node:sqlite';

const TABLE = `
create table if not exists holders (
  id integer primary key autoincrement,
  process text not null
);
`;

/** Somebody who works with the state, or did and died. */
export interface Holder {
  readonly id: number;
  /** Who it is, in the words of whoever holds: the store only hands them back. */
  readonly process: string;
}

/**
 * Who may be working with what the state keeps. Whoever is going to run something says so before
 * looking at anything, and until the work is recorded: what was looked up, or put where it already
 * was, is named by no record in the meantime. What is kept is removed only while nobody holds.
 */
export class Holders {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #select: StatementSync;
  readonly #last: StatementSync;

  /** Throws the error of SQLite where the table is missing and cannot be made. */
  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#insert = db.prepare('insert into holders (process) values (?)');
    this.#delete = db.prepare('delete from holders where id = ?');
    this.#select = db.prepare('select id, process from holders order by id');
    this.#last = db.prepare(`select seq from sqlite_sequence where name = 'holders'`);
  }

  hold(process: string): number {
    return Number(this.#insert.run(process).lastInsertRowid);
  }

  release(id: number): void {
    this.#delete.run(id);
  }

  /** In the order in which they came. */
  list(): readonly Holder[] {
    return this.#select.all().map((row) => ({
      id: Number(row['id']),
      process: String(row['process']),
    }));
  }

  /** The newest there ever was: as long as it is the same, nobody has come. 0: nobody ever did. */
  last(): number {
    return Number(this.#last.get()?.['seq'] ?? 0);
  }
}
