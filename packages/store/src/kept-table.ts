import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Digest } from '@skein/values';
import { packKey } from './packed.ts';

const TABLE = `
create table if not exists kept (
  id integer primary key,
  prefix integer not null,
  key blob not null,
  kind text not null,
  bytes blob not null
);
create index if not exists kept_by_key on kept (prefix);
`;

/** Bytes by kind and key: recorded inputs, manifests, tables of tasks, emitted texts. */
export class KeptTable {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#select = db.prepare(
      'select id, bytes from kept where prefix = ? and key = ? and kind = ?',
    );
    this.#select.setReturnArrays(true);
    this.#insert = db.prepare('insert into kept (prefix, key, kind, bytes) values (?, ?, ?, ?)');
    this.#update = db.prepare('update kept set bytes = ? where id = ?');
  }

  read(kind: string, key: Digest): Uint8Array | undefined {
    return this.#find(kind, key)?.bytes;
  }

  /** Other bytes replace what is there, damaged bytes too. */
  write(kind: string, key: Digest, bytes: Uint8Array): void {
    const known = this.#find(kind, key);
    if (known === undefined) {
      const packed = packKey(key);
      this.#insert.run(packed.prefix, packed.bytes, kind, bytes);
    } else if (Buffer.compare(known.bytes, bytes) !== 0) {
      this.#update.run(bytes, known.id);
    }
  }

  #find(
    kind: string,
    key: Digest,
  ): { readonly id: number; readonly bytes: Uint8Array } | undefined {
    const packed = packKey(key);
    const row = this.#select.get(packed.prefix, packed.bytes, kind);
    if (row === undefined) return undefined;
    const [id, bytes] = row as unknown as [id: number, bytes: Uint8Array];
    return { id, bytes };
  }
}
