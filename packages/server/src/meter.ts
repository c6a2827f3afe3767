import { Transform, type TransformCallback } from 'node:stream';
import { TooLong } from './too-long.ts';

/** Passes bytes on and counts them; more than `most` is an error. */
export class Meter extends Transform {
  readonly #most: number;
  #bytes = 0;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#most) done(new TooLong(this.#most));
    else done(null, chunk);
  }
}
