import type { DatabaseSync } from 'node:sqlite';
import { unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { PACKED_DIGEST_BYTES } from './facts-layout.ts';
import { unfoldedFacts, unfoldedRuns } from './facts.ts';

/**
 * The digests of inputs, results and files of any run whose hexadecimal digits begin so: `limit`
 * different ones at most. Throws what SQLite throws.
 */
export function digestsBeginning(db: DatabaseSync, hex: string, limit: number): readonly Digest[] {
  const found = new Set<Digest>();
  const bytes = Buffer.from(hex.slice(0, hex.length & ~1), 'hex');
  for (const packed of allDigests(db)) {
    for (let at = packed.indexOf(bytes); at >= 0; at = packed.indexOf(bytes, at + 1)) {
      if (at % PACKED_DIGEST_BYTES !== 0) continue;
      const [digest] = unpackDigests(packed.subarray(at, at + PACKED_DIGEST_BYTES));
      if (digest?.startsWith(hex) === true) found.add(digest);
      if (found.size >= limit) return [...found];
    }
  }
  return [...found];
}

function* allDigests(db: DatabaseSync): Generator<Buffer> {
  for (const { digests } of db.prepare('select digests from facts order by seq desc').iterate()) {
    if (digests instanceof Uint8Array) yield viewOf(digests);
  }
  for (const { run, seq } of unfoldedRuns(db)) {
    for (const facts of unfoldedFacts(db, run, seq)) yield viewOf(facts.digests());
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
