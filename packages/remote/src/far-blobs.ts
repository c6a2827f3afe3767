import type { Readable } from 'node:stream';
import { createDigester, digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import type { FarBlobs, SharedStore } from '@skein/store';
import type { Gate } from './gate.ts';
import type { Patience } from './patience.ts';
import { Questions } from './questions.ts';
import type { Timers } from './timers.ts';

export interface GatedBlobsOptions {
  readonly share: SharedStore;
  readonly gate: Gate;
  readonly patience: Patience;
  readonly timers: Timers;
  /** How many digests one request may have; 0 where nothing can be read. */
  readonly ready: () => Promise<number>;
  /** Larger blobs are not fetched. */
  readonly blobBytes: () => number;
}

/** Received bytes are no loss of time as long as they come at that rate. */
const BYTES_A_MS = 4 * 1024;

/** The far blobs as a run may use them: bounded, and never in the way. */
export class GatedBlobs implements FarBlobs {
  readonly #options: GatedBlobsOptions;
  readonly #there: Questions<Digest, true>;

  constructor(options: GatedBlobsOptions) {
    this.#options = options;
    const { timers, ready } = options;
    this.#there = new Questions({ timers, ready, ask: (digests) => this.#ask(digests) });
  }

  async hasMany(digests: readonly Digest[]): Promise<ReadonlySet<Digest>> {
    const { patience } = this.#options;
    const answers = digests.map((digest) => this.#there.ask(digest));
    const there = await patience.wait(Promise.all(answers));
    return new Set(digests.filter((_, index) => there[index] === true));
  }

  async open(digest: Digest): Promise<Readable | undefined> {
    const { share, gate, patience, ready, blobBytes } = this.#options;
    const opened = ready().then(async (keys) => {
      if (keys === 0 || digestSize(digest) > blobBytes()) return undefined;
      return gate.ask('look-up', (signal) => share.getBlob(digest, { signal }));
    });
    const body = await patience.wait(opened);
    if (body === undefined) return undefined;
    const watched = gate.watch('look-up', body, (bytes) => patience.saved(bytes / BYTES_A_MS));
    const { promise, resolve } = Promise.withResolvers<undefined>();
    watched.once('close', () => resolve(undefined));
    void patience.wait(promise);
    return watched;
  }

  /** A small blob, verified; `undefined` where it is gone or not what its name says. */
  async read(digest: Digest, mostBytes: number): Promise<Uint8Array | undefined> {
    if (digestSize(digest) > mostBytes) return undefined;
    const body = await this.open(digest);
    if (body === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    const digester = createDigester('blob');
    let left = digestSize(digest);
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        left -= piece.byteLength;
        if (left < 0) return undefined;
        digester.update(piece);
        pieces.push(piece);
      }
    } catch {
      return undefined;
    }
    return digester.finish() === digest ? Buffer.concat(pieces) : undefined;
  }

  close(): void {
    this.#there.close();
  }

  async #ask(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, true>> {
    const { share, gate } = this.#options;
    const there = await gate.ask('look-up', (signal) => share.hasBlobs(digests, { signal }));
    return new Map(Array.from(there ?? [], (digest) => [digest, true]));
  }
}
