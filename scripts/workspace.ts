import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = dirname(import.meta.dirname);

/** What the scripts read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package of this workspace; `folder` is relative to the workspace root, with `/`. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Folders that hold packages; of `fixtures` only some are npm workspaces. */
const homes = ['packages', 'plugins', 'fixtures'];

/** Every package of the workspace, by folder. */
export function workspacePackages(at: string = root): readonly WorkspacePackage[] {
  return homes.flatMap((home) =>
    foldersOf(join(at, home)).flatMap((name) => {
      const file = join(at, home, name, 'package.json');
      if (!existsSync(file)) return [];
      return [{ folder: `${home}/${name}`, manifest: readManifest(file) }];
    }),
  );
}

/**
 * The source file behind an export of a package (`.` or `./sub`), relative to its folder.
 * Undefined where the package does not export it.
 */
export function exportedSource(manifest: Manifest, subpath: string): string | undefined {
  const target = manifest.exports?.[subpath];
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  const source = Object.entries(target).find(([condition]) => condition === '@skein/source')?.[1];
  return typeof source === 'string' ? source : undefined;
}

/** `@skein/store/x` is the package `@skein/store` and the subpath `./x`. */
export function splitSpecifier(specifier: string): { name: string; subpath: string } {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  const rest = parts.slice(length).join('/');
  return { name: parts.slice(0, length).join('/'), subpath: rest === '' ? '.' : `./${rest}` };
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function foldersOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}
