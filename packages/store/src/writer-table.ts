import type { DatabaseSync } from 'node:sqlite';

const TABLE = `create table if not exists trace_writers (writer text primary key) without rowid`;

/**
 * Writers that traces were ever learned from: who is not in it has left nothing. Made with the
 * first of them, in the transaction that writes it, so a state that knows no others has no table.
 */
export class WriterTable {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  add(writers: Iterable<string>): void {
    this.#db.exec(TABLE);
    const insert = this.#db.prepare('insert or ignore into trace_writers (writer) values (?)');
    for (const writer of writers) insert.run(writer);
  }

  /** Those of `writers` that something may be known of. */
  known(writers: Iterable<string>): readonly string[] {
    if (!this.#isThere()) return [];
    const select = this.#db.prepare('select 1 from trace_writers where writer = ?');
    return [...writers].filter((writer) => select.get(writer) !== undefined);
  }

  any(): boolean {
    if (!this.#isThere()) return false;
    return this.#db.prepare('select 1 from trace_writers limit 1').get() !== undefined;
  }

  delete(writers: Iterable<string>): void {
    const remove = this.#db.prepare('delete from trace_writers where writer = ?');
    for (const writer of writers) remove.run(writer);
  }

  #isThere(): boolean {
    const query = `select 1 from sqlite_schema where name = 'trace_writers'`;
    return this.#db.prepare(query).get() !== undefined;
  }
}
