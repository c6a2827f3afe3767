import { DecodingError } from './decoding-error.ts';
import { readReference } from './read-reference.ts';
import { ByteReader } from './reader.ts';
import type { Reference } from './reference.ts';
import { ARRAY, BYTES, MAP, TAG, TAG_ENCODED, TEXT } from './tags.ts';

/**
 * The files, folders and tasks named in an encoded value, those in an embedded `Encoded` included,
 * in the order of the bytes, repetitions kept. Builds no value, so needs no codec. Throws
 * `DecodingError` on bytes that are no encoding, though it does not look at everything.
 */
export function referencesIn(bytes: Uint8Array): Reference[] {
  const found: Reference[] = [];
  const pending = [bytes];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const from = new ByteReader(next);
    try {
      collect(from, found, pending);
    } catch (cause) {
      if (cause instanceof DecodingError) throw cause;
      throw new DecodingError(String(cause), from.position, { cause });
    }
  }
  return found;
}

/** An item's heads follow each other, so how many items are still due is all there is to know. */
function collect(from: ByteReader, found: Reference[], pending: Uint8Array[]): void {
  let due = 1;
  while (due > 0) {
    due--;
    const initial = from.byte();
    const major = initial & 0xe0;
    if (major === BYTES || major === TEXT) from.span(initial);
    else if (major === ARRAY) due += from.count(initial, 1);
    else if (major === MAP) due += 2 * from.count(initial, 2);
    else if (major === TAG) due += afterTag(from, from.argument(initial), { found, pending });
    else if (major < BYTES) from.argument(initial);
    else if (initial > 0xf7) from.float(initial);
  }
  if (from.position !== from.end) from.fail('bytes follow the value');
}

/** How many items are still due after the tag and what belongs to it. */
function afterTag(
  from: ByteReader,
  tag: number,
  { found, pending }: { found: Reference[]; pending: Uint8Array[] },
): number {
  if (tag === TAG_ENCODED) {
    pending.push(from.bytesInPlace());
    return 0;
  }
  const reference = readReference(from, tag);
  if (reference === undefined) return 1;
  found.push(reference);
  return 0;
}
