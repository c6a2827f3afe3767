import type { Failure } from './failure.ts';

/** Result codes of SQLite, the lower byte of what Node gives: https://sqlite.org/rescode.html */
/** A statement that does not fit the tables: ours are right, so the tables are not. */
const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** The primary result code of an error of `node:sqlite`; `undefined` for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** The code of an error of the operating system, as `ENOENT`; `undefined` for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Another process holds the database and did not let go in time. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_BUSY;
}

/** The database as a whole can no longer be trusted. */
export function isDamaged(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

export function isFull(error: unknown): boolean {
  const system = systemCode(error);
  return system === 'ENOSPC' || system === 'EDQUOT' || sqliteCode(error) === SQLITE_FULL;
}

/**
 * An error of the file system or of SQLite at `path` as a failure; `undefined` for any other
 * error, which is a bug.
 */
export function storageFailure(error: unknown, path: string): Failure | undefined {
  if (sqliteCode(error) === undefined && systemCode(error) === undefined) return undefined;
  const cause = error instanceof Error ? error.message : String(error);
  if (isDamaged(error)) return damagedFailure(cause, path);
  if (isFull(error)) return fullFailure(cause, path);
  if (sqliteCode(error) === SQLITE_ERROR) return strangeFailure(cause, path);
  return {
    code: 'state-unwritable',
    kind: 'environment',
    headline: 'the state directory cannot be written',
    facts: factsOf(cause, path),
    hint: isBusy(error)
      ? 'another process holds the database: wait for it, or stop it'
      : 'make it writable, or put the state elsewhere with SKEIN_STATE',
  };
}

export function fullFailure(cause: string, path: string): Failure {
  return {
    code: 'disk-full',
    kind: 'environment',
    headline: 'no room is left for the state',
    facts: factsOf(cause, path),
    hint: 'free some room, or put the state elsewhere with SKEIN_STATE',
  };
}

function damagedFailure(cause: string, path: string): Failure {
  return {
    code: 'state-corrupt',
    kind: 'environment',
    headline: 'the state database is damaged',
    facts: factsOf(cause, path),
    hint: 'the next command sets it aside and goes on with an empty one',
  };
}

function strangeFailure(cause: string, path: string): Failure {
  return {
    code: 'state-corrupt',
    kind: 'environment',
    headline: 'the tables of the state database are not those of this version of Skein',
    facts: factsOf(cause, path),
    hint: 'use the version that wrote it, or put the state elsewhere with SKEIN_STATE',
  };
}

function factsOf(cause: string, path: string): Failure['facts'] {
  return [
    ['path', path],
    ['cause', cause],
  ];
}
