import type { Digest } from '@skein/values';

/**
 * Content-addressed bytes, named by digests of the domain `blob`. Every loss is a miss (P4); what
 * is damaged is removed and missing. Writing rejects with a `FailureError` where there is no room
 * or no permission.
 */
export interface BlobStore {
  /** The bytes, verified against the digest (D5). */
  get(digest: Digest): Promise<Uint8Array | undefined>;
  /**
   * A read-only file that holds the bytes, of the right size but not verified; `undefined` also
   * where the store keeps no files.
   */
  path(digest: Digest): Promise<string | undefined>;
  has(digest: Digest): Promise<boolean>;
  /**
   * `has`, and near by: whoever opens the blob next waits for nothing. Where it lies far away it is
   * fetched; a fetch that fails is a miss.
   */
  bring(digest: Digest): Promise<boolean>;
  /** Those of `digests` that are there. */
  hasMany(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>>;
  put(bytes: Uint8Array): Promise<Digest>;
  /** Takes a file in; `move` where the file is ours to take away. */
  putFile(path: string, take: 'move' | 'copy'): Promise<Digest>;
  /** True where there was something to delete. */
  delete(digest: Digest): Promise<boolean>;
  list(): AsyncIterable<Digest>;
}
