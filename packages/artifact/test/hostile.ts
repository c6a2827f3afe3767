import { zstdCompressSync } from 'node:zlib';
import { Header } from 'tar/header';
import type { HeaderData } from 'tar/header';
import { MARKER } from '../src/format.ts';

interface HostileEntry extends HeaderData {
  readonly content?: string | Uint8Array;
}

/** A tar of any entries; the marker goes first. */
export function tarOf(entries: readonly HostileEntry[]): Buffer {
  return rawTar([{ path: MARKER }, ...entries]);
}

export function rawTar(entries: readonly HostileEntry[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...data }) => {
    const bytes = Buffer.from(content);
    const block = Buffer.alloc(512);
    new Header({ type: 'File', mode: 0o644, size: bytes.length, ...data }).encode(block);
    return [block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1_024)]);
}

export function compressed(tar: Uint8Array): Buffer {
  return zstdCompressSync(tar);
}
