import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { isBusy } from '@skein/model';

const POLL_MS = 200;

export interface BuildLock {
  readonly folder: string;
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process on this machine does so under the same name: two builds of
 * one recipe need not be one image. The lock is the system's, on a file in `folder`, and is let go
 * when its holder dies. Where no lock can be had the work is done without; `signal` ends the
 * waiting.
 */
export async function underBuildLock<T>(wanted: BuildLock, work: () => Promise<T>): Promise<T> {
  const lock = await take(wanted);
  try {
    return await work();
  } finally {
    lock?.close();
  }
}

async function take({ folder, name, signal }: BuildLock): Promise<DatabaseSync | undefined> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(join(folder, `${name}.lock`), { timeout: 0 });
    while (!tryLock(database)) await wait(POLL_MS, undefined, { signal });
    return database;
  } catch {
    return undefined;
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    database.close();
    throw error;
  }
}
