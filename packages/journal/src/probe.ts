import type { DatabaseSync } from 'node:sqlite';

/** Up to here the whole database is checked when it is opened: a millisecond for a mebibyte. */
const CHECKED_PAGES = 1_024;

/**
 * What is wrong with a database, as far as can be told in a few milliseconds: all of a small one,
 * the way to the first row of each table and index of a large one. `undefined`: nothing was found.
 * Throws the error of SQLite for damage that it reports as one.
 */
export function findDamage(db: DatabaseSync): string | undefined {
  const pages = Number(db.prepare('pragma page_count').get()?.['page_count']);
  if (pages <= CHECKED_PAGES) return checkAll(db);
  const parts = db.prepare('select type, name, tbl_name from sqlite_schema where sql is not null');
  for (const { type, name, tbl_name: table } of parts.all()) {
    const by = type === 'index' ? ` indexed by "${String(name)}"` : '';
    db.prepare(`select 1 from "${String(table)}"${by} limit 1`).get();
  }
  db.prepare('select max(seq) from events').get();
  return undefined;
}

/** The first thing that is wrong with the structure of the whole database. */
export function checkAll(db: DatabaseSync): string | undefined {
  const found = db.prepare('pragma quick_check(1)').get()?.['quick_check'];
  return found === 'ok' ? undefined : String(found);
}
