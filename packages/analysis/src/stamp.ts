import type { BigIntStats } from 'node:fs';
import { statSync } from 'node:fs';

/**
 * C8: what tells that a file was not touched since its content was read. Empty where the file
 * was so fresh that it could have changed again within the clock's step: then it is read again.
 */
export type Stamp = string & { readonly __brand: 'Stamp' };

export const UNSETTLED = '' as Stamp;

/** Steps of file-system clocks, with nanoseconds and without. */
const FINE_STEP_NS = 20_000_000n;
const COARSE_STEP_NS = 2_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** Stats of a file, or `undefined` where there is none. */
export function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

/** The stamp of stats taken no later than the content was read; `readAt` in ms since 1970. */
export function stampOf(stats: BigIntStats, readAt: number): Stamp {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  const isFine = mtimeNs % NS_PER_MS !== 0n || ctimeNs % NS_PER_MS !== 0n;
  const step = isFine ? FINE_STEP_NS : COARSE_STEP_NS;
  if (newest + step >= BigInt(Math.floor(readAt)) * NS_PER_MS) return UNSETTLED;
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}` as Stamp;
}

/** Whether the file is certainly the one that was read. */
export function isUntouched(stats: BigIntStats | undefined, stamp: Stamp): boolean {
  if (stats === undefined || stamp === UNSETTLED) return false;
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return stamp === `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}
