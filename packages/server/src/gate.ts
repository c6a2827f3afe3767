export interface GateLimits {
  /** Inside at a time. */
  readonly requests: number;
  /** In the queue at a time. */
  readonly waiting: number;
  readonly waitMs: number;
}

/** Lets so many requests in at a time; a few others wait a moment, in order. */
export class Gate {
  readonly #limits: GateLimits;
  readonly #queue = new Set<() => void>();
  #inside = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether it may come in: then `leave` has to follow. */
  async enter(signal: AbortSignal): Promise<boolean> {
    if (this.#inside < this.#limits.requests) {
      this.#inside += 1;
      return true;
    }
    if (this.#queue.size >= this.#limits.waiting || signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const admit = (): void => resolve(true);
    const giveUp = (): void => {
      if (this.#queue.delete(admit)) resolve(false);
    };
    this.#queue.add(admit);
    const timer = setTimeout(giveUp, this.#limits.waitMs);
    signal.addEventListener('abort', giveUp, { once: true });
    const admitted = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    return admitted;
  }

  /** Its place goes to who waits longest. */
  leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}
