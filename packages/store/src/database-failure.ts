import type { Failure } from '@skein/model';

/** https://sqlite.org/rescode.html, the lower byte of what Node gives. */
const SQLITE_FULL = 13;

/** An error of `node:sqlite` that says what SQLite said. */
export function isDatabaseError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** `undefined` where the error is none of the database: it is a bug. */
export function setUpFailure(error: unknown, path: string): Failure | undefined {
  if (!isDatabaseError(error)) return undefined;
  const full = (error.errcode & 0xff) === SQLITE_FULL;
  return {
    code: full ? 'disk-full' : 'state-unwritable',
    kind: 'environment',
    headline: full ? 'no room is left for the state' : 'the state database cannot be written',
    facts: [
      ['path', path],
      ['cause', error.message],
    ],
    hint: 'put the state elsewhere with SKEIN_STATE',
  };
}

/** The one line that tells of misses by damage. */
export function damageFailure(what: string, path: string): Failure {
  return {
    code: 'state-corrupt',
    kind: 'warning',
    headline: 'some of what earlier runs left cannot be read and counts as unknown',
    facts: [
      ['path', path],
      ['cause', what],
    ],
  };
}
