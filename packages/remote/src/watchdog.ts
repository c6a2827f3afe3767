import type { Timers } from './timers.ts';

/** Less than this in the time that is given is no progress. */
const LEAST_BYTES = 16 * 1024;

/** Barks, once, when something does not happen in time. */
export class Watchdog {
  readonly #timers: Timers;
  readonly #bark: (what: string) => void;
  #cancel: (() => void) | undefined;
  #moved = 0;

  constructor(timers: Timers, bark: (what: string) => void) {
    this.#timers = timers;
    this.#bark = bark;
  }

  /** Whatever was expected before has come; now this has to, in so many milliseconds. */
  expect(ms: number, otherwise: string): void {
    this.stop();
    this.#cancel = this.#timers.after(ms, () => this.#bark(otherwise));
  }

  /** Now bytes have to go by, some in every such time, unless it is us who are waited for. */
  pace(ms: number, otherwise: string, isOurTurn: () => boolean): void {
    this.stop();
    this.#moved = 0;
    const look = (): void => {
      if (this.#moved < LEAST_BYTES && !isOurTurn()) return this.#bark(otherwise);
      this.#moved = 0;
      this.#cancel = this.#timers.after(ms, look);
    };
    this.#cancel = this.#timers.after(ms, look);
  }

  moved(bytes: number): void {
    this.#moved += bytes;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
