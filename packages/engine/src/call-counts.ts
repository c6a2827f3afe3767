/** Of three places two at most are taken. */
const FULLEST = 2 / 3;
const SMALLEST = 16;
/** A hash in two halves, and the count. */
const FIELDS = 3;

/**
 * How often each call was made, for callers of very many: 12 bytes a place, whatever is called.
 * Calls are told apart by 64 bits of their identity; two that share these count as one, which
 * among a million different calls happens once in 37 million runs.
 */
export class CallCounts {
  #places = new Uint32Array(0);
  #size = 0;

  get(identity: string): number {
    if (this.#size === 0) return 0;
    const [high, low] = hashOf(identity);
    return this.#places[this.#place(high, low) + 2] ?? 0;
  }

  set(identity: string, count: number): void {
    const [high, low] = hashOf(identity);
    this.#put(high, low, count);
  }

  #put(high: number, low: number, count: number): void {
    if ((this.#size + 1) * FIELDS > this.#places.length * FULLEST) this.#grow();
    const place = this.#place(high, low);
    if (this.#places[place + 2] === 0) this.#size += 1;
    this.#places[place] = high;
    this.#places[place + 1] = low;
    this.#places[place + 2] = count;
  }

  #place(high: number, low: number): number {
    const count = this.#places.length / FIELDS;
    for (let index = low % count; ; index = (index + 1) % count) {
      const place = index * FIELDS;
      if (this.#places[place + 2] === 0) return place;
      if (this.#places[place] === high && this.#places[place + 1] === low) return place;
    }
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Uint32Array(Math.max(SMALLEST * FIELDS, before.length * 2));
    this.#size = 0;
    for (let place = 0; place < before.length; place += FIELDS) {
      const [high = 0, low = 0, count = 0] = before.subarray(place, place + FIELDS);
      if (count > 0) this.#put(high, low, count);
    }
  }
}

/** Two multiplicative hashes, mixed at the end (cyrb53 by bryc, public domain). */
function hashOf(text: string): readonly [high: number, low: number] {
  let high = 0xde_ad_be_ef;
  let low = 0x41_c6_ce_57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return [high >>> 0, low >>> 0];
}
