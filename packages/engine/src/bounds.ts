import type { TimeoutPolicy } from '@skein/model';

export type Bound = 'run' | 'queued' | 'deadline';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The time bounds of one attempt (X4): `queued` until a worker takes it, `run` from then on,
 * `deadline` over all attempts. The first that passes says so once.
 */
export class Bounds {
  readonly #policy: TimeoutPolicy;
  readonly #passed: (bound: Bound) => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #queued: NodeJS.Timeout | undefined;
  passed: Bound | undefined;

  constructor(policy: TimeoutPolicy, remainingMs: number | undefined, passed: () => void) {
    this.#policy = policy;
    this.#passed = (bound) => {
      if (this.passed !== undefined) return;
      this.passed = bound;
      passed();
    };
    if (remainingMs !== undefined) this.#arm('deadline', remainingMs);
    if (policy.queuedMs !== undefined) this.#queued = this.#arm('queued', policy.queuedMs);
  }

  started(): void {
    clearTimeout(this.#queued);
    if (this.#policy.runMs !== undefined) this.#arm('run', this.#policy.runMs);
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #arm(bound: Bound, ms: number): NodeJS.Timeout | undefined {
    // A longer delay would fire at once; no run of a process lasts that long.
    if (ms > LONGEST_TIMER_MS) return undefined;
    const timer = setTimeout(() => this.#passed(bound), Math.max(0, ms));
    this.#timers.push(timer);
    return timer;
  }
}
