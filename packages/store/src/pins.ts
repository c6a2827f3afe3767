import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunId } from '@skein/model';

const TABLE = `
create table if not exists pins (
  run text primary key,
  at real not null
) without rowid;
`;

export interface Pin {
  readonly run: RunId;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Runs that somebody wants to keep, whatever their age. */
export class Pins {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #select: StatementSync;
  readonly #one: StatementSync;

  /** Throws the error of SQLite where the table is missing and cannot be made. */
  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#insert = db.prepare('insert or ignore into pins (run, at) values (?, ?)');
    this.#delete = db.prepare('delete from pins where run = ?');
    this.#select = db.prepare('select run, at from pins order by at, run');
    this.#one = db.prepare('select 1 from pins where run = ?');
  }

  /** False where it was pinned already. */
  pin({ run, at }: Pin): boolean {
    return this.#insert.run(run, at).changes > 0;
  }

  /** False where it was not pinned. */
  unpin(run: RunId): boolean {
    return this.#delete.run(run).changes > 0;
  }

  has(run: RunId): boolean {
    return this.#one.get(run) !== undefined;
  }

  /** In the order in which they were pinned. */
  list(): readonly Pin[] {
    return this.#select.all().map((row) => ({
      run: String(row['run']) as RunId,
      at: Number(row['at']),
    }));
  }
}
