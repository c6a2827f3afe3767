import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type PackageChange = {
  readonly kind: 'package';
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
};

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Packages by the folder they are installed in, as npm's lock file lists them. */
export type Lock = ReadonlyMap<string, Locked>;

/** `undefined`: there is no lock file of npm that can be read. */
export function readLock(root: string): Lock | undefined {
  try {
    const parsed = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      readonly packages?: Readonly<Record<string, Locked>>;
    };
    return new Map(Object.entries(parsed.packages ?? {}));
  } catch {
    return undefined;
  }
}

/**
 * Versions that differ between two lock files. What is installed is the same for both states of
 * the tree, so that only the lock files tell what was installed with the other one.
 */
export class LockChanges {
  readonly #before: Lock;
  readonly #now: Lock;

  constructor(before: Lock, now: Lock) {
    this.#before = before;
    this.#now = now;
  }

  /** All that differ, by folder. */
  all(): readonly PackageChange[] {
    const folders = new Set([...this.#before.keys(), ...this.#now.keys()]);
    return once([...folders].sort().flatMap((it) => this.#changeAt(it)));
  }

  /** Those that count where a package of this name and version is used: its own, and beneath it. */
  of(name: string, version: string): readonly PackageChange[] {
    const named = [...this.#now.keys()].filter((it) => nameOf(it) === name);
    const same = named.filter((it) => this.#now.get(it)?.version === version);
    const reached = new Set(same.length > 0 ? same : named);
    for (const folder of reached) {
      for (const it of dependenciesOf(this.#now.get(folder))) {
        const found = this.#find(folder, it);
        if (found !== undefined) reached.add(found);
      }
    }
    return once([...reached].flatMap((it) => this.#changeAt(it)));
  }

  #changeAt(folder: string): PackageChange[] {
    const name = nameOf(folder);
    const [before, after] = [this.#before.get(folder), this.#now.get(folder)];
    if (name === undefined || before?.link === true || after?.link === true) return [];
    if (before?.version === after?.version) return [];
    return [
      {
        kind: 'package',
        name,
        ...(before?.version === undefined ? {} : { before: before.version }),
        ...(after?.version === undefined ? {} : { after: after.version }),
      },
    ];
  }

  /** Where a dependency is installed that a package in a folder asks for, by Node's look-up. */
  #find(folder: string, name: string): string | undefined {
    for (let at = folder; ;) {
      const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
      if (this.#now.has(candidate)) return candidate;
      if (at === '') return undefined;
      const outer = at.lastIndexOf('/node_modules/');
      at = outer < 0 ? '' : at.slice(0, outer);
    }
  }
}

/** The name of what is installed in a folder; `undefined` for packages of the workspace. */
function nameOf(folder: string): string | undefined {
  const at = folder.lastIndexOf('node_modules/');
  return at < 0 ? undefined : folder.slice(at + 'node_modules/'.length);
}

function dependenciesOf(locked: Locked | undefined): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = locked ?? {};
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

function once(changes: readonly PackageChange[]): readonly PackageChange[] {
  return [...new Map(changes.map((it) => [JSON.stringify(it), it])).values()];
}
