import { statfsSync } from 'node:fs';
import {
  StoredFormError,
  fullFailure,
  sqliteCode,
  storageFailure as knownFailure,
} from '@skein/model';
import type { Failure } from '@skein/model';

/** https://sqlite.org/rescode.html */
const SQLITE_IOERR = 10;

/** An I/O error with less room than this is taken for a full disk. */
const FULL_BELOW_BYTES = 1 << 20;

/**
 * What went wrong with the state at `path`, as a failure; anything that is no trouble of storage
 * is thrown again: it is a bug.
 */
export function storageFailure(error: unknown, path: string): Failure {
  if (error instanceof StoredFormError) return unreadable(error, path);
  if (sqliteCode(error) === SQLITE_IOERR && roomAt(path) < FULL_BELOW_BYTES) {
    return fullFailure(error instanceof Error ? error.message : String(error), path);
  }
  const failure = knownFailure(error, path);
  if (failure === undefined) throw error;
  return failure;
}

function unreadable(error: StoredFormError, path: string): Failure {
  return {
    code: 'state-corrupt',
    kind: 'environment',
    headline: 'what the state database holds cannot be read',
    facts: [
      ['path', path],
      ['cause', error.message],
    ],
  };
}

function roomAt(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
