import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { digestsIn, packKey } from './packed.ts';

const TABLE = `
create table if not exists artifact_files (
  id integer primary key,
  prefix integer not null,
  file blob not null,
  artifact blob not null
);
create index if not exists artifact_files_by_file on artifact_files (prefix);
`;

/** Which artifacts hold a file; the newest is named. */
export class FileTable {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#select = db.prepare(
      'select artifact from artifact_files where prefix = ? and file = ? order by id desc limit 1',
    );
    this.#insert = db.prepare(
      'insert into artifact_files (prefix, file, artifact) values (?, ?, ?)',
    );
    this.#delete = db.prepare('delete from artifact_files where prefix = ? and file = ?');
  }

  artifactOf(file: Digest): Digest | undefined {
    const { prefix, bytes } = packKey(file);
    const packed = this.#select.get(prefix, bytes)?.['artifact'];
    return packed instanceof Uint8Array ? digestsIn(packed)[0] : undefined;
  }

  write(artifact: Digest, files: Uint8Array): void {
    const packed = packDigests([artifact]);
    for (const file of digestsIn(files)) {
      const { prefix, bytes } = packKey(file);
      if (this.artifactOf(file) === artifact) continue;
      this.#delete.run(prefix, bytes);
      this.#insert.run(prefix, bytes, packed);
    }
  }
}
