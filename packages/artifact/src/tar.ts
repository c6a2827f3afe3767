import { Header } from 'tar/header';
import { BLOCK_BYTES, paddingOf } from './format.ts';

/** A file of a tar; `read` gives exactly `size` bytes. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  read(): AsyncIterable<Uint8Array>;
}

const MODE = 0o644;
/** Part of the format: what zstd makes of the same bytes depends on the pieces it gets. */
const PIECE_BYTES = 1 << 16;

export function tarSize(entries: readonly TarEntry[]): number {
  const sizes = entries.map(({ size }) => BLOCK_BYTES + size + paddingOf(size));
  return sizes.reduce((total, size) => total + size, 2 * BLOCK_BYTES);
}

/** The tar in pieces of one size. */
export async function* tarPieces(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const bytes of tarOf(entries)) {
    for (let from = 0; from < bytes.byteLength;) {
      const part = bytes.subarray(from, from + PIECE_BYTES - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      from += part.byteLength;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

async function* tarOf(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield headerOf(entry);
    yield* entry.read();
    yield Buffer.alloc(paddingOf(entry.size));
  }
  yield Buffer.alloc(2 * BLOCK_BYTES);
}

/** The one header that an entry of this name and size has. */
export function headerOf({ name, size }: Pick<TarEntry, 'name' | 'size'>): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const header = new Header({ path: name, mode: MODE, uid: 0, gid: 0, size, type: 'File' });
  header.encode(block);
  return block;
}
