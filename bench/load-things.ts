import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ActionKey } from '@skein/model';
import type { NewEntry } from '@skein/store';
import { createDigester, digestOf, encode, type Digest } from '@skein/values';

/** Who has which things: none has more than this. */
export const STRIDE = 1_000_000;

const CHUNK_BYTES = 1 << 20;
/** A server stores signatures; whether they hold is the readers' concern. */
const SIGNATURE = new Uint8Array(64).fill(7);

export function keyOf(number: number): ActionKey {
  return digestOf('key', `key ${number}`) as ActionKey;
}

/** An entry of so many bytes of content, in the form that a server looks at. */
export function entryOf(
  number: number,
  { publicKey, size }: { readonly publicKey: Uint8Array; readonly size: number },
): NewEntry {
  const content = noiseOf(number, size);
  const bytes = encode([1, content, publicKey, SIGNATURE]);
  return { key: keyOf(number), id: hash('sha256', `id ${number}`, 'hex'), bytes };
}

/** Bytes that are others for each number, and that no compression makes fewer of. */
export function noiseOf(number: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = Math.imul(number + 1, 0x9e3779b1);
  for (let at = 0; at < size; at += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + at;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Writes a file of so many bytes, no two of its mebibytes alike, and gives its digest. */
export async function writeLarge(path: string, size: number): Promise<Digest> {
  await using file = await open(path, 'w');
  const digester = createDigester('blob');
  const chunk = Buffer.from(noiseOf(0, CHUNK_BYTES));
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    chunk.writeDoubleBE(at, 0);
    const part = chunk.subarray(0, Math.min(CHUNK_BYTES, size - at));
    await file.write(part);
    digester.update(part);
  }
  return digester.finish();
}
