import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail, isBusy, isDamaged, reach, succeed, systemCode } from '@skein/model';
import type { Clock, Failure, Result } from '@skein/model';
import { findStrange, renewFacts } from './layout.ts';
import { migrate } from './migrate.ts';
import { findDamage } from './probe.ts';
import { STATE_FOLDER, STATE_FORMAT, createSchema, identify } from './schema.ts';
import { identityOf, isCondemned, setAside, setOrphanAside } from './set-aside.ts';
import { storageFailure } from './storage-failure.ts';
import { transact } from './transaction.ts';

/**
 * D2. `process`: what is acknowledged survives the death of any process. `power`: it is synced
 * to disk first, all results of one tick together.
 */
export type Durability = 'process' | 'power';

export interface DatabaseOptions {
  readonly clock: Clock;
  /** Default: `process`. */
  readonly durability?: Durability;
}

/** The state database, open. */
export interface StateDatabase {
  readonly db: DatabaseSync;
  /** Absolute path of the database file. */
  readonly path: string;
  /** For people: that a damaged database was set aside (D6), or a large one migrated. */
  readonly warnings: readonly Failure[];
}

/** How long a write waits for another process; its transactions take some 20 ms. */
const BUSY_TIMEOUT_MS = 10_000;
const CACHE_KIB = 16_384;
/** A checkpoint syncs the disk: seldom enough not to be felt, with 16 MB of log at most. */
const CHECKPOINT_PAGES = 4_096;
/** One that is set aside, one that another process set aside meanwhile, and one that is fine. */
const OPENINGS = 4;
/** SQLite refuses to switch to WAL, without waiting, while another process switches. */
const SWITCHES = 50;

/** The database's file of a state directory. */
export function databasePath(stateDir: string): string {
  return join(stateDir, STATE_FOLDER, 'state.db');
}

/**
 * Opens the state database, creating directory and tables. A damaged or foreign one is set aside
 * and reported in `warnings`, and an empty one takes its place (D6). Fails with
 * `state-unwritable`, `disk-full`, or `state-newer`.
 */
export function openDatabase(
  stateDir: string,
  { clock, durability = 'process' }: DatabaseOptions,
): Result<StateDatabase> {
  const path = databasePath(stateDir);
  const warnings: Failure[] = [];
  try {
    createDirectory(stateDir, path);
    const orphan = setOrphanAside(path, clock.now());
    if (orphan !== undefined) warnings.push(orphan);
    for (let opening = 1; opening <= OPENINGS; opening += 1) {
      const found = identityOf(path);
      const damage = isCondemned(path) ? 'it was found damaged while in use' : undefined;
      const opened = damage === undefined ? tryOpen(path, durability) : { damaged: damage };
      if ('db' in opened) {
        warnings.push(...opened.warnings);
        return succeed({ db: opened.db, path, warnings });
      }
      if ('failure' in opened) return fail(opened.failure);
      const warning = setAside(path, opened.damaged, { found, at: clock.now() });
      if (warning !== undefined) warnings.push(warning);
    }
    return fail(notUsable(path));
  } catch (error) {
    return fail(storageFailure(error, stateDir));
  }
}

type Opening =
  | { readonly db: DatabaseSync; readonly warnings: readonly Failure[] }
  | { readonly damaged: string }
  | { readonly failure: Failure };

function tryOpen(path: string, durability: Durability): Opening {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    const refused = refuse(db, path);
    if (refused !== undefined) {
      db.close();
      return refused;
    }
    configure(db, durability);
    // Tables first: a log that is lost later takes rows with it, never the database's identity.
    if (identify(db) === 'empty') create(db);
    switchToLog(db);
    reach('state-opened');
    const damaged = (identify(db) === 'ours' ? findStrange(db) : undefined) ?? findDamage(db);
    if (damaged === undefined) return { db, warnings: bringUpToDate(db, path) };
    db.close();
    return { damaged };
  } catch (error) {
    if (db?.isOpen === true) db.close();
    if (!isDamaged(error)) throw error;
    return { damaged: error instanceof Error ? error.message : String(error) };
  }
}

function bringUpToDate(db: DatabaseSync, path: string): readonly Failure[] {
  const told = [migrate(db, path), renewFacts(db, path)];
  return told.filter((warning) => warning !== undefined);
}

/** Looks before anything is written: a foreign database is left as it is. */
function refuse(db: DatabaseSync, path: string): Opening | undefined {
  const identity = identify(db);
  if (identity === 'foreign') return { damaged: 'it is not a state database of Skein' };
  if (identity === 'newer') return { failure: isNewer(path) };
  return undefined;
}

function configure(db: DatabaseSync, durability: Durability): void {
  endure(db, durability);
  db.exec(`pragma cache_size = -${CACHE_KIB}`);
  db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.exec('pragma temp_store = memory');
}

/** From now on what is acknowledged survives this (D2). */
export function endure(db: DatabaseSync, durability: Durability): void {
  db.exec(`pragma synchronous = ${durability === 'power' ? 'full' : 'normal'}`);
}

/** Another process may have created it since. */
function create(db: DatabaseSync): void {
  transact(db, () => {
    if (identify(db) === 'empty') createSchema(db);
  });
}

function switchToLog(db: DatabaseSync): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      db.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isBusy(error) || attempt === SWITCHES) throw error;
    }
  }
}

function createDirectory(stateDir: string, path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  try {
    writeFileSync(join(stateDir, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function isNewer(path: string): Failure {
  return {
    code: 'state-newer',
    kind: 'environment',
    headline: 'the state was written by a later version of Skein',
    facts: [
      ['path', path],
      ['this version reads', `format ${STATE_FORMAT} and earlier`],
    ],
    hint: 'update Skein, or put the state elsewhere with SKEIN_STATE',
  };
}

function notUsable(path: string): Failure {
  return {
    code: 'state-unwritable',
    kind: 'environment',
    headline: 'the state database is damaged again each time it is set aside',
    facts: [['path', path]],
    hint: 'check the disk, or put the state elsewhere with SKEIN_STATE',
  };
}
