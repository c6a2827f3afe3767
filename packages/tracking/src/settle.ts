import type { BigIntStats } from 'node:fs';
import { stampOf, UNSETTLED } from '@skein/model';
import { native } from './native-fs.ts';

/** A fine clock's step and what timers add to it; a coarse one is not worth the wait (C8). */
const WAITS_MS = [0, 5, 10, 15, 20, 25];
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * The stats of an open file that has settled, so that any change from now on shows in them. A
 * file that was saved just before is waited for, a few milliseconds: it happens after an edit,
 * not in a loop. `undefined`: its clock is too coarse, or it comes from the future.
 */
export function settledStats(descriptor: number, now: () => number): BigIntStats | undefined {
  for (;;) {
    const stats = native.fstatSync(descriptor, { bigint: true });
    if (!stats.isFile()) return stats;
    const asked = now();
    const wait = WAITS_MS.find((ms) => stampOf(stats, asked + ms) !== UNSETTLED);
    if (wait === undefined) return undefined;
    if (wait === 0) return stats;
    Atomics.wait(asleep, 0, 0, wait);
  }
}
