import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { ActionKey } from '@skein/model';
import type { Digest } from '@skein/values';
import type { Asking, Greeting, NewEntry, PutStatus, SharedEntry, SharedStore } from '@skein/store';
import { type MeteredShare, Traffic } from './traffic.ts';

/** A shared store that this process reads and writes itself, such as a bucket, counted. */
export class BucketShare implements MeteredShare {
  readonly steady = false;
  readonly traffic: Traffic;
  readonly #store: SharedStore;

  constructor(store: SharedStore, traffic = new Traffic()) {
    this.#store = store;
    this.traffic = traffic;
  }

  greet(asking?: Asking): Promise<Greeting> {
    this.traffic.requests += 1;
    return this.#store.greet(asking);
  }

  register(publicKey: Uint8Array, asking?: Asking): Promise<void> {
    this.traffic.requests += 1;
    return this.#store.register(publicKey, asking);
  }

  async *find(keys: readonly ActionKey[], asking?: Asking): AsyncGenerator<SharedEntry, undefined> {
    this.traffic.requests += 1;
    for await (const entry of this.#store.find(keys, asking)) {
      this.traffic.down += entry.bytes.byteLength;
      yield entry;
    }
  }

  async put(entries: readonly NewEntry[], asking?: Asking): Promise<readonly PutStatus[]> {
    this.traffic.requests += 1;
    const statuses = await this.#store.put(entries, asking);
    for (const { bytes } of entries) this.traffic.up += bytes.byteLength;
    return statuses;
  }

  hasBlobs(digests: readonly Digest[], asking?: Asking): Promise<ReadonlySet<Digest>> {
    this.traffic.requests += 1;
    return this.#store.hasBlobs(digests, asking);
  }

  async getBlob(digest: Digest, asking?: Asking): Promise<Readable | undefined> {
    this.traffic.requests += 1;
    const body = await this.#store.getBlob(digest, asking);
    if (body === undefined) return undefined;
    const counted = new Transform({
      transform: (piece: Uint8Array, _encoding, done) => {
        this.traffic.down += piece.byteLength;
        done(null, piece);
      },
    });
    body.on('error', (error) => counted.destroy(error));
    counted.once('close', () => body.destroy());
    return body.pipe(counted);
  }

  async putBlob(digest: Digest, path: string, asking?: Asking): Promise<PutStatus> {
    this.traffic.requests += 1;
    const status = await this.#store.putBlob(digest, path, asking);
    if (status === 'stored') this.traffic.up += (await stat(path)).size;
    return status;
  }

  close(): void {
    // Its connections end with the process.
  }
}
