import { Refusal } from './refusal.ts';

/** Reads a stream of pieces by numbers of bytes. An end that comes too early is a `Refusal`. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterator<Uint8Array>) {
    this.#pieces = pieces;
  }

  /** Exactly so many bytes, as they come. */
  async *take(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#piece.byteLength === 0) await this.#refill();
      const part = this.#piece.subarray(0, left);
      this.#piece = this.#piece.subarray(part.byteLength);
      left -= part.byteLength;
      yield part;
    }
  }

  /** Exactly so many bytes, in one piece. */
  async read(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.take(count)) parts.push(part);
    return Buffer.concat(parts, count);
  }

  /** Whether nothing is left; only then was everything there is read. */
  async ended(): Promise<boolean> {
    while (this.#piece.byteLength === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return true;
      this.#piece = next.value;
    }
    return false;
  }

  async #refill(): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done === true) throw new Refusal('truncated', 'it ends in the middle of an entry');
    this.#piece = next.value;
  }
}
