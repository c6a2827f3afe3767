/** A set of pieces by number, in the order in which they were added. */
export class PieceSet implements Iterable<number> {
  readonly #has: Uint8Array;
  readonly #list: number[] = [];

  /** `size`: how many pieces there are at all. */
  constructor(size: number, pieces: Iterable<number> = []) {
    this.#has = new Uint8Array(size);
    for (const it of pieces) this.add(it);
  }

  has(piece: number): boolean {
    return this.#has[piece] === 1;
  }

  /** False where it was there. */
  add(piece: number): boolean {
    if (this.#has[piece] === 1) return false;
    this.#has[piece] = 1;
    this.#list.push(piece);
    return true;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#list[Symbol.iterator]();
  }
}
