import type { BlobStore } from '@skein/store';
import type { Digest } from '@skein/values';

/** Blobs behind the near ones, opened when something is missing near by. */
export interface FarSide {
  /** Near and far as one; `undefined`: there is no far side after all. */
  readonly blobs: () => Promise<BlobStore | undefined>;
  readonly close: () => void;
}

/**
 * The blobs of a state. A run with a remote puts a far side behind them: what is near is answered
 * without it, so that a warm run never opens it.
 */
export class ReachingBlobs implements BlobStore {
  readonly #near: BlobStore;
  #far: FarSide | undefined;

  constructor(near: BlobStore) {
    this.#near = near;
  }

  /** The one before, if any, is closed. */
  reach(far: FarSide): void {
    this.#far?.close();
    this.#far = far;
  }

  close(): void {
    this.#far?.close();
    this.#far = undefined;
  }

  async get(digest: Digest): Promise<Uint8Array | undefined> {
    return (await this.#near.get(digest)) ?? (await (await this.#beyond())?.get(digest));
  }

  async path(digest: Digest): Promise<string | undefined> {
    return (await this.#near.path(digest)) ?? (await (await this.#beyond())?.path(digest));
  }

  async has(digest: Digest): Promise<boolean> {
    return (await this.#near.has(digest)) || ((await (await this.#beyond())?.has(digest)) ?? false);
  }

  async bring(digest: Digest): Promise<boolean> {
    if (await this.#near.bring(digest)) return true;
    return (await (await this.#beyond())?.bring(digest)) ?? false;
  }

  async hasMany(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> {
    const wanted = new Set(digests);
    const near = await this.#near.hasMany(wanted);
    const missing = wanted.difference(near);
    if (missing.size === 0) return near;
    const far = await (await this.#beyond())?.hasMany(missing);
    return far === undefined ? near : near.union(far);
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

  #beyond(): Promise<BlobStore | undefined> {
    return this.#far?.blobs() ?? Promise.resolve(undefined);
  }
}
