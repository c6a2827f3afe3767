/** So long an answer is waited for awake: a processor that fell asleep takes a good part of it. */
const AWAKE_MS = 1;
/** An answer that came in time is saved up to here; one that did not costs one of them. */
const MOST_CREDIT = 16;
/** Without credit one wait in so many is tried, since times change. */
const TRIED = 8;

export interface SpinnerPorts {
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** False while this process has other work, or its turning would take a processor from some. */
  readonly mayTurn: () => boolean;
}

/**
 * Keeps the event loop turning for a moment after a message left whose answer is expected: a chain
 * of short calls is bound by the sleep of two processes, not by their work. It goes on only while
 * answers come in time, so whoever waits for real work sleeps.
 */
export class Spinner {
  readonly #ports: SpinnerPorts;
  #credit = MOST_CREDIT;
  #passed = 0;
  #until = 0;
  #turning = false;
  #answered = false;

  constructor(ports: SpinnerPorts) {
    this.#ports = ports;
  }

  /** A message is about to leave, and an answer to come. */
  expect(): void {
    this.#until = this.#ports.elapsed() + AWAKE_MS;
    this.#answered = false;
    if (this.#turning || !this.#isWorthIt()) return;
    this.#turning = true;
    setImmediate(this.#turn);
  }

  /** Something came. */
  arrived(): void {
    if (this.#turning && !this.#answered) this.#credit = Math.min(MOST_CREDIT, this.#credit + 1);
    this.#answered = true;
  }

  readonly #turn = (): void => {
    if (this.#ports.elapsed() < this.#until && this.#ports.mayTurn()) {
      setImmediate(this.#turn);
      return;
    }
    this.#turning = false;
    if (!this.#answered) this.#credit = Math.max(0, this.#credit - 1);
  };

  #isWorthIt(): boolean {
    if (this.#credit > 0) return true;
    this.#passed = (this.#passed + 1) % TRIED;
    return this.#passed === 0;
  }
}
