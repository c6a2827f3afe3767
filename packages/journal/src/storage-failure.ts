import { statfsSync } from 'node:fs';
import { StoredFormError } from '@skein/model';
import type { Failure } from '@skein/model';

/** Result codes of SQLite, the lower byte of what Node gives: https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** An I/O error with less room than this is taken for a full disk. */
const FULL_BELOW_BYTES = 1 << 20;

/** The primary result code of an error of `node:sqlite`; `undefined` for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_BUSY;
}

/** The database as a whole can no longer be trusted. */
export function isDamaged(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/**
 * What went wrong with the state at `path`, as a failure; anything that is no trouble of storage
 * is thrown again: it is a bug.
 */
export function storageFailure(error: unknown, path: string): Failure {
  const facts = [['path', path] as const, ['cause', causeOf(error)] as const];
  if (isDamaged(error)) {
    return {
      code: 'state-corrupt',
      kind: 'environment',
      headline: 'the state database is damaged',
      facts,
      hint: 'the next command sets it aside and goes on with an empty one',
    };
  }
  if (error instanceof StoredFormError) {
    return {
      code: 'state-corrupt',
      kind: 'environment',
      headline: 'what the state database holds cannot be read',
      facts,
    };
  }
  if (isFull(error, path)) {
    return {
      code: 'disk-full',
      kind: 'environment',
      headline: 'no room is left for the state',
      facts,
      hint: 'free some room, or put the state elsewhere with SKEIN_STATE',
    };
  }
  if (sqliteCode(error) === undefined && systemCode(error) === undefined) throw error;
  return {
    code: 'state-unwritable',
    kind: 'environment',
    headline: 'the state directory cannot be written',
    facts,
    hint: isBusy(error)
      ? 'another process holds the database: wait for it, or stop it'
      : 'make it writable, or put the state elsewhere with SKEIN_STATE',
  };
}

function isFull(error: unknown, path: string): boolean {
  const system = systemCode(error);
  if (system === 'ENOSPC' || system === 'EDQUOT') return true;
  const code = sqliteCode(error);
  return code === SQLITE_FULL || (code === SQLITE_IOERR && roomAt(path) < FULL_BELOW_BYTES);
}

function roomAt(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
