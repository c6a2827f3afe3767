import type { DatabaseSync } from 'node:sqlite';

/**
 * Runs `work` in one transaction that takes the write lock at once, so that it never fails half
 * way because another process wrote first. Throws what `work` or SQLite throws, rolled back.
 */
export function transact<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin immediate');
  try {
    const value = work();
    db.exec('commit');
    return value;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Runs `work` on one state of the database, whatever others write meanwhile. It takes no lock. */
export function readAtOnce<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec('begin');
  try {
    return work();
  } finally {
    rollBack(db);
  }
}

/** SQLite may have rolled back by itself, on a full disk for one. */
function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('rollback');
}
