import { formatDuration } from './duration.ts';
import type { Tally } from './tally.ts';

/** How fast a run is now, and what that says about its end. */
export interface Pace {
  readonly perSecond: number;
  /** Absent while nothing can be said. */
  readonly left?: TimeLeft;
}

export interface TimeLeft {
  readonly ms: number;
  /** False where only what was called already is known: more may be called. */
  readonly whole: boolean;
}

/** `about 8.0 s left`, `at least 8.0 s left`; nothing where it is less than a second. */
export function describeLeft({ left }: Pace): readonly string[] {
  if (left === undefined || left.ms < 1_000) return [];
  return [`${left.whole ? 'about' : 'at least'} ${formatDuration(left.ms)} left`];
}

/** Old samples fade with this time constant. */
const SETTLE_MS = 4_000;
/** Until then the plain average is the better measure. */
const EVEN_MS = 10_000;
/** Before this much time a rate says nothing about the end. */
const EARLY_MS = 1_500;

/** Measures pace from what the tally says at each tick. */
export class Pacer {
  readonly #tally: Tally;
  readonly #expected: () => number | undefined;
  #known: { readonly actions: number | undefined } | undefined;
  #startedAt: number | undefined;
  #at: number | undefined;
  #done = 0;
  #perMs = 0;

  constructor(tally: Tally, expected: () => number | undefined) {
    this.#tally = tally;
    this.#expected = expected;
  }

  /** `now` only goes forward, milliseconds. */
  tick(now: number): Pace {
    const done = this.#tally.counts.total;
    this.#startedAt ??= now;
    const stepMs = now - (this.#at ?? now);
    if (stepMs > 0) {
      const weight = 1 - Math.exp(-stepMs / SETTLE_MS);
      const average = now - this.#startedAt < EVEN_MS;
      const perMs = (done - this.#done) / stepMs;
      this.#perMs = average
        ? done / Math.max(1, now - this.#startedAt)
        : this.#perMs + weight * (perMs - this.#perMs);
    }
    this.#at = now;
    this.#done = done;
    const perSecond = this.#perMs * 1_000;
    const left = this.#left(done);
    if (now - this.#startedAt < EARLY_MS || left === undefined || this.#perMs <= 0) {
      return { perSecond };
    }
    return { perSecond, left: { ms: left.actions / this.#perMs, whole: left.whole } };
  }

  /** What an earlier run had more, or the actions that are already called and wait. */
  #left(done: number): { readonly actions: number; readonly whole: boolean } | undefined {
    const { open, running } = this.#tally;
    this.#known ??= { actions: this.#expected() };
    const earlier = (this.#known.actions ?? 0) - done;
    const waiting = open - running;
    if (earlier > 0 && earlier >= waiting) return { actions: earlier, whole: true };
    return waiting > 0 ? { actions: waiting, whole: false } : undefined;
  }
}
