import { Refusal } from './refusal.ts';

/*
 * The form of a zstd frame: RFC 8878, 3.1.1. Decoders take what follows a frame for another one,
 * skip it, or never look at it; an artifact is one frame and nothing else, so its blocks are
 * counted as they pass by.
 */

/** First four bytes of zstd; anything else is a tar that was not worth compressing. */
export const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * What a decoder keeps of a frame while it reads it: 8 MiB. `packArtifact` needs 2; a frame may ask
 * for terabytes.
 */
export const WINDOW_LOG = 23;

const SINGLE_SEGMENT = 0x20;
const CHECKSUM = 0x04;
const CHECKSUM_BYTES = 4;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_BYTES = [0, 2, 4, 8] as const;
const BLOCK_HEADER_BYTES = 3;
/** A run of one byte: whatever its size, one byte is there. */
const RUN_LENGTH = 1;

/**
 * Passes the bytes of one frame on, and ends with a refusal where anything comes behind it. A frame
 * that ends early is the decoder's to refuse.
 */
export async function* oneFrame(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frame = new Frame();
  for await (const piece of bytes) {
    if (frame.advance(piece) < piece.byteLength) {
      throw new Refusal('trailing', 'something follows its compressed bytes');
    }
    yield piece;
  }
}

/** What two bits say. */
type Two = 0 | 1 | 2 | 3;

/** Which part of the frame comes next. */
type Part = 'descriptor' | 'header' | 'block-header' | 'block' | 'checksum' | 'end';

class Frame {
  #part: Part = 'descriptor';
  /** Bytes of the part that are still to come. */
  #left = ZSTD_MAGIC.length + 1;
  /** Of the bytes that tell something: the last ones, the newest highest. */
  #value = 0;
  #hasChecksum = false;
  #isLast = false;

  /** How many of the bytes belong to the frame. */
  advance(piece: Uint8Array): number {
    let at = 0;
    while (at < piece.byteLength && !this.#isEnded()) {
      const count = Math.min(this.#left, piece.byteLength - at);
      if (this.#part === 'descriptor' || this.#part === 'block-header') {
        for (const byte of piece.subarray(at, at + count)) {
          this.#value = (this.#value >>> 8) | (byte << 16);
        }
      }
      at += count;
      this.#left -= count;
      while (this.#left === 0 && !this.#isEnded()) this.#next();
    }
    return at;
  }

  #isEnded(): boolean {
    return this.#part === 'end';
  }

  #next(): void {
    switch (this.#part) {
      case 'descriptor':
        return this.#begin('header', this.#headerBytes(this.#value >>> 16));
      case 'block-header': {
        const type = (this.#value >>> 1) & 3;
        this.#isLast = (this.#value & 1) === 1;
        return this.#begin('block', type === RUN_LENGTH ? 1 : this.#value >>> 3);
      }
      case 'block':
        if (this.#isLast) return this.#begin('checksum', this.#hasChecksum ? CHECKSUM_BYTES : 0);
        return this.#begin('block-header', BLOCK_HEADER_BYTES);
      case 'header':
        return this.#begin('block-header', BLOCK_HEADER_BYTES);
      case 'checksum':
      case 'end':
        return this.#begin('end', 0);
    }
  }

  #begin(part: Part, bytes: number): void {
    this.#part = part;
    this.#left = bytes;
  }

  #headerBytes(descriptor: number): number {
    this.#hasChecksum = (descriptor & CHECKSUM) !== 0;
    const isSingle = (descriptor & SINGLE_SEGMENT) !== 0;
    const dictionary = DICTIONARY_BYTES[(descriptor & 3) as Two];
    const content = CONTENT_BYTES[((descriptor >>> 6) & 3) as Two];
    return (isSingle ? 0 : 1) + dictionary + (isSingle && content === 0 ? 1 : content);
  }
}
