import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { readFileSync } from 'node:fs';
import { stampOf } from '@skein/model';
import type { Stamp } from '@skein/model';
import { statOf } from './stamp.ts';
import { toAbsolute } from './workspace-path.ts';

/** A file as it was when it was read. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly stamp: Stamp;
}

/**
 * Reads each file once, so that everything later works on the same bytes (C5). The stamp is
 * taken before and after the content: a file that is being written has none.
 */
export class SourceReader {
  readonly #root: string;
  readonly #now: () => number;
  readonly #read = new Map<string, ReadFile | undefined>();

  constructor(root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** Content of a workspace-relative path, or `undefined` where there is no such file. */
  file(path: string): ReadFile | undefined {
    if (this.#read.has(path)) return this.#read.get(path);
    const found = readStamped(toAbsolute(this.#root, path), this.#now);
    this.#read.set(path, found);
    return found;
  }

  read(path: string): Uint8Array | undefined {
    return this.file(path)?.bytes;
  }
}

/** Reads a file with the stamp that goes with its content. */
export function readStamped(file: string, now: () => number): ReadFile | undefined {
  const readAt = now();
  const before = statOf(file);
  if (before === undefined || !before.isFile()) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined;
  }
  const after = statOf(file);
  const stamp = stampOf(before, readAt);
  const isSame = after !== undefined && stampOf(after, readAt) === stamp;
  return { bytes, digest: digestOf('blob', bytes), stamp: isSame ? stamp : ('' as Stamp) };
}
