import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reach, systemCode } from '@skein/model';
import type { Failure } from '@skein/model';

/** Beside a database that was found damaged while in use: the next opening sets it aside. */
const CONDEMNED = '.condemned';

/** What SQLite keeps beside a database that is in use. */
const LOG = '-wal';

/** Which file a path meant: another process may have put a new one there since. */
export type FileIdentity = string | undefined;

export function identityOf(path: string): FileIdentity {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** Marks a database that is open in this or other processes and can no longer be trusted. */
export function condemn(path: string): void {
  try {
    writeFileSync(path + CONDEMNED, '');
  } catch {
    // The damage was reported; the next opening may find it by itself.
  }
}

export function isCondemned(path: string): boolean {
  return existsSync(path + CONDEMNED);
}

/**
 * D6: renames a database with its log to `state.db.corrupt-<time>`, unless another process has
 * done so in the meantime. Gives the one warning, or `undefined` where there was nothing to do.
 */
export function setAside(
  path: string,
  why: string,
  { found, at }: { readonly found: FileIdentity; readonly at: number },
): Failure | undefined {
  rmSync(path + CONDEMNED, { force: true });
  if (found === undefined || identityOf(path) !== found) return undefined;
  const target = freeName(path, at);
  for (const suffix of ['-wal', '-shm', '']) {
    renameIfThere(path + suffix, target + suffix);
    reach('set-aside-half');
  }
  return {
    code: 'state-corrupt',
    kind: 'warning',
    headline: 'the state database was damaged and is set aside: nothing is known of earlier runs',
    facts: [
      ['path', path],
      ['cause', why],
      ['set aside as', target],
    ],
    hint: `delete "${basename(target)}" when nobody wants to look at it`,
  };
}

/**
 * The log of a database that is gone is of no use, and SQLite would remove it without a word: it
 * is renamed too, and reported.
 */
export function setOrphanAside(path: string, at: number): Failure | undefined {
  const log = path + LOG;
  if (existsSync(path) || sizeOf(log) === 0) return undefined;
  const target = freeName(path, at) + LOG;
  renameIfThere(log, target);
  return {
    code: 'state-corrupt',
    kind: 'warning',
    headline: 'the state database is gone: nothing is known of earlier runs',
    facts: [
      ['path', path],
      ['its log', `set aside as ${target}`],
    ],
    hint: `delete "${basename(target)}" when nobody wants to look at it`,
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function freeName(path: string, at: number): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const taken = new Set(readdirSync(dirname(path)));
  const plain = `${basename(path)}.corrupt-${time}`;
  let name = plain;
  for (let count = 2; taken.has(name); count += 1) name = `${plain}-${count}`;
  return join(dirname(path), name);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
