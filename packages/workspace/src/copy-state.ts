import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Failure, Result } from '@skein/model';
import { fail } from '@skein/model';
import { databasePath } from '@skein/journal';
import { type State, type StateOptions, openState } from './state.ts';

/** What SQLite keeps beside a database that is open: without it the last rows are missing. */
const LOG = '-wal';

/**
 * Opens the state to be read where it cannot be written, a colleague's or one on a full disk: the
 * database is copied to a temporary folder, which goes with `close`. `refusal` is what opening it
 * in place failed with, and is given back where there is nothing to read.
 */
export function openCopy(path: string, options: StateOptions, refusal: Failure): Result<State> {
  const source = databasePath(path);
  if (!existsSync(source)) return fail(refusal);
  const folder = temporaryFolder();
  if (folder === undefined) return fail(refusal);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const target = join(folder, relative(path, source));
  try {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
    if (existsSync(source + LOG)) copyFileSync(source + LOG, target + LOG);
  } catch {
    remove();
    return fail(refusal);
  }
  const state = openState(path, { ...options, database: folder });
  if (!state.ok) {
    remove();
    return state;
  }
  const { value } = state;
  const close = (): void => {
    value.close();
    remove();
  };
  return { ok: true, value: { ...value, close } };
}

/** `undefined`: there is no room for one either. */
function temporaryFolder(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'skein-state-'));
  } catch {
    return undefined;
  }
}
