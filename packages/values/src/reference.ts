import type { Digest } from './digest.ts';

/**
 * Objects that carry a property of this name are encoded as the reference it holds, or as the one
 * it returns when it is a function.
 */
export const REFERENCE: unique symbol = Symbol.for('skein.reference') as never;

/** A file by content and name (V6). `digest` is the `blob` digest of the content. */
export interface FileReference {
  readonly kind: 'file';
  readonly name: string;
  readonly size: number;
  readonly digest: Digest;
}

/** One file in a directory; `path` is relative, with forward slashes. */
export interface DirEntry {
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
  readonly executable: boolean;
}

/** A directory by the paths, contents and executable bits in it (V6), sorted by path bytes. */
export interface DirReference {
  readonly kind: 'dir';
  readonly digest: Digest;
  readonly entries: readonly DirEntry[];
}

/** A task by its id (V3). */
export interface TaskReference {
  readonly kind: 'task';
  readonly id: string;
}

/** What a value may name that lies outside its bytes. */
export type Reference = FileReference | DirReference | TaskReference;

/** Freezes a reference and marks it, so that `encode` knows the plain object for what it is. */
export function markReference<R extends Reference>(reference: R): R {
  Object.defineProperty(reference, REFERENCE, { value: reference });
  return Object.freeze(reference);
}
