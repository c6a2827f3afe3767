import {
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Failure, Result } from '@skein/model';
import { fail, isBusy, sqliteCode, succeed, systemCode } from '@skein/model';
import { EMPTY_LOCK, printLock, type ImageLock } from './lock.ts';
import { isLockFault, parseLock } from './parse-lock.ts';

/** The name of the lock, at the workspace's root. */
export const LOCK_NAME = 'skein.images.json';

export interface LockPlace {
  /** The workspace. */
  readonly root: string;
  /** Writers of this machine exclude each other by a file in `tmp` of the state. */
  readonly stateDir: string;
}

const PATIENCE_MS = 10_000;

/** Absent: nothing is locked. */
export function readLock(root: string): Result<ImageLock> {
  const path = join(root, LOCK_NAME);
  let text: string;
  try {
    // Whoever opens a pipe waits for its writer.
    if (statSync(path).isFIFO()) return fail(damaged(path, { problem: 'it is no file' }));
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    // A link to nothing is a lock that somebody has elsewhere, and that is not there now.
    const isAbsent = code === 'ENOENT' && !isThere(path);
    return isAbsent ? succeed(EMPTY_LOCK) : fail(unusable(path, 'cannot be read', error));
  }
  const lock = parseLock(text);
  return isLockFault(lock) ? fail(damaged(path, lock)) : succeed(lock);
}

/**
 * Writes what `change` makes of the lock as it lies there now, not as this process knew it: other
 * processes write it, too. Gives what was written; the file is replaced as a whole or not at all.
 */
export function changeLock(
  place: LockPlace,
  change: (lock: ImageLock) => Result<ImageLock>,
): Result<ImageLock> {
  const path = join(place.root, LOCK_NAME);
  try {
    return exclusively(join(place.stateDir, 'tmp', 'images.lock'), () => {
      const now = readLock(place.root);
      if (!now.ok) return now;
      const changed = change(now.value);
      if (!changed.ok) return changed;
      const text = printLock(changed.value);
      if (text !== printLock(now.value)) replaceFile(path, text);
      return changed;
    });
  } catch (error) {
    if (systemCode(error) === undefined && sqliteCode(error) === undefined) throw error;
    return fail(unusable(path, 'cannot be written', error));
  }
}

/** A lock of SQLite is let go by the system, however its holder dies. */
function exclusively<T>(path: string, work: () => T): T {
  mkdirSync(dirname(path), { recursive: true });
  const mutex = new DatabaseSync(path, { timeout: PATIENCE_MS });
  try {
    mutex.exec('begin exclusive');
    return work();
  } finally {
    mutex.close();
  }
}

/**
 * Only one writer is here: what lies under the temporary name was left by one that died. A link
 * stays one: what it leads to is replaced.
 */
function replaceFile(path: string, text: string): void {
  const real = isThere(path) ? realpathSync(path) : path;
  const temporary = `${real}.tmp`;
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, real);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function damaged(path: string, fault: { problem: string; hint?: string }): Failure {
  return {
    code: 'image-lock',
    kind: 'usage',
    headline: 'the lock of the images cannot be understood',
    facts: [
      ['path', path],
      ['problem', fault.problem],
    ],
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  };
}

function unusable(path: string, what: string, error: unknown): Failure {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    code: 'image-lock',
    kind: 'environment',
    headline: `the lock of the images ${what}`,
    facts: [
      ['path', path],
      ['cause', cause],
    ],
    hint: isBusy(error)
      ? 'another process writes it: wait for it, or stop it'
      : 'make file and folder readable and writable',
  };
}
