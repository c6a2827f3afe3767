import type { AttemptId, RunOrder } from './message.ts';

/** An attempt that waits for its turn. */
export interface Waiting {
  readonly id: AttemptId;
  readonly order: RunOrder;
  readonly limit: number;
  readonly prompt: boolean;
}

export interface StarterPorts {
  /** Says that the attempt starts. */
  readonly announce: (waiting: Waiting) => void;
  /** Everything that was said so far leaves now. */
  readonly flush: () => void;
  /** Runs the attempt's code up to its first pause. */
  readonly start: (waiting: Waiting) => void;
  /** Attempts that run and do not wait for a call. */
  readonly running: () => number;
  readonly elapsed: () => number;
}

/** For so long attempts are started in one go; then the event loop has its turn. */
const TURN_MS = 1;
/** Where starts take longer, each is told before it begins. */
const SLOW_START_MS = 0.2;

/**
 * Starts the attempts that were sent to this process, in order, at most `limit` running. Between
 * slow starts it gives way, so that what has not started can be called back meanwhile.
 */
export class Starter {
  readonly #ports: StarterPorts;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #turnBegan = -Infinity;
  /** What is not known yet counts as slow. */
  #lastStartMs = Infinity;

  constructor(ports: StarterPorts) {
    this.#ports = ports;
  }

  /** The event loop came round: messages were read. */
  beginTurn(): void {
    this.#turnBegan = this.#ports.elapsed();
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.wake();
  }

  /** Takes an attempt out that has not started; false where it has. */
  remove(id: AttemptId): boolean {
    const kept = this.#waiting.filter((waiting) => waiting.id !== id);
    const found = kept.length < this.#waiting.length;
    this.#waiting = kept;
    return found;
  }

  /** Takes out up to `count`, the latest first. */
  giveBack(count: number): readonly AttemptId[] {
    const from = Math.max(0, this.#waiting.length - count);
    const taken = this.#waiting.splice(from).map((waiting) => waiting.id);
    return taken.toReversed();
  }

  /** Something may have room now. */
  wake(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    if (this.#ports.elapsed() - this.#turnBegan < TURN_MS) {
      queueMicrotask(() => this.#turn());
      return;
    }
    setImmediate(() => {
      this.beginTurn();
      this.#turn();
    });
  }

  #turn(): void {
    this.#scheduled = false;
    let now = this.#ports.elapsed();
    while (now - this.#turnBegan < TURN_MS) {
      const next = this.#waiting[0];
      if (next === undefined || this.#ports.running() >= next.limit) return;
      this.#waiting.shift();
      this.#ports.announce(next);
      if (next.prompt || this.#lastStartMs > SLOW_START_MS) this.#ports.flush();
      this.#ports.start(next);
      const after = this.#ports.elapsed();
      this.#lastStartMs = after - now;
      now = after;
    }
    this.wake();
  }
}
