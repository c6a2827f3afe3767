import type { Clock } from '@skein/model';
import type { Timers } from './timers.ts';

export interface PatienceOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long may be waited beyond what is saved. */
  readonly ms: number;
  /** Told when that is over; it may be told again. */
  readonly over: () => void;
}

/**
 * The time in which somebody waits for look-ups, however many do at once, against what was saved by
 * what they found.
 */
export class Patience {
  readonly #options: PatienceOptions;
  #waiting = 0;
  #since = 0;
  #waited = 0;
  #saved = 0;
  #cancel: (() => void) | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  get waitedMs(): number {
    const now = this.#waiting > 0 ? this.#options.clock.elapsed() - this.#since : 0;
    return this.#waited + now;
  }

  saved(ms: number): void {
    this.#saved += ms;
  }

  async wait<T>(answer: Promise<T>): Promise<T> {
    if (this.#waiting === 0) this.#begin();
    this.#waiting += 1;
    try {
      return await answer;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#end();
    }
  }

  #begin(): void {
    this.#since = this.#options.clock.elapsed();
    this.#watch();
  }

  #end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waited += this.#options.clock.elapsed() - this.#since;
  }

  #watch(): void {
    const { timers, ms, over } = this.#options;
    const left = ms + this.#saved - this.waitedMs;
    if (left <= 0) return over();
    // What is saved while somebody waits counts when the time would be over.
    this.#cancel = timers.after(Math.min(Math.ceil(left), LONGEST_MS), () => this.#watch());
  }
}

/** No timer of Node's takes more than 31 bits of milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;
