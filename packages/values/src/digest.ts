import { createHash, hash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';

declare const digestBrand: unique symbol;

/** SHA-256 and byte length of some content, as `<64 hex>-<byte length>`. */
export type Digest = string & { readonly [digestBrand]: true };

/** What a digest is a name of: equal bytes in different domains have different digests. */
export type DigestDomain =
  | 'blob'
  | 'value'
  | 'inputs'
  | 'key'
  | 'code'
  | 'symbol'
  | 'package'
  | 'trace'
  | 'manifest'
  | 'observation'
  | 'dir'
  | 'bundle'
  | 'log';

/** A digest in the making, for content that does not fit in memory. */
export interface Digester {
  update(bytes: Uint8Array): void;
  finish(): Digest;
}

/** Bytes of one packed digest: 32 of SHA-256, 8 of length (big-endian). */
export const PACKED_DIGEST_BYTES = 40;

const FORM = /^[0-9a-f]{64}-(0|[1-9][0-9]{0,15})$/;
const HEX_LENGTH = 64;
const SHORT_LENGTH = 12;
const CHUNK_BYTES = 1 << 20;
/** Up to here, copying behind the prefix and hashing at one go beats two updates of a stream. */
const ONE_SHOT_BYTES = 1 << 14;

const prefixes = new Map<string, Buffer>();
let scratch: Buffer | undefined;

/**
 * The digest of `bytes` (a string counts as its UTF-8). In the domain `blob` it is the plain
 * SHA-256 of the bytes, so that `sha256sum` agrees; every other domain hashes
 * `skein.<domain>.v1\0` in front of them. The length is that of `bytes` alone.
 */
export function digestOf(domain: DigestDomain, bytes: Uint8Array | string): Digest {
  const content = typeof bytes === 'string' ? textBytes(bytes) : bytes;
  const size = content.byteLength;
  if (domain === 'blob') return digestFrom(hash('sha256', content, 'hex'), size);
  const prefix = prefixOf(domain);
  const whole = prefix.length + size;
  if (whole > ONE_SHOT_BYTES) {
    const state = createHash('sha256').update(prefix).update(content);
    return digestFrom(state.digest('hex'), size);
  }
  scratch ??= Buffer.allocUnsafeSlow(ONE_SHOT_BYTES);
  scratch.set(prefix, 0);
  scratch.set(content, prefix.length);
  return digestFrom(hash('sha256', scratch.subarray(0, whole), 'hex'), size);
}

/** A digest over chunks; equals `digestOf` of their concatenation. */
export function createDigester(domain: DigestDomain): Digester {
  const state = createHash('sha256');
  if (domain !== 'blob') state.update(prefixOf(domain));
  let size = 0;
  return {
    update(bytes) {
      state.update(bytes);
      size += bytes.byteLength;
    },
    finish: () => digestFrom(state.digest('hex'), size),
  };
}

/** The `blob` digest of a file's content, read as a stream. Rejects with the error of `node:fs`. */
export async function digestFile(path: string): Promise<Digest> {
  const digester = createDigester('blob');
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of chunks) digester.update(chunk);
  return digester.finish();
}

/** `digestFile`, synchronously: the cheaper one for small files. Throws the error of `node:fs`. */
export function digestFileSync(path: string): Digest {
  const descriptor = openSync(path, 'r');
  try {
    const small = Buffer.allocUnsafe(ONE_SHOT_BYTES);
    const first = readSync(descriptor, small, 0, small.length, null);
    if (first === 0) return digestOf('blob', small.subarray(0, 0));
    const digester = createDigester('blob');
    digester.update(small.subarray(0, first));
    const chunk = Buffer.allocUnsafe(first < small.length ? ONE_SHOT_BYTES : CHUNK_BYTES);
    let count = readSync(descriptor, chunk, 0, chunk.length, null);
    if (count === 0) return digestOf('blob', small.subarray(0, first));
    while (count > 0) {
      digester.update(chunk.subarray(0, count));
      count = readSync(descriptor, chunk, 0, chunk.length, null);
    }
    return digester.finish();
  } finally {
    closeSync(descriptor);
  }
}

/** The text as a digest, or `undefined` where it does not have the one form a digest has. */
export function parseDigest(text: string): Digest | undefined {
  return isDigest(text) ? text : undefined;
}

/** Whether `value` is the text form of a digest. */
export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && FORM.test(value) && Number.isSafeInteger(sizeIn(value));
}

/** The SHA-256 of a digest, 64 lower-case hexadecimal digits. */
export function digestHex(digest: Digest): string {
  return digest.slice(0, HEX_LENGTH);
}

/** The byte length of what the digest names. */
export function digestSize(digest: Digest): number {
  return sizeIn(digest);
}

/** The first 12 hexadecimal digits: for people, never for look-ups. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, SHORT_LENGTH);
}

/** The digests as 40 bytes each: SHA-256, then the length as 64 bits, big-endian. */
export function packDigests(list: readonly Digest[]): Uint8Array {
  const packed = Buffer.alloc(list.length * PACKED_DIGEST_BYTES);
  let position = 0;
  for (const digest of list) {
    packed.write(digest, position, 32, 'hex');
    const size = sizeIn(digest);
    packed.writeUInt32BE(Math.floor(size / 2 ** 32), position + 32);
    packed.writeUInt32BE(size >>> 0, position + 36);
    position += PACKED_DIGEST_BYTES;
  }
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.length);
}

/**
 * What `packDigests` packed. Throws a `RangeError` on bytes that it cannot have made: a length
 * that is no multiple of 40, or a size beyond the safe integers.
 */
export function unpackDigests(bytes: Uint8Array): Digest[] {
  const { length } = bytes;
  if (length % PACKED_DIGEST_BYTES !== 0) {
    throw new RangeError(`packed digests are 40 bytes each, not ${length} bytes in all`);
  }
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  const list: Digest[] = [];
  for (let position = 0; position < length; position += PACKED_DIGEST_BYTES) {
    const high = packed.readUInt32BE(position + 32);
    const size = high * 2 ** 32 + packed.readUInt32BE(position + 36);
    if (!Number.isSafeInteger(size)) throw new RangeError('a packed digest has no possible size');
    list.push(digestFrom(packed.toString('hex', position, position + 32), size));
  }
  return list;
}

/** A digest from its two parts, for readers of stored forms; the parts are the caller's duty. */
export function digestFrom(hex: string, size: number): Digest {
  return `${hex}-${size}` as Digest;
}

function sizeIn(text: string): number {
  return Number(text.slice(HEX_LENGTH + 1));
}

function prefixOf(domain: DigestDomain): Buffer {
  let prefix = prefixes.get(domain);
  if (prefix === undefined) {
    prefix = Buffer.from(`skein.${domain}.v1\0`, 'latin1');
    prefixes.set(domain, prefix);
  }
  return prefix;
}

/** UTF-8; a lone surrogate keeps its own three bytes, so that different strings stay different. */
function textBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const unit = character.charCodeAt(0);
    const lone = character.length === 1 && unit >= 0xd800 && unit <= 0xdfff;
    parts.push(
      lone
        ? Buffer.from([0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)])
        : Buffer.from(character, 'utf8'),
    );
  }
  return Buffer.concat(parts);
}
