import type { DatabaseSync } from 'node:sqlite';
import type { ActionNumber } from '@skein/model';
import { digestFrom } from '@skein/values';
import type { Digest } from '@skein/values';
import { PACKED_DIGEST_BYTES, RESULT } from './facts-layout.ts';
import { factsOf } from './facts.ts';
import { readAtOnce } from './transaction.ts';

/** A value of an action. */
export interface LargeValue {
  readonly action: ActionNumber;
  /** Which input it is; 0 for a result. */
  readonly place: number;
  readonly digest: Digest;
}

/**
 * The inputs, or the results, of a run that have at least `least` bytes, as they were recorded;
 * an input may come twice. Nothing is made of any other: of a hundred thousand actions that hand
 * on numbers, nothing is left. Throws what SQLite throws.
 */
export function largeValues(
  db: DatabaseSync,
  run: number,
  { role, least }: { readonly role: 'input' | 'outcome'; readonly least: number },
): readonly LargeValue[] {
  const found: LargeValue[] = [];
  for (const { batch, digests } of readAtOnce(db, () => factsOf(db, run))) {
    const packed = Buffer.from(digests());
    for (let call = 0; call < batch.calls; call++) {
      if (role === 'outcome' && batch.ended(call) !== RESULT) continue;
      const first = batch.firstDigest(call);
      const count = batch.digestCount(call);
      for (let offset = 0; offset < count; offset++) {
        const at = (first + offset) * PACKED_DIGEST_BYTES;
        const size = packed.readUInt32BE(at + 32) * 2 ** 32 + packed.readUInt32BE(at + 36);
        if (size < least) continue;
        const place = batch.placeOf(call, offset);
        if (place?.role !== role) continue;
        const digest = digestFrom(packed.toString('hex', at, at + 32), size);
        found.push({ action: batch.action(call), place: place.index, digest });
      }
    }
  }
  return found;
}
