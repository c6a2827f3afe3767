import { digestHex, digestOf, digestSize, isDigest } from './digest.ts';
import type { Digest } from './digest.ts';
import { markReference } from './reference.ts';
import type { DirEntry, DirReference } from './reference.ts';
import { ARRAY, FALSE, TRUE } from './tags.ts';
import { UnsafePathError } from './unsafe-path.ts';
import { ByteWriter } from './writer.ts';

/** Encoded entries of references made here, so that `encode` need not check them again. */
const encodedEntries = new WeakMap<DirReference, Uint8Array>();

/**
 * A reference to the directory of these files, in any order. Its digest is that of the encoded
 * entries, sorted by path bytes. Throws `UnsafePathError` on a path that is absolute, empty, holds
 * `..` or a backslash, occurs twice, or differs from another by case or composition alone.
 */
export function dirReference(entries: Iterable<DirEntry>): DirReference {
  const sorted = [...entries].map(({ path, size, digest, executable }) => {
    const reason = unsafePath(path);
    if (reason !== undefined) throw new UnsafePathError(path, reason);
    if (!isDigest(digest) || digestSize(digest) !== size) {
      throw new UnsafePathError(path, 'its size is not that of its digest');
    }
    return Object.freeze({ path, size, digest, executable });
  });
  sorted.sort((left, right) => comparePaths(left.path, right.path));
  refuseCollisions(sorted);
  const bytes = entryBytes(sorted);
  const digest: Digest = digestOf('dir', bytes);
  const reference = markReference<DirReference>({
    kind: 'dir',
    digest,
    entries: Object.freeze(sorted),
  });
  encodedEntries.set(reference, bytes);
  return reference;
}

/** The encoded entries; `undefined` where the reference's digest is not that of its entries. */
export function dirEntryBytes(reference: DirReference): Uint8Array | undefined {
  const known = encodedEntries.get(reference);
  if (known !== undefined) return known;
  const checked = dirReference(reference.entries);
  return checked.digest === reference.digest ? encodedEntries.get(checked) : undefined;
}

/** Order of the UTF-8 bytes, which for text outside the surrogates is that of the code units. */
export function comparePaths(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}

/** Why the path cannot be unpacked anywhere; `undefined` if it can. */
export function unsafePath(path: unknown): string | undefined {
  if (typeof path !== 'string') return 'not a string';
  if (path === '') return 'empty';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'absolute';
  if (path.includes('\\')) return 'it holds a backslash';
  if (path.includes('\0')) return 'it holds a zero byte';
  if (!path.isWellFormed()) return 'not well-formed text';
  for (const segment of path.split('/')) {
    if (segment === '') return 'it holds an empty segment';
    if (segment === '.' || segment === '..') return `it holds the segment "${segment}"`;
  }
  return undefined;
}

/** On a file system that folds case, each file and each folder must have one spelling. */
function refuseCollisions(entries: readonly DirEntry[]): void {
  const spellings = new Map<string, string>();
  for (const { path } of entries) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end + 1);
      const folded = fold(folder.slice(0, -1));
      const spelling = spellings.get(folded);
      if (spelling === undefined) spellings.set(folded, folder);
      else if (spelling !== folder) throw collision(path, spelling);
    }
    const folded = fold(path);
    const spelling = spellings.get(folded);
    if (spelling !== undefined) throw collision(path, spelling);
    spellings.set(folded, path);
  }
}

function collision(path: string, other: string): UnsafePathError {
  if (path === other) return new UnsafePathError(path, 'it occurs twice');
  return new UnsafePathError(path, `it collides with ${JSON.stringify(other)}`);
}

function fold(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

function entryBytes(entries: readonly DirEntry[]): Uint8Array {
  const out = new ByteWriter();
  out.head(ARRAY, entries.length);
  for (const { path, digest, size, executable } of entries) {
    out.head(ARRAY, 4);
    out.text(path);
    out.hex(digestHex(digest));
    out.number(size);
    out.byte(executable ? TRUE : FALSE);
  }
  return out.take();
}
