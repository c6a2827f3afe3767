import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface ClosureRequest {
  /** An installed workspace. */
  readonly from: string;
  /** Its folders whose packages are wanted. */
  readonly folders: readonly string[];
  /** The `node_modules` to fill. */
  readonly into: string;
}

/**
 * Copies the installed packages that the folders depend on, and those that these depend on. Copies
 * and no links, because a workspace's packages lie below its root. `skein` is left out.
 */
export async function installClosure({ from, folders, into }: ClosureRequest): Promise<void> {
  const modules = join(from, 'node_modules');
  const waiting = (await Promise.all(folders.map((name) => needs(join(from, name))))).flat();
  const known = new Set(['skein']);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (known.has(name)) continue;
    known.add(name);
    const place = join(modules, name);
    // What is not at the top is inside the package that needs it, and is copied with it.
    if (!existsSync(place)) continue;
    await cp(place, join(into, name), { recursive: true });
    waiting.push(...(await needs(place)));
  }
}

/** Names of the dependencies of the package at, or around, a folder. */
async function needs(folder: string): Promise<readonly string[]> {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return folder === dirname(folder) ? [] : await needs(dirname(folder));
  const { dependencies = {} } = JSON.parse(await readFile(manifest, 'utf8')) as Manifest;
  return Object.keys(dependencies);
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}
