import { packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import {
  StoredFormError,
  mustBytes,
  mustDigest,
  mustDigests,
  mustList,
  mustNumber,
  storeDigest,
} from '@skein/model';
import type { Stored } from '@skein/model';

/** Kind of the names of blobs that hold large inputs, by the inputs' digests. */
export const INPUT_BLOB = 'input-blob';

/** Chunks in one segment of a log. */
export const SEGMENT_CHUNKS = 64;
/** A log of more chunks is not shared. */
export const LOG_CHUNKS_MAX = 4_096;
/** Bytes of small inputs, and of a log's tail, that an entry holds itself. */
export const INLINE_BYTES = 8 * 1024;
/** Bytes of what a packed blob unpacks to. */
export const PACK_BYTES_MAX = 64 * 1024 * 1024;

/** What the recorded calls are made with (T5). Their digests are those of their bytes. */
export interface EntryInputs {
  /** The encoded values themselves, where they are small together. */
  readonly small: readonly Uint8Array[];
  /** A blob that holds encoded values: a list of bytes, encoded and compressed. */
  readonly pack: { readonly blob: Digest; readonly size: number } | null;
  /** Large inputs, each a blob. */
  readonly large: readonly { readonly input: Digest; readonly blob: Digest }[];
  /** The artifacts that hold the files which the values name. */
  readonly files: readonly { readonly artifact: Digest; readonly files: readonly Digest[] }[];
}

/** The chunks of a log, oldest first, each in its stored form. */
export interface EntryLog {
  /** Blobs of `SEGMENT_CHUNKS` chunks each, packed like inputs. */
  readonly segments: readonly Digest[];
  /** What follows them. */
  readonly tail:
    | { readonly at: 'entry'; readonly chunks: readonly Uint8Array[] }
    | { readonly at: 'blob'; readonly blob: Digest };
}

/** `[small, null | [blob, size], [[input, blob], …], [[artifact, files], …]]`. */
export function storeInputs({ small, pack, large, files }: EntryInputs): Stored {
  return [
    small,
    pack === null ? null : [storeDigest(pack.blob), pack.size],
    large.map(({ input, blob }) => packDigests([input, blob])),
    files.map((one) => [storeDigest(one.artifact), packDigests(one.files)]),
  ];
}

/** Throws a `StoredFormError` where the form is not ours, or a limit is passed. */
export function readInputs(stored: unknown): EntryInputs | null {
  if (stored === null) return null;
  const [small, pack, large, files] = exactly(stored, 4);
  return {
    small: mustList(small).map(mustBytes),
    pack: pack === null ? null : readPack(pack),
    large: mustList(large).map(readLarge),
    files: mustList(files).map(readFiles),
  };
}

/** `[segments, [chunk, …] | blob]`. */
export function storeLogs({ segments, tail }: EntryLog): Stored {
  return [packDigests(segments), tail.at === 'blob' ? storeDigest(tail.blob) : tail.chunks];
}

/** Throws a `StoredFormError` where the form is not ours, or a limit is passed. */
export function readLogs(stored: unknown): EntryLog | null {
  if (stored === null) return null;
  const [segments, tail] = exactly(stored, 2);
  const read = mustDigests(segments);
  const whole = read.length * SEGMENT_CHUNKS;
  if (tail instanceof Uint8Array) {
    if (whole >= LOG_CHUNKS_MAX) throw new StoredFormError('a log of too many chunks');
    return { segments: read, tail: { at: 'blob', blob: mustDigest(tail) } };
  }
  const chunks = mustList(tail).map(mustBytes);
  if (chunks.length >= SEGMENT_CHUNKS) throw new StoredFormError('a tail of too many chunks');
  if (whole + chunks.length > LOG_CHUNKS_MAX) throw new StoredFormError('too many chunks');
  return { segments: read, tail: { at: 'entry', chunks } };
}

function readPack(stored: unknown): { readonly blob: Digest; readonly size: number } {
  const [blob, size] = exactly(stored, 2);
  const bytes = mustNumber(size);
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > PACK_BYTES_MAX) {
    throw new StoredFormError('a pack of no possible size');
  }
  return { blob: mustDigest(blob), size: bytes };
}

function readLarge(stored: unknown): { readonly input: Digest; readonly blob: Digest } {
  const [input, blob, more] = mustDigests(stored);
  if (input === undefined || blob === undefined || more !== undefined) {
    throw new StoredFormError('not an input and its blob');
  }
  return { input, blob };
}

function readFiles(stored: unknown): EntryInputs['files'][number] {
  const [artifact, files] = exactly(stored, 2);
  return { artifact: mustDigest(artifact), files: mustDigests(files) };
}

function exactly(stored: unknown, count: number): Stored {
  const list = mustList(stored);
  if (list.length !== count) throw new StoredFormError(`a list of ${count} was expected`);
  return list;
}
