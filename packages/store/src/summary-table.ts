import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ActionKey } from '@skein/model';
import { packKey } from './packed.ts';

const TABLE = `
create table if not exists summaries (
  id integer primary key,
  prefix integer not null,
  key blob not null,
  generation integer not null,
  body blob not null
);
create index if not exists summaries_by_key on summaries (prefix);
create index if not exists summaries_by_generation on summaries (generation);
`;

/** Deep summaries by key, one of each, with the generation each was kept under. */
export class SummaryTable {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteOlder: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#select = db.prepare(
      'select generation, body from summaries where prefix = ? and key = ?',
    );
    this.#select.setReturnArrays(true);
    this.#insert = db.prepare(
      'insert into summaries (prefix, key, generation, body) values (?, ?, ?, ?)',
    );
    this.#delete = db.prepare('delete from summaries where prefix = ? and key = ?');
    this.#deleteOlder = db.prepare('delete from summaries where generation < ?');
  }

  read(key: ActionKey): { readonly generation: number; readonly body: Uint8Array } | undefined {
    const { prefix, bytes } = packKey(key);
    const row = this.#select.get(prefix, bytes);
    if (row === undefined) return undefined;
    const [generation, body] = row as unknown as [number, Uint8Array];
    return { generation, body };
  }

  write(key: ActionKey, generation: number, body: Uint8Array): void {
    const { prefix, bytes } = packKey(key);
    this.#delete.run(prefix, bytes);
    this.#insert.run(prefix, bytes, generation, body);
  }

  /** A generation never comes back, so what was kept under an earlier one never holds again. */
  dropOlder(generation: number): void {
    this.#deleteOlder.run(generation);
  }
}
