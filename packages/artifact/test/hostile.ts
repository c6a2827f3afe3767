import { zstdCompressSync } from 'node:zlib';
import { Header } from 'tar/header';
import type { HeaderData } from 'tar/header';
import { BLOCK_BYTES, MARKER, paddingOf } from '../src/format.ts';

export interface HostileEntry extends HeaderData {
  readonly content?: string | Uint8Array;
  /** Spoils the header; the checksum is made right again. */
  readonly spoil?: (header: Buffer) => void;
}

/** What two blocks of zeros end. */
export const END = Buffer.alloc(2 * BLOCK_BYTES);

/** A tar of any entries; the marker goes first. */
export function tarOf(entries: readonly HostileEntry[]): Buffer {
  return rawTar([{ path: MARKER }, ...entries]);
}

export function rawTar(entries: readonly HostileEntry[]): Buffer {
  return Buffer.concat([...entries.map(blocksOf), END]);
}

/** Headers as `packArtifact` writes them, but for what is told otherwise. */
export function blocksOf({ content = '', spoil, ...data }: HostileEntry): Buffer {
  const bytes = Buffer.from(content);
  const block = Buffer.alloc(BLOCK_BYTES);
  const plain = { type: 'File', mode: 0o644, uid: 0, gid: 0, size: bytes.length } as const;
  new Header({ ...plain, ...data }).encode(block);
  if (spoil !== undefined) {
    spoil(block);
    sum(block);
  }
  return Buffer.concat([block, bytes, Buffer.alloc(paddingOf(bytes.length))]);
}

export function compressed(tar: Uint8Array): Buffer {
  return zstdCompressSync(tar);
}

const SUM_AT = 148;
const SUM_BYTES = 8;

/** Of all bytes, with its own eight taken for spaces. */
function sum(block: Buffer): void {
  block.fill(' ', SUM_AT, SUM_AT + SUM_BYTES);
  const total = block.reduce((all, byte) => all + byte, 0);
  block.write(`${total.toString(8).padStart(6, '0')} \0`, SUM_AT, 'latin1');
}
