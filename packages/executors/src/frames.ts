import type { Writable } from 'node:stream';

/** A peer that claims more in one frame has lost its place in the stream. */
export const MAX_FRAME_BYTES = 2 ** 30;

const HEADER_BYTES = 4;
/** From here a payload is written as it is; below, frames of one tick are copied together. */
const LARGE_BYTES = 1 << 16;

/** Bytes that are no frames: the connection is of no more use. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/**
 * Cuts a byte stream into frames: a length of 32 bits, little-endian, then that many bytes. A
 * payload may share its memory with the chunk it came in.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #body: Buffer | undefined;
  #bodyFilled = 0;

  /** Calls `take` for each frame that `chunk` completes. Throws a `FrameError` on nonsense. */
  push(chunk: Buffer, take: (payload: Uint8Array) => void): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#body === undefined) {
        offset += this.#readHeader(chunk, offset);
        if (this.#headerFilled < HEADER_BYTES) return;
        this.#headerFilled = 0;
        const size = this.#header.readUInt32LE(0);
        if (size > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${size} bytes`);
        if (chunk.length - offset >= size) {
          take(chunk.subarray(offset, offset + size));
          offset += size;
          continue;
        }
        this.#body = Buffer.allocUnsafeSlow(size);
        this.#bodyFilled = 0;
      }
      offset += this.#readBody(this.#body, chunk, offset);
      if (this.#bodyFilled === this.#body.length) {
        const body = this.#body;
        this.#body = undefined;
        take(body);
      }
    }
  }

  #readHeader(chunk: Buffer, offset: number): number {
    const count = Math.min(HEADER_BYTES - this.#headerFilled, chunk.length - offset);
    chunk.copy(this.#header, this.#headerFilled, offset, offset + count);
    this.#headerFilled += count;
    return count;
  }

  #readBody(body: Buffer, chunk: Buffer, offset: number): number {
    const count = Math.min(body.length - this.#bodyFilled, chunk.length - offset);
    chunk.copy(body, this.#bodyFilled, offset, offset + count);
    this.#bodyFilled += count;
    return count;
  }
}

/** Writes frames in order, the small ones of a flush in one piece. */
export class FrameWriter {
  readonly #stream: Writable;
  #frames: Uint8Array[] = [];

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  add(payload: Uint8Array): void {
    this.#frames.push(payload);
  }

  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    if (!this.#stream.writable) return;
    let first = 0;
    for (let index = 0; index < frames.length; index += 1) {
      const frame = frames[index] as Uint8Array;
      if (frame.byteLength < LARGE_BYTES) continue;
      this.#writeTogether(frames, first, index);
      const header = Buffer.allocUnsafe(HEADER_BYTES);
      header.writeUInt32LE(frame.byteLength, 0);
      this.#stream.write(header);
      this.#stream.write(frame);
      first = index + 1;
    }
    this.#writeTogether(frames, first, frames.length);
  }

  #writeTogether(frames: readonly Uint8Array[], first: number, end: number): void {
    let size = 0;
    for (let index = first; index < end; index += 1) {
      size += HEADER_BYTES + (frames[index] as Uint8Array).byteLength;
    }
    if (size === 0) return;
    const bytes = Buffer.allocUnsafe(size);
    let offset = 0;
    for (let index = first; index < end; index += 1) {
      const frame = frames[index] as Uint8Array;
      bytes.writeUInt32LE(frame.byteLength, offset);
      bytes.set(frame, offset + HEADER_BYTES);
      offset += HEADER_BYTES + frame.byteLength;
    }
    this.#stream.write(bytes);
  }
}
