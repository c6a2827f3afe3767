import type { PoolAttempt } from './worker-seat.ts';

/** After so many were taken their places are given back. */
const SPENT = 4096;

/** Attempts that wait for a worker and that any worker treats alike, first come first served. */
export class WaitingLine {
  /** Those that came back from a worker: the last one is next. */
  readonly #returned: PoolAttempt[] = [];
  #fresh: PoolAttempt[] = [];
  #next = 0;

  push(attempt: PoolAttempt): void {
    this.#fresh.push(attempt);
  }

  /** Puts one back in front of all others. */
  putBack(attempt: PoolAttempt): void {
    this.#returned.push(attempt);
  }

  /** The next one, which stays until it is taken; those that were stopped meanwhile are passed. */
  peek(): PoolAttempt | undefined {
    for (let next = this.#first(); next !== undefined; next = this.#first()) {
      if (next.state === 'queued') return next;
      this.take();
    }
    return undefined;
  }

  take(): void {
    if (this.#returned.length > 0) {
      this.#returned.pop();
      return;
    }
    this.#next += 1;
    if (this.#next < this.#fresh.length && this.#next < SPENT) return;
    this.#fresh = this.#fresh.slice(this.#next);
    this.#next = 0;
  }

  #first(): PoolAttempt | undefined {
    return this.#returned.at(-1) ?? this.#fresh[this.#next];
  }
}
