import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '@skein/model';
import type { Failure } from '@skein/model';

/** Beside a database that was found damaged while in use: the next opening sets it aside. */
const CONDEMNED = '.condemned';

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
  for (const suffix of ['-wal', '-shm', '']) renameIfThere(path + suffix, target + suffix);
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
