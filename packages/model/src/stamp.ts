/**
 * C8: what tells that a file was not touched since its content was read. Empty where the file
 * was so fresh that it could have changed again within the clock's step: then it is read again.
 */
export type Stamp = string & { readonly __brand: 'Stamp' };

/** What a stamp is made of: `statSync` gives it with `bigint: true`. */
export interface StampedStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export const UNSETTLED = '' as Stamp;

/** Steps of file-system clocks, with nanoseconds and without. */
const FINE_STEP_NS = 20_000_000n;
const COARSE_STEP_NS = 2_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** The stamp of stats taken no later than the content was read; `readAt` in ms since 1970. */
export function stampOf(stats: StampedStats, readAt: number): Stamp {
  const { mtimeNs, ctimeNs } = stats;
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  const isFine = mtimeNs % NS_PER_MS !== 0n || ctimeNs % NS_PER_MS !== 0n;
  const step = isFine ? FINE_STEP_NS : COARSE_STEP_NS;
  if (newest + step >= BigInt(Math.floor(readAt)) * NS_PER_MS) return UNSETTLED;
  return textOf(stats);
}

/** Whether the file is certainly the one that was read. */
export function isUntouched(stats: StampedStats | undefined, stamp: Stamp): boolean {
  return stats !== undefined && stamp !== UNSETTLED && stamp === textOf(stats);
}

function textOf({ dev, ino, size, mtimeNs, ctimeNs }: StampedStats): Stamp {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}` as Stamp;
}
