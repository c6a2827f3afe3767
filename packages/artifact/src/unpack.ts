import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createDigester, digestHex, digestOf, digestSize, digestFrom } from '@skein/values';
import type { Digest } from '@skein/values';
import { fail, succeed } from '@skein/model';
import type { Result } from '@skein/model';
import { readEntries } from './entries.ts';
import type { ArtifactEntry } from './entries.ts';
import { FILE_PREFIX, LIMITS, VALUE_ENTRY } from './format.ts';
import type { ArtifactLimits } from './format.ts';
import { Refusal, artifactFailure } from './refusal.ts';

export interface UnpackRequest {
  /** Which files; `all` of them takes what the artifact says it holds. */
  readonly files: Iterable<Digest> | 'all';
  /** A staging directory: it is created, and what lies there under a file's name is an error. */
  readonly into: string;
  readonly limits?: Partial<ArtifactLimits>;
}

const READ_ONLY = 0o444;

/**
 * Unpacks files, each as `<into>/<64 digits>`, read-only and verified (D5); gives their paths. The
 * archive is read to its end. Fails with `artifact-invalid` and a fact `reason` for an archive that
 * is not what we pack, or has not all the files; then no file of it is left.
 */
export async function unpackArtifact(
  path: string,
  request: UnpackRequest,
): Promise<Result<ReadonlyMap<Digest, string>>> {
  const written = new Map<Digest, string>();
  try {
    const wanted = wantedOf(request.files);
    mkdirSync(request.into, { recursive: true });
    for await (const entry of readEntries(path, { ...LIMITS, ...request.limits })) {
      const digest = digestIn(entry, wanted);
      if (digest === undefined) continue;
      const target = join(request.into, digestHex(digest));
      const descriptor = openSync(target, 'wx', READ_ONLY);
      written.set(digest, target);
      await writeVerified(entry, digest, descriptor);
    }
    if (wanted !== 'all') mustHoldAll(wanted.values(), written);
    return succeed(written);
  } catch (error) {
    for (const target of written.values()) rmSync(target, { force: true });
    return fail(artifactFailure(error, path));
  }
}

/**
 * The encoded value, verified against its digest (of the domain `value`). Nothing behind it is
 * read. Fails with `artifact-invalid`.
 */
export async function readValue(path: string, expected: Digest): Promise<Result<Uint8Array>> {
  try {
    for await (const entry of readEntries(path, LIMITS)) {
      if (entry.name !== VALUE_ENTRY) break;
      if (entry.size !== digestSize(expected)) throw notThe(expected);
      const parts: Uint8Array[] = [];
      for await (const part of entry.bytes) parts.push(part);
      const bytes = Buffer.concat(parts, entry.size);
      if (digestOf('value', bytes) !== expected) throw notThe(expected);
      return succeed(bytes);
    }
    throw new Refusal('missing', 'it holds no value');
  } catch (error) {
    return fail(artifactFailure(error, path));
  }
}

function notThe(expected: Digest): Refusal {
  return new Refusal('wrong-digest', `its value is not ${expected}`);
}

/** By their 64 digits. */
type Wanted = ReadonlyMap<string, Digest> | 'all';

function wantedOf(files: UnpackRequest['files']): Wanted {
  return files === 'all' ? 'all' : new Map(Array.from(files, (file) => [digestHex(file), file]));
}

/** The digest of a file entry that is wanted. */
function digestIn({ name, size }: ArtifactEntry, wanted: Wanted): Digest | undefined {
  if (!name.startsWith(FILE_PREFIX)) return undefined;
  const hex = name.slice(FILE_PREFIX.length);
  const found = digestFrom(hex, size);
  if (wanted === 'all') return found;
  const digest = wanted.get(hex);
  if (digest !== undefined && digest !== found) throw new Refusal('wrong-digest', `"${name}"`);
  return digest;
}

/** Synchronous writes: the pieces are small, and reading them gives way to others. */
async function writeVerified(
  entry: ArtifactEntry,
  digest: Digest,
  descriptor: number,
): Promise<void> {
  const digester = createDigester('blob');
  try {
    for await (const part of entry.bytes) {
      digester.update(part);
      for (let from = 0; from < part.byteLength;) from += writeSync(descriptor, part, from);
    }
  } finally {
    closeSync(descriptor);
  }
  if (digester.finish() !== digest) throw new Refusal('wrong-digest', `"${entry.name}"`);
}

function mustHoldAll(wanted: Iterable<Digest>, written: ReadonlyMap<Digest, string>): void {
  for (const digest of wanted) {
    if (!written.has(digest)) throw new Refusal('missing', `it does not hold ${digest}`);
  }
}
