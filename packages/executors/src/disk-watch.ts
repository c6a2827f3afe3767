import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const PERIOD_MS = 250;
/** Of the time at most one part in so many goes into looking. */
const SHARE = 20;
const BLOCK_BYTES = 512;

export interface DiskWatch {
  /** Absolute. */
  readonly folder: string;
  readonly limitBytes: number;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Called once, when the limit is passed. */
  readonly exceeded: (usedBytes: number) => void;
}

/** Watches how much a folder holds (X2); returns what ends the watch. */
export function watchDisk({ folder, limitBytes, elapsed, exceeded }: DiskWatch): () => void {
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const began = elapsed();
    const used = await usedBytes(folder);
    if (ended) return;
    if (used > limitBytes) {
      ended = true;
      exceeded(used);
    } else wait(Math.max(PERIOD_MS, (elapsed() - began) * SHARE));
  };
  const wait = (ms: number): void => {
    timer = setTimeout(() => void look(), ms);
    timer.unref();
  };
  wait(PERIOD_MS);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** What a folder takes on disk, links not followed; what vanishes meanwhile is nothing. */
export async function usedBytes(folder: string): Promise<number> {
  let bytes = 0;
  const linked = new Set<number>();
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of await entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      const stats = await statsOf(path);
      if (stats === undefined || (stats.nlink > 1 && linked.has(stats.ino))) continue;
      if (!entry.isDirectory()) linked.add(stats.ino);
      bytes += (stats.blocks ?? Math.ceil(stats.size / BLOCK_BYTES)) * BLOCK_BYTES;
    }
  }
  return bytes;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch {
    return undefined;
  }
}
