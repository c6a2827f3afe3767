import { packDigests, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';

/**
 * What the journal and the trace store write: the nouns as lists of fields by position, digests
 * packed. Later versions may add fields at the end; an absent field reads as `undefined`.
 */
export type Stored = readonly unknown[];

/** A stored form that no version of ours has written: the bytes are damaged or foreign. */
export class StoredFormError extends Error {
  override readonly name = 'StoredFormError';
}

export function mustList(value: unknown): Stored {
  if (!Array.isArray(value)) throw new StoredFormError('a list was expected');
  return value;
}

export function mustText(value: unknown): string {
  if (typeof value !== 'string') throw new StoredFormError('a text was expected');
  return value;
}

export function mustNumber(value: unknown): number {
  if (typeof value !== 'number') throw new StoredFormError('a number was expected');
  return value;
}

export function mustBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new StoredFormError('a boolean was expected');
  return value;
}

export function mustBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new StoredFormError('bytes were expected');
  return value;
}

/** An object that was stored as it is: its kind is text, the rest is the caller's trust. */
export function mustRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StoredFormError('an object was expected');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** The list's member at a stored index: how unions name their variants. */
export function mustMember<T>(list: readonly T[], index: unknown): T {
  const member = typeof index === 'number' ? list[index] : undefined;
  if (member === undefined) throw new StoredFormError('an unknown variant');
  return member;
}

export function storeDigest(digest: Digest | null): Uint8Array | null {
  return digest === null ? null : packDigests([digest]);
}

export function mustDigest(value: unknown): Digest {
  const [digest, more] = mustDigests(value);
  if (digest === undefined || more !== undefined) throw new StoredFormError('not one digest');
  return digest;
}

export function mustDigestOrNull(value: unknown): Digest | null {
  return value === null ? null : mustDigest(value);
}

export function mustDigests(value: unknown): Digest[] {
  try {
    return unpackDigests(mustBytes(value));
  } catch (error) {
    if (error instanceof RangeError) throw new StoredFormError(error.message, { cause: error });
    throw error;
  }
}
