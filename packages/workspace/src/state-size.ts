import { join } from 'node:path';
import { namesIn, statsOf } from './gc-content.ts';

/** Bytes of every file below a folder; one that has several names there counts once. */
export function stateSize(folder: string): number {
  const counted = new Set<string>();
  let bytes = 0;
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const name of namesIn(at)) {
      const path = join(at, name);
      const stats = statsOf(path);
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        pending.push(path);
        continue;
      }
      const identity = `${stats.dev}:${stats.ino}`;
      if (stats.nlink > 1 && counted.has(identity)) continue;
      if (stats.nlink > 1) counted.add(identity);
      bytes += stats.size;
    }
  }
  return bytes;
}
