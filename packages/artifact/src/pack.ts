import { mkdir, open, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { ZstdCompress, ZstdOptions } from 'node:zlib';
import { createDigester, digestHex, digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import { fail, succeed, systemCode } from '@skein/model';
import type { Result } from '@skein/model';
import { FILE_PREFIX, LIMITS, MARKER, VALUE_ENTRY, largestTar } from './format.ts';
import { Refusal, artifactFailure } from './refusal.ts';
import { tarPieces, tarSize } from './tar.ts';
import type { TarEntry } from './tar.ts';

/** Asked before anyone watches: a task that asks for it is irreproducible. */
const PROCESS = process.pid;

/** What goes into an artifact. */
export interface ArtifactContent {
  /** The encoded value, where it is to be in the artifact. */
  readonly value?: Uint8Array;
  /** Digests of the domain `blob`, and where their bytes are. */
  readonly files: readonly { readonly digest: Digest; readonly path: string }[];
}

export interface PackedArtifact {
  /** Of the domain `blob`: `sha256sum` of the file. */
  readonly digest: Digest;
  /** A new file in the directory that was given, which is created; the caller's to move. */
  readonly path: string;
  readonly size: number;
}

const LEVEL = 3;
const READ_BYTES = 1 << 18;

let packed = 0;

/**
 * Packs one deterministic tar, compressed: equal content gives equal bytes with the same version
 * of zstd. Fails with `artifact-invalid` where a file is not what its digest says, or with
 * `disk-full` or `state-unwritable`; then nothing is left behind.
 */
export async function packArtifact(
  content: ArtifactContent,
  directory: string,
): Promise<Result<PackedArtifact>> {
  const entries = entriesOf(content);
  let path = directory;
  try {
    const total = tarSize(entries);
    if (total > LIMITS.bytes || entries.length > LIMITS.entries) {
      throw new Refusal('bomb-size', `${total} bytes in ${entries.length} entries are too many`);
    }
    await mkdir(directory, { recursive: true });
    path = await reserve(directory);
    const digest = await write(path, entries, total);
    if (total <= largestTar(digestSize(digest), LIMITS)) return succeed(packedAt(path, digest));
    return succeed(packedAt(path, await write(path, entries, undefined)));
  } catch (error) {
    if (path !== directory) await unlink(path).catch(() => undefined);
    return fail(artifactFailure(error, path));
  }
}

function packedAt(path: string, digest: Digest): PackedArtifact {
  return { digest, path, size: digestSize(digest) };
}

/** The marker, the value, then the files by digest: each once, whatever order they came in. */
function entriesOf({ value, files }: ArtifactContent): readonly TarEntry[] {
  const entries: TarEntry[] = [bytesEntry(MARKER, new Uint8Array(0))];
  if (value !== undefined) entries.push(bytesEntry(VALUE_ENTRY, value));
  const paths = new Map(files.map(({ digest, path }) => [digest, path]));
  for (const [digest, path] of [...paths].sort(([one], [other]) => (one < other ? -1 : 1))) {
    entries.push(fileEntry(digest, path));
  }
  return entries;
}

function bytesEntry(name: string, bytes: Uint8Array): TarEntry {
  return {
    name,
    size: bytes.byteLength,
    async *read() {
      yield bytes;
    },
  };
}

function fileEntry(digest: Digest, path: string): TarEntry {
  return {
    name: FILE_PREFIX + digestHex(digest),
    size: digestSize(digest),
    read: () => readVerified(digest, path),
  };
}

/** The file's bytes; ends with a refusal where they turn out not to be those of the digest. */
async function* readVerified(digest: Digest, path: string): AsyncIterable<Uint8Array> {
  const wrong = () => new Refusal('wrong-digest', `"${path}" does not hold ${digest}`);
  if ((await sizeOf(path)) !== digestSize(digest)) throw wrong();
  const digester = createDigester('blob');
  const handle = await open(path, 'r');
  try {
    let left = digestSize(digest);
    while (left > 0) {
      const piece = Buffer.allocUnsafe(Math.min(left, READ_BYTES));
      const { bytesRead } = await handle.read(piece, 0, piece.length);
      if (bytesRead === 0) throw wrong();
      left -= bytesRead;
      digester.update(piece.subarray(0, bytesRead));
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
  if (digester.finish() !== digest) throw wrong();
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw new Refusal('missing', `"${path}" is not there`);
    throw error;
  }
}

/** A name of its own in the directory: this process never gives one twice. */
async function reserve(directory: string): Promise<string> {
  for (;;) {
    packed += 1;
    const path = join(directory, `artifact-${PROCESS}-${packed}`);
    try {
      await (await open(path, 'wx')).close();
      return path;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** `total`: size of the tar where it is to be compressed. */
async function write(
  path: string,
  entries: readonly TarEntry[],
  total: number | undefined,
): Promise<Digest> {
  const handle = await open(path, 'w');
  try {
    const digester = createDigester('blob');
    const drain = (bytes: AsyncIterable<Uint8Array>) => writeAll(handle, digester, bytes);
    if (total === undefined) await drain(tarPieces(entries));
    else await pipeline(() => tarPieces(entries), compressor(total), drain);
    return digester.finish();
  } finally {
    await handle.close();
  }
}

/** zstd chooses by the size, and writes it down. */
function compressor(total: number): ZstdCompress {
  const options: ZstdOptions & { readonly pledgedSrcSize: number } = {
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
    pledgedSrcSize: total,
  };
  return createZstdCompress(options);
}

async function writeAll(
  handle: FileHandle,
  digester: ReturnType<typeof createDigester>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const piece of bytes) {
    digester.update(piece);
    await handle.writeFile(piece);
  }
}
