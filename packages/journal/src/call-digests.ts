import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { DigestRole, FactsBatch } from './facts-batch.ts';
import { PACKED_DIGEST_BYTES } from './facts-layout.ts';
import type { ActionDigests } from './run-index.ts';

/** The digests of one call of a batch, by what they are to it. */
export function callDigests(batch: FactsBatch, digests: Uint8Array, call: number): ActionDigests {
  const from = batch.firstDigest(call) * PACKED_DIGEST_BYTES;
  const to = from + batch.digestCount(call) * PACKED_DIGEST_BYTES;
  const own = unpackDigests(digests.subarray(from, to));
  const of = (role: DigestRole): Digest[] =>
    own.filter((_, index) => batch.placeOf(call, index)?.role === role);
  const [outcome] = of('outcome');
  const [artifact] = of('artifact');
  return {
    inputs: of('input'),
    ...(outcome === undefined ? {} : { outcome }),
    ...(artifact === undefined ? {} : { artifact }),
    files: of('file'),
  };
}
