import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { decode, encode } from '@skein/values';
import { PACK_BYTES_MAX } from './entry-parts.ts';

const LEVEL = 3;

/**
 * A list of bytes as one blob: encoded and compressed. Equal lists give equal bytes with the same
 * version of zstd.
 */
export function packList(list: readonly Uint8Array[]): { bytes: Uint8Array; size: number } {
  const plain = encode(list);
  const bytes = zstdCompressSync(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  return { bytes, size: plain.byteLength };
}

/**
 * The list in a blob; `undefined` where it is damaged, or becomes more than `mostBytes`: no more
 * memory than that is taken, whatever the blob says.
 */
export function unpackList(
  bytes: Uint8Array,
  mostBytes = PACK_BYTES_MAX,
): readonly Uint8Array[] | undefined {
  let list: unknown;
  try {
    const plain = zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, mostBytes) });
    list = decode(plain, { codecs: [], views: true });
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  return list.every((one): one is Uint8Array => one instanceof Uint8Array) ? list : undefined;
}
