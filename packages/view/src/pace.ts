import type { Tally } from './tally.ts';

/** How fast a run is now, and what that says about its end. */
export interface Pace {
  readonly perSecond: number;
  /** Absent while nothing can be said. */
  readonly leftMs?: number;
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
    return { perSecond, leftMs: left / this.#perMs };
  }

  /** Actions to come: those already called and waiting, or what an earlier run had more. */
  #left(done: number): number | undefined {
    const { open, running } = this.#tally;
    this.#known ??= { actions: this.#expected() };
    const earlier = (this.#known.actions ?? 0) - done;
    const waiting = open > running ? open : 0;
    const left = Math.max(earlier, waiting);
    return left > 0 ? left : undefined;
  }
}
