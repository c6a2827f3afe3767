import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDigester, digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import type { Randomness } from '@skein/model';
import type { BlobStore } from './blob-store.ts';

/** Blobs that lie far away. What cannot be told is not there (P4): neither method rejects. */
export interface FarBlobs {
  hasMany(digests: readonly Digest[]): Promise<ReadonlySet<Digest>>;
  /** The bytes, not verified. */
  open(digest: Digest): Promise<Readable | undefined>;
}

export interface LayeredOptions {
  readonly near: BlobStore;
  readonly far: FarBlobs;
  /** A folder for what is being fetched, made on first use. */
  readonly temporary: string;
  readonly randomness: Randomness;
}

const NAME_BYTES = 12;

/**
 * Near blobs with far ones behind them. What is read is fetched once, verified, and kept near;
 * what is put is put near. A far store that fails has nothing (P4).
 */
export class LayeredBlobs implements BlobStore {
  readonly #near: BlobStore;
  readonly #far: FarBlobs;
  readonly #options: LayeredOptions;
  readonly #fetching = new Map<Digest, Promise<boolean>>();

  constructor(options: LayeredOptions) {
    this.#options = options;
    this.#near = options.near;
    this.#far = options.far;
  }

  async get(digest: Digest): Promise<Uint8Array | undefined> {
    const bytes = await this.#near.get(digest);
    if (bytes !== undefined) return bytes;
    return (await this.#fetch(digest)) ? this.#near.get(digest) : undefined;
  }

  async path(digest: Digest): Promise<string | undefined> {
    const path = await this.#near.path(digest);
    if (path !== undefined || (await this.#near.has(digest))) return path;
    return (await this.#fetch(digest)) ? this.#near.path(digest) : undefined;
  }

  async has(digest: Digest): Promise<boolean> {
    if (await this.#near.has(digest)) return true;
    return (await this.#far.hasMany([digest])).has(digest);
  }

  async bring(digest: Digest): Promise<boolean> {
    return (await this.#near.has(digest)) || this.#fetch(digest);
  }

  async hasMany(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> {
    const wanted = new Set(digests);
    const near = await this.#near.hasMany(wanted);
    const missing = [...wanted.difference(near)];
    if (missing.length === 0) return near;
    return near.union(await this.#far.hasMany(missing));
  }

  put(bytes: Uint8Array): Promise<Digest> {
    return this.#near.put(bytes);
  }

  putFile(path: string, take: 'move' | 'copy'): Promise<Digest> {
    return this.#near.putFile(path, take);
  }

  delete(digest: Digest): Promise<boolean> {
    return this.#near.delete(digest);
  }

  list(): AsyncIterable<Digest> {
    return this.#near.list();
  }

  /** Whoever asks meanwhile waits for the same. */
  #fetch(digest: Digest): Promise<boolean> {
    const under = this.#fetching.get(digest);
    if (under !== undefined) return under;
    const fetched = this.#fetchOnce(digest).finally(() => this.#fetching.delete(digest));
    this.#fetching.set(digest, fetched);
    return fetched;
  }

  async #fetchOnce(digest: Digest): Promise<boolean> {
    const body = await this.#far.open(digest);
    if (body === undefined) return false;
    const { temporary, randomness } = this.#options;
    const path = join(temporary, randomness.hex(NAME_BYTES));
    try {
      await mkdir(temporary, { recursive: true });
      await pipeline(body, verifier(digest), createWriteStream(path, { flags: 'wx' }));
      await this.#near.putFile(path, 'move');
      return this.#near.has(digest);
    } catch {
      // Broken off, damaged, or no room for it here: whoever wanted it goes on without (P4).
      body.destroy();
      await rm(path, { force: true }).catch(() => undefined);
      return false;
    }
  }
}

/** Passes the bytes on, and throws where they are not those of the digest: at once if too many. */
function verifier(
  digest: Digest,
): (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> {
  return async function* verified(source) {
    const digester = createDigester('blob');
    let left = digestSize(digest);
    for await (const piece of source) {
      left -= piece.byteLength;
      if (left < 0) throw new WrongBlob();
      digester.update(piece);
      yield piece;
    }
    if (digester.finish() !== digest) throw new WrongBlob();
  };
}

class WrongBlob extends Error {}
