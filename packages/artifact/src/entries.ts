import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { Header } from 'tar/header';
import { ByteSource } from './byte-source.ts';
import {
  BLOCK_BYTES,
  FILE_PREFIX,
  MARKER,
  VALUE_ENTRY,
  ZSTD_MAGIC,
  largestTar,
  paddingOf,
} from './format.ts';
import type { ArtifactLimits } from './format.ts';
import { Refusal } from './refusal.ts';

/** An entry as it passes by: what is not read of it before the next one is skipped. */
export interface ArtifactEntry {
  readonly name: string;
  readonly size: number;
  readonly bytes: AsyncGenerator<Uint8Array>;
}

const NAME = new RegExp(`^(?:${MARKER}|${VALUE_ENTRY}|${FILE_PREFIX}[0-9a-f]{64})$`);
const DRIVE = /^[a-z]:/i;
const LINKS = new Set<string>(['Link', 'SymbolicLink']);
const DEVICES = new Set<string>(['BlockDevice', 'CharacterDevice', 'FIFO']);

/**
 * The entries of an artifact in order, without the marker. Throws a `Refusal` at anything that
 * `packArtifact` does not write, before a byte of it is given.
 */
export async function* readEntries(
  path: string,
  limits: ArtifactLimits,
): AsyncGenerator<ArtifactEntry> {
  const tar = readTar(path, limits);
  try {
    const source = new ByteSource(tar);
    const names = new Set<string>();
    for (let entry = await nextEntry(source); entry; entry = await nextEntry(source)) {
      checkName(entry.name, names);
      names.add(entry.name.toLowerCase());
      if (names.size > limits.entries) throw new Refusal('bomb-count', `over ${limits.entries}`);
      if ((names.size === 1) !== (entry.name === MARKER)) {
        throw new Refusal('unknown-format', `its first entry is not "${MARKER}"`);
      }
      if (entry.name !== MARKER) yield entry;
      for await (const rest of entry.bytes) void rest;
      await source.skip(paddingOf(entry.size));
    }
    if (names.size === 0) throw new Refusal('unknown-format', 'it has no entries');
  } finally {
    await tar.return(undefined);
  }
}

/** `undefined` at the two blocks of zeros that end a tar. */
async function nextEntry(source: ByteSource): Promise<ArtifactEntry | undefined> {
  const header = decodeHeader(await source.read(BLOCK_BYTES));
  if (header.nullBlock) {
    const last = decodeHeader(await source.read(BLOCK_BYTES));
    if (!last.nullBlock) throw new Refusal('damaged', 'something follows its end');
    return undefined;
  }
  const { path: name, size } = header;
  if (!header.cksumValid || name === undefined || size === undefined) {
    throw new Refusal('damaged', 'the header of an entry is damaged');
  }
  checkType(header.type, name);
  return { name, size, bytes: source.take(size) };
}

function decodeHeader(block: Buffer): Header {
  try {
    return new Header(block);
  } catch (error) {
    throw new Refusal('damaged', 'the header of an entry is damaged', { cause: error });
  }
}

function checkType(type: string, name: string): void {
  if (LINKS.has(type)) throw new Refusal('link', `"${name}" is a link`);
  if (DEVICES.has(type)) throw new Refusal('device', `"${name}" is a device`);
  if (type !== 'File') throw new Refusal('entry-type', `"${name}" is of type ${type}`);
}

/** `names`: those before, in lower case. */
function checkName(name: string, names: ReadonlySet<string>): void {
  if (name.startsWith('/') || name.startsWith('\\') || DRIVE.test(name)) {
    throw new Refusal('absolute', `"${name}"`);
  }
  if (name.split(/[/\\]/).includes('..')) throw new Refusal('traversal', `"${name}"`);
  const folded = name.toLowerCase();
  if (folded !== name && NAME.test(folded)) throw new Refusal('case-folding', `"${name}"`);
  if (!NAME.test(name)) throw new Refusal('unknown-entry', `"${name}"`);
  if (names.has(folded)) throw new Refusal('duplicate', `"${name}"`);
}

/** The bytes of the tar; no more of them than the file's size makes believable. */
async function* readTar(
  path: string,
  limits: ArtifactLimits,
): AsyncGenerator<Uint8Array, undefined> {
  const { size, compressed } = await look(path);
  const file = createReadStream(path);
  const tar: AsyncIterable<Uint8Array> = compressed
    ? pipeline(file, createZstdDecompress(), () => undefined)
    : file;
  const largest = largestTar(size, limits);
  let total = 0;
  for await (const bytes of tar) {
    total += bytes.byteLength;
    if (total > largest) {
      const reason = total > limits.bytes ? 'bomb-size' : 'bomb-ratio';
      throw new Refusal(reason, `${size} bytes become more than ${largest}`);
    }
    yield bytes;
  }
}

async function look(
  path: string,
): Promise<{ readonly size: number; readonly compressed: boolean }> {
  const handle = await open(path, 'r');
  try {
    const start = Buffer.alloc(ZSTD_MAGIC.length);
    await handle.read(start, 0, start.length, 0);
    return { size: (await handle.stat()).size, compressed: start.equals(ZSTD_MAGIC) };
  } finally {
    await handle.close();
  }
}
