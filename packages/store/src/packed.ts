import { packDigests, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';

/** A digest as the tables hold it: indexed by its first 48 bits, an exact number. */
export interface PackedKey {
  readonly prefix: number;
  readonly bytes: Uint8Array;
}

const PREFIX_DIGITS = 12;

export function packKey(digest: Digest): PackedKey {
  const prefix = Number.parseInt(digest.slice(0, PREFIX_DIGITS), 16);
  return { prefix, bytes: packDigests([digest]) };
}

/** Packed digests; none where the bytes cannot be such (P4). */
export function digestsIn(packed: Uint8Array): Digest[] {
  try {
    return unpackDigests(packed);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
