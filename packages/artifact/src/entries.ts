import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createZstdDecompress } from 'node:zlib';
import { Header } from 'tar/header';
import { ByteSource } from './byte-source.ts';
import { BLOCK_BYTES, FILE_PREFIX, MARKER, VALUE_ENTRY, largestTar, paddingOf } from './format.ts';
import type { ArtifactLimits } from './format.ts';
import { WINDOW_LOG, ZSTD_MAGIC, oneFrame } from './frame.ts';
import { Refusal, quoted } from './refusal.ts';
import { headerOf } from './tar.ts';

/** An entry as it passes by: what is not read of it before the next one is skipped. */
export interface ArtifactEntry {
  readonly name: string;
  readonly size: number;
  readonly bytes: AsyncGenerator<Uint8Array>;
}

/** A frame that needs a larger window than ours is refused before it is given any memory. */
const DECODER = { params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } };
const NAME = new RegExp(`^(?:${MARKER}|${VALUE_ENTRY}|${FILE_PREFIX}[0-9a-f]{64})$`);
const DRIVE = /^[a-z]:/i;
const LINKS = new Set<string>(['Link', 'SymbolicLink']);
const DEVICES = new Set<string>(['BlockDevice', 'CharacterDevice', 'FIFO']);

/**
 * The entries of an artifact in order, without the marker. Throws a `Refusal` at anything that
 * `packArtifact` does not write, before a byte of it is given. Every tar has one form only, so no
 * two readers can take it for different ones; and what is kept of it is the last name.
 */
export async function* readEntries(
  path: string,
  limits: ArtifactLimits,
): AsyncGenerator<ArtifactEntry> {
  const tar = readTar(path, limits);
  try {
    const source = new ByteSource(tar);
    let count = 0;
    let last: string | undefined;
    for (;;) {
      const entry = await nextEntry(source, limits);
      if (entry === undefined) break;
      count += 1;
      if (count > limits.entries) throw new Refusal('bomb-count', `over ${limits.entries}`);
      checkPosition(entry.name, last);
      last = entry.name;
      if (entry.name !== MARKER) yield entry;
      for await (const rest of entry.bytes) void rest;
      await skipPadding(source, entry);
    }
    if (count === 0) throw new Refusal('unknown-format', 'it has no entries');
    if (!(await source.ended())) throw new Refusal('trailing', 'something follows its end');
  } finally {
    await tar.return(undefined);
  }
}

/** `undefined` at the two blocks of zeros that end a tar. */
async function nextEntry(
  source: ByteSource,
  limits: ArtifactLimits,
): Promise<ArtifactEntry | undefined> {
  const block = await source.read(BLOCK_BYTES);
  const header = decodeHeader(block);
  if (isZero(block)) {
    const end = await source.read(BLOCK_BYTES);
    if (!isZero(end)) throw new Refusal('trailing', 'something follows its end');
    return undefined;
  }
  const { path: name, size } = header;
  if (!header.cksumValid || name === undefined || size === undefined) {
    throw new Refusal('damaged', 'the header of an entry is damaged');
  }
  checkType(header.type, name);
  checkName(name);
  if (size > limits.bytes) {
    throw new Refusal('bomb-size', `${quoted(name)} is of ${size} bytes`);
  }
  if (!block.equals(headerOf({ name, size }))) {
    throw new Refusal('entry-header', `${quoted(name)} has more than a name and a size`);
  }
  return { name, size, bytes: source.take(size) };
}

async function skipPadding(source: ByteSource, { name, size }: ArtifactEntry): Promise<void> {
  if (isZero(await source.read(paddingOf(size)))) return;
  throw new Refusal('damaged', `what fills ${quoted(name)} up is not empty`);
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function decodeHeader(block: Buffer): Header {
  try {
    return new Header(block);
  } catch (error) {
    throw new Refusal('damaged', 'the header of an entry is damaged', { cause: error });
  }
}

function checkType(type: string, name: string): void {
  if (LINKS.has(type)) throw new Refusal('link', `${quoted(name)} is a link`);
  if (DEVICES.has(type)) throw new Refusal('device', `${quoted(name)} is a device`);
  if (type !== 'File') throw new Refusal('entry-type', `${quoted(name)} is of type ${type}`);
}

function checkName(name: string): void {
  if (name.startsWith('/') || name.startsWith('\\') || DRIVE.test(name)) {
    throw new Refusal('absolute', quoted(name));
  }
  if (name.split(/[/\\]/).includes('..')) throw new Refusal('traversal', quoted(name));
  const folded = name.toLowerCase();
  if (folded !== name && NAME.test(folded)) throw new Refusal('case-folding', quoted(name));
  if (!NAME.test(name)) throw new Refusal('unknown-entry', quoted(name));
}

/** The marker, the value where there is one, the files by digest: each behind the `last`. */
function checkPosition(name: string, last: string | undefined): void {
  if ((last === undefined) !== (name === MARKER)) {
    if (name === MARKER) throw new Refusal('duplicate', quoted(name));
    throw new Refusal('unknown-format', `its first entry is not "${MARKER}"`);
  }
  if (last === undefined || last === MARKER) return;
  if (name === last) throw new Refusal('duplicate', quoted(name));
  if (name === VALUE_ENTRY || (last !== VALUE_ENTRY && name < last)) {
    throw new Refusal('order', `${quoted(name)} comes behind ${quoted(last)}`);
  }
}

/** The bytes of the tar; no more of them than the file's size makes believable. */
async function* readTar(
  path: string,
  limits: ArtifactLimits,
): AsyncGenerator<Uint8Array, undefined> {
  const { size, compressed } = await look(path);
  const file = createReadStream(path);
  const tar: AsyncIterable<Uint8Array> = compressed
    ? pipeline(file, oneFrame, createZstdDecompress(DECODER), () => undefined)
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
