import { digestHex, digestOf, digestSize, isDigest } from './digest.ts';
import type { Digest } from './digest.ts';
import { markReference } from './reference.ts';
import type { DirEntry, DirReference } from './reference.ts';
import { ARRAY, FALSE, TRUE } from './tags.ts';
import { UnsafePathError } from './unsafe-path.ts';
import { ByteWriter } from './writer.ts';

/** What a name may have on Linux and macOS, and a path with the zero byte at its end. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4_095;

/** Encoded entries of references made here, so that `encode` need not check them again. */
const encodedEntries = new WeakMap<DirReference, Uint8Array>();

/**
 * A reference to the directory of these files, in any order. Its digest is that of the encoded
 * entries, sorted by path bytes. Throws `UnsafePathError` on a path that is absolute, empty, holds
 * `..` or a backslash, is too long, occurs twice, is a file and a folder at once, or differs from
 * another by case or composition alone.
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
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `longer than ${MAX_PATH_BYTES} bytes`;
  for (const segment of path.split('/')) {
    if (segment === '') return 'it holds an empty segment';
    if (segment === '.' || segment === '..') return `it holds the segment "${segment}"`;
    if (Buffer.byteLength(segment) > MAX_NAME_BYTES) {
      return `it holds a name longer than ${MAX_NAME_BYTES} bytes`;
    }
  }
  return undefined;
}

/** A file or folder that entries before said there is. */
interface Node {
  readonly name: string;
  /** An entry that says so, and how much of its path leads here. */
  readonly path: string;
  readonly end: number;
  /** By folded name; absent: a file. */
  readonly children?: Map<string, Node>;
}

/**
 * On a file system that folds case, each file and folder must have one spelling. Paths may come
 * from anyone, so the work is in proportion to their length, however many folders they name.
 */
function refuseCollisions(entries: readonly DirEntry[]): void {
  const top = new Map<string, Node>();
  for (const { path } of entries) {
    let folder = top;
    for (let at = 0; at <= path.length;) {
      const slash = path.indexOf('/', at);
      const end = slash < 0 ? path.length : slash;
      const name = path.slice(at, end);
      const folded = fold(name);
      const known = folder.get(folded);
      const isFile = slash < 0;
      if (known !== undefined && (isFile || known.name !== name || known.children === undefined)) {
        throw collision(path, spelling(known));
      }
      const node: Node = known ?? { name, path, end, ...(isFile ? {} : { children: new Map() }) };
      if (known === undefined) folder.set(folded, node);
      folder = node.children ?? folder;
      at = end + 1;
    }
  }
}

function spelling({ path, end, children }: Node): string {
  return path.slice(0, end) + (children === undefined ? '' : '/');
}

function collision(path: string, other: string): UnsafePathError {
  if (path === other) return new UnsafePathError(path, 'it occurs twice');
  return new UnsafePathError(path, `it collides with ${JSON.stringify(other)}`);
}

function fold(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
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
