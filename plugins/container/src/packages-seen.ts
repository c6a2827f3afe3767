import { existsSync, readdirSync, realpathSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { coversPath, outermost } from './nested-paths.ts';

const MODULES = 'node_modules';

/**
 * The folders outside the workspace that a worker loads code from: the package of its entry, each
 * `node_modules` that Node looks through from there and from the workspace, and the packages that
 * are linked into those.
 */
export function foldersOfPackages(entry: string, root: string): readonly string[] {
  const found = new Set<string>();
  const pending: string[] = [packageOf(entry), ...modulesAbove(entry), ...modulesAbove(root)];
  const looked = new Set<string>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const folder = realpathSync(next);
    // It is found at both paths: that of the link is the one that Node looks at.
    if (!coversPath(root, next)) found.add(next);
    if (!coversPath(root, folder)) found.add(folder);
    if (looked.has(folder)) continue;
    looked.add(folder);
    if (basename(next) !== MODULES) continue;
    for (const linked of linkedFrom(folder)) {
      if (looked.has(linked) || coversPath(folder, linked)) continue;
      pending.push(linked, ...modulesAbove(linked));
    }
  }
  return outermost([...found]);
}

/** The folder of the package.json nearest to a module. */
function packageOf(entry: string): string {
  const above = foldersAbove(dirname(realpathSync(entry)));
  return above.find((folder) => existsSync(join(folder, 'package.json'))) ?? dirname(entry);
}

function modulesAbove(path: string): readonly string[] {
  return foldersAbove(path)
    .map((folder) => join(folder, MODULES))
    .filter((folder) => existsSync(folder));
}

function foldersAbove(path: string): readonly string[] {
  const folders = [path];
  for (let at = path; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

/** Where the links lead that lie in a `node_modules` and its scopes. */
function linkedFrom(folder: string): readonly string[] {
  const linked: string[] = [];
  for (const entry of list(folder)) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) linked.push(...followed(path));
    else if (entry.isDirectory() && entry.name.startsWith('@')) linked.push(...linkedFrom(path));
  }
  return linked;
}

function followed(link: string): readonly string[] {
  try {
    return [realpathSync(link)];
  } catch {
    // It leads nowhere.
    return [];
  }
}

function list(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
