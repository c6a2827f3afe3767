import type { Stats } from 'node:fs';
import { statSync, utimesSync } from 'node:fs';

export const DAY_MS = 86_400_000;

/** Tells that something is still in use; at most once a day, since that is a write. */
export function markUsed(file: string, now: number): void {
  const stats = statsOf(file);
  if (stats === undefined || now - stats.mtimeMs < DAY_MS) return;
  try {
    utimesSync(file, now / 1000, now / 1000);
  } catch {
    // A state that cannot be written is not pruned either.
  }
}

/** Also where something on the way is no folder. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
