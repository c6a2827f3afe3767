import { createHash } from 'node:crypto';
import { Transform, finished } from 'node:stream';
import type { Readable } from 'node:stream';
import { digestFrom } from '@skein/values';
import type { Digest } from '@skein/values';
import { encodeReceipt } from './receipt.ts';
import type { Receipt } from './receipt.ts';

/** The bytes are not those that their name says. */
export class WrongBytesError extends Error {
  override readonly name = 'WrongBytesError';
}

/** What comes from `source`, and behind it the receipt that was made of it. */
export function sealing(source: Readable, told: Omit<Receipt, 'sha256'>): Readable {
  const state = createHash('sha256');
  const transform = new Transform({
    transform(piece: Uint8Array, _, done) {
      state.update(piece);
      done(null, piece);
    },
    flush(done) {
      done(null, encodeReceipt({ ...told, sha256: state.digest('hex') }));
    },
  });
  return attach(source, transform);
}

/**
 * A body may break before anyone reads it, which is no error of the process. Whoever reads it later
 * hears of it all the same.
 */
export function expectBreak(source: Readable): void {
  source.on('error', () => undefined);
}

export interface Checking {
  /** Called where the bytes are wrong, before whoever reads hears of it. */
  readonly wrong?: () => Promise<void>;
  /** True for a source that nobody else looks after. */
  readonly destroySource?: boolean;
}

/** What comes from `source`; in the end an error (`WrongBytesError`) where it was another blob. */
export function checking(source: Readable, digest: Digest, options: Checking = {}): Readable {
  const state = createHash('sha256');
  let size = 0;
  const transform = new Transform({
    transform(piece: Uint8Array, _, done) {
      state.update(piece);
      size += piece.byteLength;
      done(null, piece);
    },
    flush(done) {
      if (digestFrom(state.digest('hex'), size) === digest) return done();
      const error = new WrongBytesError('the bytes are not those of the digest');
      (options.wrong?.() ?? Promise.resolve()).then(
        () => done(error),
        () => done(error),
      );
    },
  });
  if (options.destroySource === true) transform.once('close', () => source.destroy());
  return attach(source, transform);
}

/**
 * Unlike a pipeline this never destroys the source: where that is the body of a request, its
 * connection still has to carry the answer.
 */
function attach(source: Readable, transform: Transform): Readable {
  finished(source, { writable: false }, (error) => {
    if (error) transform.destroy(error);
  });
  source.pipe(transform);
  transform.once('close', () => source.unpipe(transform));
  return transform;
}
