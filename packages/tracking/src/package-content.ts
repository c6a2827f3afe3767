import type { Dirent } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { native } from './native-fs.ts';
import { stampedDigest } from './stamped-digest.ts';
import type { Stamps, StampedDigest } from './stamped-digest.ts';

/** An installed package by its files (C6). */
interface PackageContent {
  readonly name: string;
  readonly version: string;
  /** Over paths and contents. */
  readonly files: Digest;
  /** By absolute path. */
  readonly byPath: ReadonlyMap<string, StampedDigest>;
}

/** Of package.json what tells whom a package depends on. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
}

/** Packages inside, and what version control or Skein keeps, are no content of a package. */
const SKIPPED = new Set(['node_modules', '.git', '.skein']);

/**
 * Installed packages as they are on disk. Each is read once, until it is forgotten; folders are
 * absolute.
 */
export class PackageContents {
  readonly #stamps: Stamps;
  readonly #contents = new Map<string, PackageContent>();
  readonly #manifests = new Map<string, Manifest>();
  readonly #found = new Map<string, readonly string[]>();

  constructor(stamps: Stamps) {
    this.#stamps = stamps;
  }

  /** C6: name, version and files of a package and of all it depends on, as resolved on disk. */
  digestOf(folder: string): Digest {
    const lines = this.#closure(folder).map((it) => {
      const { name, version, files } = this.#content(it);
      return `${name} ${version} ${files}`;
    });
    return digestOf('package', [...new Set(lines)].sort().join('\n'));
  }

  /**
   * What Node's look-up of a bare specifier comes to, the nearest first, up to the first that is a
   * package: what it finds follows from these, whether it is required or imported.
   */
  candidates(from: string, specifier: string): readonly string[] {
    const key = `${from}\n${specifier}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      found = search(from, specifier);
      // What was absent may come; what is loaded stays.
      if (found.length > 0) this.#found.set(key, found);
    }
    return found;
  }

  /**
   * Whether a package's digest covers what its code found under a specifier that names no file;
   * `undefined`: it found nothing.
   */
  covers(folder: string, specifier: string, found: string | undefined): boolean {
    const { dependencies } = this.#manifest(folder);
    if (found === undefined) return dependencies.includes(bareName(specifier));
    const near = (name: string): readonly string[] => this.candidates(folder, name);
    return dependencies.some((name) => near(name).some((it) => isInside(found, realPath(it))));
  }

  /** The content that was read of a file which belongs to a package that is known. */
  knownFile(folder: string, path: string): StampedDigest | undefined {
    return this.#contents.get(folder)?.byPath.get(path);
  }

  /** Everything is looked at anew. */
  forget(): void {
    this.#contents.clear();
    this.#manifests.clear();
    this.#found.clear();
  }

  #closure(folder: string): readonly string[] {
    const found = new Set([realPath(folder)]);
    for (const it of found) {
      for (const name of this.#manifest(it).dependencies) {
        for (const dependency of this.candidates(it, name)) found.add(realPath(dependency));
      }
    }
    return [...found];
  }

  #content(folder: string): PackageContent {
    let content = this.#contents.get(folder);
    if (content === undefined) {
      const byPath = new Map<string, StampedDigest>();
      const lines: string[] = [];
      readInto({ folder, stamps: this.#stamps, byPath, lines }, '');
      const { name, version } = this.#manifest(folder);
      const files = digestOf('package', lines.sort().join('\n'));
      this.#contents.set(folder, (content = { name, version, files, byPath }));
    }
    return content;
  }

  #manifest(folder: string): Manifest {
    let manifest = this.#manifests.get(folder);
    if (manifest === undefined) this.#manifests.set(folder, (manifest = readManifest(folder)));
    return manifest;
  }
}

/** Whether a path lies in a package's folder, and not in that of another one inside. */
export function isInside(path: string, folder: string): boolean {
  if (!path.startsWith(folder)) return false;
  const rest = path.slice(folder.length);
  return rest === '' || (rest.startsWith(sep) && !rest.includes(`${sep}node_modules${sep}`));
}

/** The name of the package that a bare specifier begins with. */
function bareName(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

/** The path without links, or the path itself where there is nothing. */
export function realPath(path: string): string {
  try {
    return native.realpathSync(path);
  } catch {
    return path;
  }
}

/** What Node's older look-up takes for a module that is a single file. */
const SINGLE_FILES = ['', '.js', '.json', '.node'];

function search(from: string, specifier: string): readonly string[] {
  const name = bareName(specifier);
  const found: string[] = [];
  for (let at = from; ; at = dirname(at)) {
    if (basename(at) !== 'node_modules') {
      const folder = join(at, 'node_modules', name);
      if (typeAt(folder) === 'folder') {
        found.push(folder);
        if (typeAt(join(folder, 'package.json')) === 'file') return found;
      }
      for (const end of SINGLE_FILES) if (typeAt(folder + end) === 'file') found.push(folder + end);
    }
    if (dirname(at) === at) return found;
  }
}

function typeAt(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = native.statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true) return 'file';
    return stats?.isDirectory() === true ? 'folder' : undefined;
  } catch {
    return undefined;
  }
}

interface Reading {
  readonly folder: string;
  readonly stamps: Stamps;
  readonly byPath: Map<string, StampedDigest>;
  readonly lines: string[];
}

/** One line for each file and link. A folder that is a single file is that file. */
function readInto(reading: Reading, path: string): void {
  const { folder, stamps, byPath, lines } = reading;
  const whole = path === '' ? folder : join(folder, path);
  if (typeAt(whole) === 'file') {
    const content = stampedDigest(whole, stamps);
    if (content === undefined) return;
    byPath.set(whole, content);
    lines.push(`${path}\0${content.digest}`);
    return;
  }
  for (const entry of entriesOf(whole)) {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isSymbolicLink()) lines.push(`${inner}\0->${linkText(join(folder, inner))}`);
    else if (entry.isDirectory() ? !SKIPPED.has(entry.name) : entry.isFile()) {
      readInto(reading, inner);
    }
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return native.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function linkText(path: string): string {
  try {
    return native.readlinkSync(path);
  } catch {
    return '';
  }
}

function readManifest(folder: string): Manifest {
  const { name, version, ...lists } = parseJson(join(folder, 'package.json'));
  const { dependencies, optionalDependencies, peerDependencies } = lists;
  const names = [dependencies, optionalDependencies, peerDependencies].flatMap((it) =>
    typeof it === 'object' && it !== null ? Object.keys(it) : [],
  );
  return {
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'string' ? version : '',
    dependencies: [...new Set(names)].sort(),
  };
}

/** The object in a JSON file; an empty one where there is none. */
export function parseJson(path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(readText(path));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** A file's text, or its beginning. Throws the error of `node:fs`. */
export function readText(path: string, maxBytes = Number.POSITIVE_INFINITY): string {
  const descriptor = native.openSync(path, 'r');
  try {
    const size = Math.min(native.fstatSync(descriptor).size, maxBytes);
    const bytes = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const count = native.readSync(descriptor, bytes, filled, size - filled, filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.toString('utf8', 0, filled);
  } finally {
    native.closeSync(descriptor);
  }
}
