import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, fail, isDamaged } from '@skein/model';
import type { Result } from '@skein/model';
import { checkAll } from './probe.ts';
import { condemn } from './set-aside.ts';
import { storageFailure } from './storage-failure.ts';

/**
 * The failure of something that was tried in the state database. One that turns out damaged is
 * condemned: the next opening sets it aside (D6). What is no trouble of storage is thrown again.
 */
export function failedIn(db: DatabaseSync, error: unknown): Result<never> {
  const path = db.location() ?? '';
  if (isDamaged(error) || (error instanceof StoredFormError && isBroken(db))) condemn(path);
  return fail(storageFailure(error, path));
}

/** A row that makes no sense may be the first sign of a broken database, or come alone. */
function isBroken(db: DatabaseSync): boolean {
  try {
    return checkAll(db) !== undefined;
  } catch (error) {
    return isDamaged(error);
  }
}
