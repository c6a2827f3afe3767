import type { DatabaseSync } from 'node:sqlite';

/** `Skei` in ASCII: how a database of ours is told from a foreign one. */
export const APPLICATION_ID = 0x53_6b_65_69;

/** Format of the state database. `docs/formats/journal.md` has its history. */
export const STATE_FORMAT = 2;

/** Its folder in the state directory: formats that can be migrated to one another share it. */
export const STATE_FOLDER = 'v1';

/** R7 in the database itself: what is appended stays, and nothing follows the end of a run. */
export const IMMUTABLE_EVENTS = `
create trigger events_unchanged before update on events begin
  select raise(abort, 'the record of a run cannot be changed');
end;
create trigger events_ended before insert on events
  when exists (select 1 from runs where id = new.seq >> 32 and status <> 'running') begin
  select raise(abort, 'the record of a finished run cannot be changed');
end;
`;

/** Batches of facts under the last row that they are of. */
export const FACTS_TABLE = `
create table facts (
  seq integer primary key,
  calls blob not null,
  digests blob not null
);
`;

/** All tables of the journal, as they are today. */
export const TABLES = `
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
  failed integer not null,
  initiator text not null default '',
  origin text
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
${FACTS_TABLE}
${IMMUTABLE_EVENTS}
`;

/** Inside a transaction, in an empty database. */
export function createSchema(db: DatabaseSync): void {
  db.exec(TABLES);
  db.exec(`pragma application_id = ${APPLICATION_ID}`);
  db.exec(`pragma user_version = ${STATE_FORMAT}`);
}

/** What a database says it is; `older` can be migrated. */
export type Identity = 'empty' | 'ours' | 'older' | 'newer' | 'foreign';

export function identify(db: DatabaseSync): Identity {
  const application = pragma(db, 'application_id');
  if (application === APPLICATION_ID) {
    const version = formatOf(db);
    if (version > STATE_FORMAT) return 'newer';
    return version === STATE_FORMAT ? 'ours' : version >= 1 ? 'older' : 'foreign';
  }
  const objects = db.prepare('select count(*) as count from sqlite_schema').get();
  return application === 0 && objects?.['count'] === 0 ? 'empty' : 'foreign';
}

/** Format of a database of ours. */
export function formatOf(db: DatabaseSync): number {
  return pragma(db, 'user_version');
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`pragma ${name}`).get()?.[name]);
}
