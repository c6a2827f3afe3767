import type { Readable } from 'node:stream';
import type { ActionKey, Clock, Randomness, Result } from '@skein/model';
import type { Digest } from '@skein/values';
import type { ObjectStore } from './objects.ts';
import type { Asking, PutStatus, Rights, Scope, SharedStore, ShareLimits } from './shared-store.ts';
import type { TokenRecord, Tokens } from './tokens.ts';

export interface DepotOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Default false: an entry without a signature is refused. True for a bucket without a server. */
  readonly unsigned?: boolean;
  readonly limits?: Partial<ShareLimits>;
}

/** What a client with some rights sees. */
export interface DepotShare extends SharedStore {
  /**
   * Takes a blob in as it arrives, verified before it can be seen: rejects with `garbage` where the
   * bytes are not the digest's, and with `refused` where `body` breaks off. `same` leaves the body
   * unread.
   */
  receiveBlob(digest: Digest, body: Readable, asking?: Asking): Promise<PutStatus>;
}

/** An artifact of Nx whose bytes have been verified. */
export interface NxArtifact {
  readonly size: number;
  readonly scope: Scope;
  readonly token: string;
  readonly receivedAt: number;
  /** The bytes; `undefined` where it went away meanwhile. Answer the request only after this. */
  readonly open: () => Promise<Readable | undefined>;
}

export interface NxArtifacts {
  find(hash: string, asking?: Asking): Promise<NxArtifact | undefined>;
  /** `conflict` wherever the scope has that hash, whatever the bytes; the body is then unread. */
  put(
    hash: string,
    body: { readonly stream: Readable; readonly size: number },
    asking?: Asking,
  ): Promise<PutStatus>;
}

/** What came with an upload. */
export interface Received {
  /** Id of the token. */
  readonly token: string;
  /** Name of the key that signed it; an artifact of Nx and an unsigned entry have none. */
  readonly writer?: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** SHA-256 of the bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** One thing that a depot holds. */
export type DepotItem = {
  readonly scope: Scope;
  readonly size: number;
  readonly usedAt: number;
} & (
  | { readonly kind: 'trace'; readonly key: ActionKey; readonly id: string; readonly by: Received }
  | { readonly kind: 'nx'; readonly hash: string; readonly by: Received }
  | { readonly kind: 'blob'; readonly digest: Digest }
);

export type DepotKind = DepotItem['kind'];

/** What is left out is not asked. */
export interface DepotFilter {
  readonly scopes?: readonly Scope[] | undefined;
  readonly kinds?: readonly DepotKind[] | undefined;
  /** Beginning of a key, a digest or a hash of Nx. */
  readonly name?: string | undefined;
  /** Name of a writer's key. */
  readonly writer?: string | undefined;
  /** Id of a token. */
  readonly token?: string | undefined;
}

export interface DepotSize {
  readonly count: number;
  readonly bytes: number;
}

export interface DepotStats {
  readonly scopes: readonly ({ readonly scope: Scope } & Readonly<Record<DepotKind, DepotSize>>)[];
  readonly total: DepotSize;
}

/** An entry as `inspect` gives it: with its bytes, for whoever can read them. */
export interface InspectedEntry {
  readonly scope: Scope;
  readonly key: ActionKey;
  readonly id: string;
  readonly by: Received;
  /** Its writer or its token was revoked: nobody is given it. */
  readonly revoked: boolean;
  readonly bytes: Uint8Array;
}

export interface VerifyRequest extends Asking {
  readonly scopes?: readonly Scope[] | undefined;
  /** Told after each object. */
  readonly progress?: (checked: DepotSize) => void;
}

export interface Verification {
  readonly checked: DepotSize;
  /** Names of the objects that were damaged, and are removed; the first 1,000. */
  readonly damaged: readonly string[];
  readonly damagedCount: number;
}

export interface DepotRevocation {
  /** Names of the keys that are not believed from now on: those of a token, in its scope. */
  readonly writers: readonly string[];
  readonly tokens: readonly TokenRecord[];
  readonly removed: DepotSize;
}

export interface DepotGcRequest extends Asking {
  /** What was not used for that long goes. */
  readonly olderThanMs?: number | undefined;
  /** Least recently used first, until no more than that is kept in the scopes together. */
  readonly maxSizeBytes?: number | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

export interface DepotSwept {
  readonly removed: DepotSize;
  readonly kept: DepotSize;
  /** What broken uploads left. */
  readonly litter: number;
}

/**
 * The storage behind a shared cache: entries, blobs and artifacts of Nx by scope, who may write
 * them, and how long they stay. Rejects with `SharedStoreError` where the storage does not answer.
 */
export interface Depot {
  readonly objects: ObjectStore;
  as(rights: Rights): DepotShare;
  nx(rights: Rights): NxArtifacts;
  readonly tokens: Tokens;
  list(filter?: DepotFilter, asking?: Asking): AsyncIterable<DepotItem>;
  /** Every entry of a key. */
  inspect(key: ActionKey, filter?: DepotFilter, asking?: Asking): AsyncIterable<InspectedEntry>;
  stats(filter?: DepotFilter, asking?: Asking): Promise<DepotStats>;
  /** Reads everything, and removes what is damaged. */
  verify(request?: VerifyRequest): Promise<Verification>;
  /**
   * `who` is the name of a key, or a token's id or name: then all keys registered under it, in its
   * scope, and its artifacts of Nx. Nobody is given anything of theirs from this moment, and it is
   * removed. Fails with `writer-not-found`.
   */
  revokeWriter(who: string, asking?: Asking): Promise<Result<DepotRevocation>>;
  gc(request?: DepotGcRequest): Promise<DepotSwept>;
}
