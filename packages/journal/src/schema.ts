import type { DatabaseSync } from 'node:sqlite';

/** `Skei` in ASCII: how a database of ours is told from a foreign one. */
export const APPLICATION_ID = 0x53_6b_65_69;

/** Format of the state database. `docs/formats/journal.md` has its history. */
export const STATE_FORMAT = 1;

const TABLES = `
create table events (
  seq integer primary key,
  body blob not null
);
create table runs (
  id integer primary key,
  run text not null unique,
  entry text not null,
  task text not null,
  labels text not null,
  started_at real not null,
  process text not null,
  status text not null,
  duration_ms real,
  total integer not null,
  executed integer not null,
  reused integer not null,
  adopted integer not null,
  failed integer not null
);
create table folds (
  name text primary key
) without rowid;
create table cursors (
  fold text not null,
  run integer not null,
  seq integer not null,
  primary key (fold, run)
) without rowid;
`;

/** Inside a transaction, in an empty database. */
export function createSchema(db: DatabaseSync): void {
  db.exec(TABLES);
  db.exec(`pragma application_id = ${APPLICATION_ID}`);
  db.exec(`pragma user_version = ${STATE_FORMAT}`);
}

/** What a database says it is. */
export type Identity = 'empty' | 'ours' | 'newer' | 'foreign';

export function identify(db: DatabaseSync): Identity {
  const application = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  if (application === APPLICATION_ID) {
    return version > STATE_FORMAT ? 'newer' : version === STATE_FORMAT ? 'ours' : 'foreign';
  }
  const objects = db.prepare('select count(*) as count from sqlite_schema').get();
  return application === 0 && objects?.['count'] === 0 ? 'empty' : 'foreign';
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`pragma ${name}`).get()?.[name]);
}
