import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Keeper } from './keep.ts';
import { areUntouched, readPackageFiles } from './package-files.ts';
import type { PackageEntry } from './package-files.ts';
import { toAbsolute, toRelative } from './workspace-path.ts';

/** An installed package with its dependency closure (C6). */
export interface InstalledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Covers name, version and files of the package and of all it depends on. */
  readonly digest: Digest;
}

/** One package of a closure; several of one name differ in their versions or files. */
export interface PackageMember {
  readonly name: string;
  readonly version: string;
  /** Covers the package's own files. */
  readonly files: Digest;
}

/** What is kept of one package folder: valid while its files are untouched. */
interface KeptPackage {
  readonly name: string;
  readonly version: string;
  readonly files: Digest;
  readonly dependencies: readonly string[];
  readonly entries: readonly PackageEntry[];
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly dependencies?: unknown;
  readonly optionalDependencies?: unknown;
  readonly peerDependencies?: unknown;
}

/** Reads packages once per analysis; what it knows from earlier ones is kept by folder. */
export class Packages {
  readonly #root: string;
  readonly #keeper: Keeper;
  readonly #now: () => number;
  readonly #read = new Map<string, KeptPackage>();
  readonly #linked = new Map<string, string | undefined>();

  constructor(root: string, keeper: Keeper, now: () => number) {
    this.#root = root;
    this.#keeper = keeper;
    this.#now = now;
  }

  /** The package that a file belongs to; both relative to the root. */
  folderOf(file: string): string {
    const inModules = /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(file);
    if (inModules?.[1] !== undefined) return inModules[1];
    let folder = dirname(toAbsolute(this.#root, file));
    while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) {
      folder = dirname(folder);
    }
    return toRelative(this.#root, folder);
  }

  /** The package in a folder, with the digest over its closure as resolved on disk. */
  installed(folder: string): InstalledPackage {
    const own = this.#package(folder);
    const lines = this.members(folder).map((it) => `${it.name} ${it.version} ${it.files}`);
    const digest = digestOf('package', [...new Set(lines)].sort().join('\n'));
    return { folder, name: own.name, version: own.version, digest };
  }

  /** What the digest of `installed` covers: the package itself, then what it depends on. */
  members(folder: string): readonly PackageMember[] {
    return this.closure(folder).map((it) => {
      const { name, version, files } = this.#package(it);
      return { name, version, files };
    });
  }

  /** The digest of `installed`, or `undefined` where the package is gone. */
  digestOf(folder: string): Digest | undefined {
    return existsSync(toAbsolute(this.#root, folder)) ? this.installed(folder).digest : undefined;
  }

  /** Folders of a package and of everything it depends on, by Node's look-up. */
  closure(folder: string): readonly string[] {
    const found = new Set([folder]);
    for (const it of found) {
      for (const name of this.#package(it).dependencies) {
        const dependency = this.#find(it, name);
        if (dependency !== undefined) found.add(dependency);
      }
    }
    return [...found];
  }

  #package(folder: string): KeptPackage {
    const known = this.#read.get(folder);
    if (known !== undefined) return known;
    const absolute = toAbsolute(this.#root, folder);
    const key = `packages/${digestOf('package', folder).slice(0, 32)}.json`;
    let kept = this.#keeper.load(key) as KeptPackage | undefined;
    if (kept === undefined || !areUntouched(absolute, kept.entries)) {
      kept = this.#readPackage(absolute, kept?.entries ?? []);
      this.#keeper.save(key, kept);
    }
    this.#read.set(folder, kept);
    return kept;
  }

  #readPackage(folder: string, known: readonly PackageEntry[]): KeptPackage {
    const { digest, entries } = readPackageFiles(folder, known, this.#now);
    const manifest = readManifest(folder);
    const { dependencies, optionalDependencies, peerDependencies } = manifest;
    const names = new Set(
      [dependencies, optionalDependencies, peerDependencies].flatMap((it) =>
        typeof it === 'object' && it !== null ? Object.keys(it) : [],
      ),
    );
    // A package may use what it does not declare: whatever is found counts (C6).
    for (const { asks } of entries) for (const it of asks?.split(' ') ?? []) names.add(it);
    names.delete(typeof manifest.name === 'string' ? manifest.name : '');
    return {
      name: typeof manifest.name === 'string' ? manifest.name : '',
      version: typeof manifest.version === 'string' ? manifest.version : '',
      files: digest,
      dependencies: [...names].sort(),
      entries,
    };
  }

  /** The folder that Node would take for a dependency, with links resolved. */
  #find(folder: string, name: string): string | undefined {
    const key = `${folder}\n${name}`;
    if (this.#linked.has(key)) return this.#linked.get(key);
    let found: string | undefined;
    let at = realpathSync(toAbsolute(this.#root, folder));
    for (;;) {
      const candidate = join(at, 'node_modules', name);
      if (!at.endsWith('node_modules') && existsSync(candidate)) {
        found = toRelative(this.#root, realpathSync(candidate));
        break;
      }
      if (dirname(at) === at) break;
      at = dirname(at);
    }
    this.#linked.set(key, found);
    return found;
  }
}

export function readManifest(folder: string): Manifest {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
