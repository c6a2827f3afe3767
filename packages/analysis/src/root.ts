import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
];

/**
 * The workspace root of an entry: the nearest folder upwards with `nx.json`, `workspaces` in its
 * package.json, or a lock file; else that of the nearest package.json; else the entry's own.
 */
export function findWorkspaceRoot(entry: string): string {
  const start = realFolder(entry);
  for (const folder of upwards(start)) if (isRoot(folder)) return folder;
  return findPackageFolder(entry) ?? start;
}

/** The nearest folder upwards with a package.json: a worker's working directory (O6). */
export function findPackageFolder(entry: string): string | undefined {
  for (const folder of upwards(realFolder(entry))) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

function realFolder(entry: string): string {
  try {
    return dirname(realpathSync(entry));
  } catch {
    return dirname(entry);
  }
}

function isRoot(folder: string): boolean {
  if (existsSync(join(folder, 'nx.json')) || existsSync(join(folder, 'pnpm-workspace.yaml'))) {
    return true;
  }
  if (LOCK_FILES.some((it) => existsSync(join(folder, it)))) return true;
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'workspaces' in manifest;
  } catch {
    return false;
  }
}

function* upwards(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}
