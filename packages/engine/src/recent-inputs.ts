import type { Digest } from '@skein/values';

/** Bytes that are remembered at most: what is older is in the store since. */
const MOST_BYTES = 16 * 1024 * 1024;
/** What an entry costs besides its bytes. */
const ENTRY_BYTES = 200;

/**
 * Inputs that were recorded a moment ago, in memory until the store has them: a check may make a
 * call again that was made just before (T5).
 */
export class RecentInputs {
  readonly #bytes = new Map<Digest, Uint8Array>();
  readonly #mostBytes: number;
  #size = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  add(digest: Digest, bytes: Uint8Array): void {
    if (this.#bytes.has(digest)) return;
    this.#bytes.set(digest, bytes);
    this.#size += bytes.byteLength + ENTRY_BYTES;
    for (const [oldest, { byteLength }] of this.#bytes) {
      if (this.#size <= this.#mostBytes) return;
      this.#bytes.delete(oldest);
      this.#size -= byteLength + ENTRY_BYTES;
    }
  }

  get(digest: Digest): Uint8Array | undefined {
    return this.#bytes.get(digest);
  }
}
