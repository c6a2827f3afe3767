import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { identifyProcess, isAlive } from '@skein/journal';
import type { ProcessIdentity } from '@skein/journal';
import { endWithin } from './orphans.ts';
import { removeFolder } from './remove-folder.ts';

/** Says in each folder which process it belongs to. */
const OWNER = 'owner.json';
/** Folders that are being made have no owner yet. */
const UNFINISHED = 'new-';
const KINDS = /^(?:pool|inline|new)-/;
/** Such a folder says which containers are left of it: it goes when they have gone. */
const CONTAINERS = 'containers';
/** Nobody here can say whether a process of another host lives. */
const ABANDONED_MS = 7 * 24 * 3600 * 1000;

/**
 * Makes a folder for what an executor needs while it lives. What executors left that died without
 * closing goes, processes and files: later, for nobody waits for it.
 */
export function openScratchHome(state: string, kind: 'pool' | 'inline'): string {
  const parent = join(state, 'scratch');
  mkdirSync(parent, { recursive: true });
  const unfinished = mkdtempSync(join(parent, UNFINISHED));
  writeFileSync(join(unfinished, OWNER), JSON.stringify(identifyProcess(process.pid) ?? {}));
  const folder = join(parent, `${kind}-${basename(unfinished).slice(UNFINISHED.length)}`);
  // From here on it has its name, its owner with it.
  renameSync(unfinished, folder);
  void clearAbandoned(parent, folder);
  return folder;
}

/** Removes the folders in `parent` whose owners are gone, but not `own`. */
export async function clearAbandoned(parent: string, own: string): Promise<void> {
  // What was just made tells the time by the clock that the others are measured with.
  const now = (await timeOf(own)) ?? 0;
  for (const folder of await abandonedIn(parent, now)) {
    if (folder === own || hasContainers(folder)) continue;
    await removeAbandoned(folder);
  }
}

/** Containers of it may be left. */
export function hasContainers(folder: string): boolean {
  return existsSync(join(folder, CONTAINERS));
}

/** The folders in `parent` whose owners are gone. */
export async function abandonedIn(parent: string, now: number): Promise<readonly string[]> {
  const names = await readdir(parent).catch(() => []);
  const folders: string[] = [];
  for (const name of names) {
    const folder = join(parent, name);
    if (KINDS.test(name) && (await isAbandoned(folder, now))) folders.push(folder);
  }
  return folders;
}

/** What still runs in it was started by whoever is gone. */
export async function removeAbandoned(folder: string): Promise<void> {
  endWithin(folder);
  await removeFolder(folder);
}

async function isAbandoned(folder: string, now: number): Promise<boolean> {
  const owner = await ownerOf(folder);
  if (owner?.host === hostname()) return !isAlive(owner);
  const changed = await timeOf(folder);
  return changed !== undefined && now - changed > ABANDONED_MS;
}

async function timeOf(folder: string): Promise<number | undefined> {
  const stats = await stat(folder).catch(() => undefined);
  return stats?.mtimeMs;
}

async function ownerOf(folder: string): Promise<ProcessIdentity | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(join(folder, OWNER), 'utf8'));
    return isIdentity(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startedAt, host } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return typeof pid === 'number' && typeof startedAt === 'string' && typeof host === 'string';
}
