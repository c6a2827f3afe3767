import type { Clock } from '@skein/model';
import type { Timers } from '../src/timers.ts';

interface Waiting {
  readonly due: number;
  readonly call: () => void;
}

/** Time that passes when the test says so. */
export class ManualTime {
  #now = 0;
  readonly #waiting = new Set<Waiting>();

  readonly clock: Clock = {
    now: () => Date.UTC(2026, 10, 24) + this.#now,
    elapsed: () => this.#now,
  };

  readonly timers: Timers = {
    after: (ms, call) => {
      const waiting = { due: this.#now + ms, call };
      this.#waiting.add(waiting);
      return () => this.#waiting.delete(waiting);
    },
  };

  /** Calls what is due until then, in its order; what it starts meanwhile gets its turn. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await turns();
      const [next] = [...this.#waiting]
        .filter(({ due }) => due <= until)
        .toSorted((one, other) => one.due - other.due);
      if (next === undefined) break;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.call();
    }
    this.#now = until;
    await turns();
  }

  get waiting(): number {
    return this.#waiting.size;
  }
}

/** Lets what was started go on until it waits for something. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
