import { digestOf, packDigests } from './digest.ts';
import type { Digest } from './digest.ts';

/**
 * The input digest of a parameter that was omitted (V5): the digest of no bytes at all, which no
 * value, `undefined` included, encodes to.
 */
export const OMITTED: Digest = digestOf('value', new Uint8Array(0));

/** The digest of one input, from its encoded bytes. */
export function inputDigest(bytes: Uint8Array): Digest {
  return digestOf('value', bytes);
}

/** The digest of all inputs of an action, in the order of its parameters. */
export function inputsDigest(inputs: readonly Digest[]): Digest {
  return digestOf('inputs', packDigests(inputs));
}
