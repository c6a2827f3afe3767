import type { DatabaseSync } from 'node:sqlite';
import { isBusy, isFull } from '@skein/model';
import type { Moment, Sweep } from '@skein/store';

/** It is written anew if that makes it smaller by at least so much, and by such a part. */
const LEAST_BYTES = 1 << 20;
const LEAST_PART = 0.2;

/**
 * Gives the room of removed rows back. Whoever comes meanwhile waits, so it is done only where
 * nobody works with the state; without room, or where somebody has come, the room is used by the
 * rows of later runs.
 */
export function shrinkDatabase(db: DatabaseSync, sweep: Sweep, moment: Moment): void {
  try {
    const free = pragma(db, 'freelist_count');
    const pages = pragma(db, 'page_count');
    const bytes = free * pragma(db, 'page_size');
    const isWorth = bytes >= LEAST_BYTES && free >= pages * LEAST_PART;
    if (isWorth && sweep.isUntouched(moment, () => undefined)) db.exec('vacuum');
    db.prepare('pragma wal_checkpoint(truncate)').get();
  } catch (error) {
    if (!isBusy(error) && !isFull(error)) throw error;
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`pragma ${name}`).get()?.[name] ?? 0);
}
