import type { Readable } from 'node:stream';
import type { ActionKey } from '@skein/model';
import type { Digest } from '@skein/values';

/** What a token allows. Writes go to its scope only. */
export type ShareMode = 'read' | 'write' | 'read-write';

/** `trusted`, `pr/<n>` or `dev/<user>`. */
export type Scope = string & { readonly __scope: true };

/** One client's view of a shared store. */
export interface Rights {
  readonly scope: Scope;
  readonly mode: ShareMode;
  /** The scopes it reads, the nearest first: trusted reads trusted only. */
  readonly reads: readonly Scope[];
  /** Whose token it is: its id. */
  readonly token: string;
}

/** A key whose signatures are believed, and where it was registered. */
export interface RegisteredWriter {
  /** The raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly scope: Scope;
  readonly token: string;
}

/** What a client learns first. */
export interface Greeting {
  readonly format: 1;
  readonly scope: Scope;
  readonly mode: ShareMode;
  readonly reads: readonly Scope[];
  /** Keys registered under a scope that is read, without the revoked ones. */
  readonly writers: readonly RegisteredWriter[];
  /**
   * Names of keys that are revoked, everywhere or in a scope that is read (SHA-256 of the raw key,
   * 64 hexadecimal digits).
   */
  readonly revoked: readonly string[];
  /** True where entries without a signature are believed: a bucket without a server and keys. */
  readonly unsigned: boolean;
  readonly limits: ShareLimits;
}

export interface ShareLimits {
  /** Keys or digests in one request. */
  readonly keys: number;
  /** Bytes of one request of entries, of one entry, of one blob. */
  readonly batchBytes: number;
  readonly entryBytes: number;
  readonly blobBytes: number;
}

/**
 * One trace as it is shared. The store does not look into `bytes` but for the writer's key;
 * `id` names what was observed, so that a key can have several: 64 hexadecimal digits.
 */
export interface NewEntry {
  readonly key: ActionKey;
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface SharedEntry extends NewEntry {
  readonly scope: Scope;
}

/** `conflict`: there is another entry of that key and id, which stays. `refused`: not allowed. */
export type PutStatus = 'stored' | 'same' | 'conflict' | 'refused' | 'full';

/** Something that was left out is `undefined`; every method may be given up by `signal`. */
export interface Asking {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Shared traces and blobs as one client may see them: a bucket, a folder, or a server. Rejects with
 * `SharedStoreError` where it cannot answer; whoever calls takes that for a miss.
 */
export interface SharedStore {
  greet(asking?: Asking): Promise<Greeting>;
  /** Registers a writer's key under the token. */
  register(publicKey: Uint8Array, asking?: Asking): Promise<void>;
  /** The entries of the keys in the scopes that are read; at most `limits.keys` keys. */
  find(keys: readonly ActionKey[], asking?: Asking): AsyncIterable<SharedEntry>;
  /** One status for each entry, in order. */
  put(entries: readonly NewEntry[], asking?: Asking): Promise<readonly PutStatus[]>;
  /** Those of the digests that can be read; at most `limits.keys`. */
  hasBlobs(digests: readonly Digest[], asking?: Asking): Promise<ReadonlySet<Digest>>;
  /** The bytes, not verified. */
  getBlob(digest: Digest, asking?: Asking): Promise<Readable | undefined>;
  /** A file that holds the blob. The store verifies it. */
  putBlob(digest: Digest, path: string, asking?: Asking): Promise<PutStatus>;
}

/** Why a shared store did not answer. */
export type ShareTrouble =
  | 'unreachable'
  | 'timeout'
  | 'unauthorised'
  | 'forbidden'
  | 'refused'
  | 'garbage'
  | 'server-error'
  | 'full';

export class SharedStoreError extends Error {
  override readonly name = 'SharedStoreError';
  readonly trouble: ShareTrouble;

  constructor(trouble: ShareTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}
