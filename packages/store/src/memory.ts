import { readFile, rm } from 'node:fs/promises';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { BlobStore } from './blob-store.ts';

/** Blobs of one process: for tests, and for runs that keep nothing. */
export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<Digest, Uint8Array>();

  async get(digest: Digest): Promise<Uint8Array | undefined> {
    return this.#blobs.get(digest)?.slice();
  }

  async path(): Promise<undefined> {
    return undefined;
  }

  async has(digest: Digest): Promise<boolean> {
    return this.#blobs.has(digest);
  }

  async bring(digest: Digest): Promise<boolean> {
    return this.#blobs.has(digest);
  }

  async hasMany(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> {
    return new Set([...digests].filter((digest) => this.#blobs.has(digest)));
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf('blob', bytes);
    if (!this.#blobs.has(digest)) this.#blobs.set(digest, new Uint8Array(bytes));
    return digest;
  }

  async putFile(path: string, take: 'move' | 'copy'): Promise<Digest> {
    const digest = await this.put(await readFile(path));
    if (take === 'move') await rm(path);
    return digest;
  }

  async delete(digest: Digest): Promise<boolean> {
    return this.#blobs.delete(digest);
  }

  async *list(): AsyncIterable<Digest> {
    yield* this.#blobs.keys();
  }
}
