/** How much of what a process prints is kept. */
export interface OutputBudget {
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
}

/** A megabyte at once, a quarter of one each second after: more than anybody reads. */
export const DEFAULT_BUDGET: OutputBudget = { burstBytes: 1 << 20, bytesPerSecond: 1 << 18 };

/**
 * Keeps a flood of output from filling memory, journal and screen: what goes beyond the budget is
 * cut, and a note in its place says how much.
 */
export class OutputLimit {
  readonly #budget: OutputBudget;
  readonly #elapsed: () => number;
  #available: number;
  #filledAt: number;
  #cutBytes = 0;

  /** `elapsed` gives milliseconds that only go forward. */
  constructor(budget: OutputBudget, elapsed: () => number) {
    this.#budget = budget;
    this.#elapsed = elapsed;
    this.#available = budget.burstBytes;
    this.#filledAt = elapsed();
  }

  /** What of `text` may pass, behind the note of what was cut before it; empty: nothing. */
  pass(text: string): string {
    this.#refill();
    // Characters stand for bytes: near enough for a budget, and no encoding is needed.
    if (this.#available <= 0) {
      this.#cutBytes += text.length;
      return '';
    }
    const kept = text.slice(0, this.#available);
    const note = this.note();
    this.#cutBytes = text.length - kept.length;
    this.#available -= kept.length;
    return note + kept;
  }

  /** The note of what was cut since the last one; empty where nothing was. */
  note(): string {
    if (this.#cutBytes === 0) return '';
    const note = `\n… ${this.#cutBytes} bytes of output were cut here …\n`;
    this.#cutBytes = 0;
    return note;
  }

  #refill(): void {
    const now = this.#elapsed();
    const gained = Math.floor(((now - this.#filledAt) / 1000) * this.#budget.bytesPerSecond);
    if (gained <= 0) return;
    this.#filledAt = now;
    this.#available = Math.min(this.#budget.burstBytes, this.#available + gained);
  }
}
