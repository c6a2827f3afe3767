import { digestFrom } from '@skein/values';
import { PACKED_DIGEST_BYTES, RESULT } from './facts-layout.ts';
import type { Facts } from './facts.ts';
import type { LargeValue, LargeWanted } from './run-index.ts';

/** See `RunIndex.largeValues`. */
export function largeValues(
  facts: readonly Facts[],
  digestsOf: (at: number) => Uint8Array,
  { role, least }: LargeWanted,
): readonly LargeValue[] {
  const found: LargeValue[] = [];
  for (const [at, { batch }] of facts.entries()) {
    const digests = digestsOf(at);
    const packed = Buffer.from(digests.buffer, digests.byteOffset, digests.length);
    for (let call = 0; call < batch.calls; call++) {
      if (role === 'outcome' && batch.ended(call) !== RESULT) continue;
      const first = batch.firstDigest(call);
      const count = batch.digestCount(call);
      for (let offset = 0; offset < count; offset++) {
        const from = (first + offset) * PACKED_DIGEST_BYTES;
        const size = packed.readUInt32BE(from + 32) * 2 ** 32 + packed.readUInt32BE(from + 36);
        if (size < least) continue;
        const place = batch.placeOf(call, offset);
        if (place?.role !== role) continue;
        const digest = digestFrom(packed.toString('hex', from, from + 32), size);
        found.push({ action: batch.action(call), place: place.index, digest });
      }
    }
  }
  return found;
}
