/** One line of the log. Never holds a token, nor a header. */
export type LogLine = Readonly<Record<string, string | number | boolean | undefined>>;

/** Takes lines, and never keeps a request waiting. */
export interface Log {
  readonly write: (line: LogLine) => void;
  /** How many lines were left out because nobody took them. */
  readonly dropped: () => number;
  /** Settles when all is written, or cannot be. */
  readonly flush: () => Promise<void>;
}

export const NO_LOG: Log = {
  write: () => undefined,
  dropped: () => 0,
  flush: () => Promise.resolve(),
};

/** Writes some bytes, and tells how many it was. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

const MOST_HELD_BYTES = 1 << 20;

/**
 * Lines of JSON. A pipe that nobody reads must not stop the server: beyond a mebibyte that waits,
 * lines are dropped and counted.
 */
export class JsonLog implements Log {
  readonly #put: WriteSome;
  #held: string[] = [];
  #heldBytes = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(put: WriteSome) {
    this.#put = put;
  }

  readonly write = (line: LogLine): void => {
    const text = `${JSON.stringify(line)}\n`;
    if (this.#heldBytes + text.length > MOST_HELD_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#held.push(text);
    this.#heldBytes += text.length;
    this.#writing ??= this.#drain();
  };

  readonly dropped = (): number => this.#dropped;

  readonly flush = (): Promise<void> => this.#writing ?? Promise.resolve();

  async #drain(): Promise<void> {
    while (this.#held.length > 0) {
      const lines = this.#held;
      this.#held = [];
      try {
        let bytes: Uint8Array = Buffer.from(lines.join(''));
        while (bytes.length > 0) bytes = bytes.subarray(await this.#put(bytes));
      } catch {
        this.#dropped += lines.length;
      }
      this.#heldBytes = this.#held.reduce((sum, line) => sum + line.length, 0);
    }
    this.#writing = undefined;
  }
}
