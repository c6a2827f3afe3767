import type { Readable } from 'node:stream';

/** What is known of an object without its bytes. */
export interface ObjectHead {
  readonly name: string;
  readonly size: number;
  /** When it was stored, milliseconds since 1970. */
  readonly modifiedAt: number;
  /** When it was last used, as far as the store can tell: never before `modifiedAt`. */
  readonly usedAt: number;
  /** Differs as soon as other bytes may lie under the name. */
  readonly stamp: string;
}

/** An object whose bytes can be read, once. A body that nobody reads has to be destroyed. */
export interface OpenObject extends ObjectHead {
  readonly body: Readable;
}

/**
 * A file or a stream is read once, in pieces, and has to hold exactly `size` bytes. `open` is not
 * called where nothing is stored.
 */
export type ObjectBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | { readonly kind: 'stream'; readonly open: () => Readable; readonly size: number };

/** Something that was left out is `undefined`; every call may be given up by `signal`. */
export interface ObjectCall {
  readonly signal?: AbortSignal | undefined;
}

export interface ObjectRange extends ObjectCall {
  /** The first byte that is wanted; a negative one counts from the end. Default 0. */
  readonly from?: number;
  /** How many bytes at most, one or more. Default: all. */
  readonly most?: number;
}

export type ObjectRead = ObjectRange & { readonly most: number };

export interface ObjectPut extends ObjectCall {
  /** True: what is there stays, and the answer is `exists`; of two at once exactly one stores. */
  readonly ifAbsent?: boolean;
  /** True: not told before a power cut could no longer undo it. */
  readonly durable?: boolean;
}

export interface ObjectDelete extends ObjectCall {
  /** Only if the object is still the one that was seen. */
  readonly stamp?: string;
}

/**
 * Named bytes: a folder, or a bucket. A name is segments of lower-case letters, digits, `.`, `_`,
 * `-`, `~`, joined by `/`. An object appears whole or not at all. Streaming both ways: memory does
 * not grow with the size of an object. Each call has a time-out, streams one of silence; what can
 * be expected to go wrong rejects with an `ObjectError`.
 */
export interface ObjectStore {
  /** True where `head` costs microseconds and sees at once what other processes did. */
  readonly near: boolean;
  /** What it is for people: the folder, or `s3://bucket/prefix`. */
  readonly place: string;
  get(name: string, range?: ObjectRange): Promise<OpenObject | undefined>;
  /** A piece of an object, in memory: the cheap way to a small one. */
  read(
    name: string,
    range: ObjectRead,
  ): Promise<{ readonly head: ObjectHead; readonly bytes: Uint8Array } | undefined>;
  head(name: string, call?: ObjectCall): Promise<ObjectHead | undefined>;
  /**
   * Rejects with kind `body` where the body ended early, late, or with an error (the cause).
   */
  put(name: string, body: ObjectBody, options?: ObjectPut): Promise<'stored' | 'exists'>;
  /**
   * What lies below the folders, each with a `/` at its end, in no order. Asking for many at once
   * is cheaper than one by one. What has no name of an object is none of ours, and left out.
   */
  list(folders: readonly string[], call?: ObjectCall): AsyncIterable<ObjectHead>;
  delete(name: string, options?: ObjectDelete): Promise<void>;
  /** Notes a use. Does nothing where a store cannot, as S3. */
  touch(head: ObjectHead, call?: ObjectCall): Promise<void>;
  /** Removes what broken writers left and nobody wrote to for that long; tells how many. */
  sweepLitter(olderThanMs: number, call?: ObjectCall): Promise<number>;
}

/**
 * `body`: what was to be stored broke, the store did not; `aborted`: given up by the caller;
 * `name`: no name of an object.
 */
export type ObjectTrouble =
  | 'unreachable'
  | 'timeout'
  | 'full'
  | 'forbidden'
  | 'body'
  | 'aborted'
  | 'name';

export class ObjectError extends Error {
  override readonly name = 'ObjectError';
  readonly trouble: ObjectTrouble;

  constructor(trouble: ObjectTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

const SEGMENT = /^[a-z0-9](?:[a-z0-9._~-]*[a-z0-9_~-])?$/;
const NAME_LENGTH = 512;
const SEGMENT_LENGTH = 200;

/**
 * Refuses what could be another name on some file system: upper case, dots at the ends, anything
 * that climbs. `tmp` belongs to the stores.
 */
export function isObjectName(name: string): boolean {
  const segments = name.split('/');
  return (
    name.length <= NAME_LENGTH &&
    segments[0] !== 'tmp' &&
    segments.every((it) => it.length <= SEGMENT_LENGTH && SEGMENT.test(it))
  );
}

export function mustObjectName(name: string): string {
  if (isObjectName(name)) return name;
  throw new ObjectError('name', `${JSON.stringify(name)} is no name of an object`);
}

/** A name with `/` at its end. */
export function mustObjectFolder(folder: string): string {
  if (!folder.endsWith('/')) {
    throw new ObjectError('name', `${JSON.stringify(folder)} is no folder of objects`);
  }
  mustObjectName(folder.slice(0, -1));
  return folder;
}
