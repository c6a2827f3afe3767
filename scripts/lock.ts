import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { report, type Finding } from './finding.ts';
import { root, workspacePackages, type Manifest } from './workspace.ts';

/** What is read of package-lock.json: each place in the tree by its path, the root by ''. */
export interface Lock {
  readonly packages: Readonly<Record<string, Manifest>>;
}

export interface LockInput {
  readonly lock: Lock;
  /** The workspace's own package.json files by folder, the root's by ''. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

const lists = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

/**
 * Whether `npm ci` is going to accept the lock file on every platform. npm itself only looks at the
 * platform it runs on when it writes one.
 */
export function checkLock({ lock, manifests }: LockInput): readonly Finding[] {
  const stale = [...manifests].flatMap(([folder, manifest]) =>
    lists
      .filter(
        (list) => !isDeepStrictEqual(manifest[list] ?? {}, lock.packages[folder]?.[list] ?? {}),
      )
      .map((list) => `does not have the ${list} of "${join(folder, 'package.json')}"`),
  );
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(lock, place, name))
      .map((name) => `has no "${name}", which "${place}" may need on another platform`),
  );
  const hint =
    'npm install --package-lock-only --ignore-scripts --before=<a date before it breaks>';
  return [...stale, ...missing].map((message) => ({
    path: 'package-lock.json',
    line: 1,
    message,
    hint,
  }));
}

/** Node's search: beside the package, then in every folder above it. */
function isLocked(lock: Lock, place: string, name: string): boolean {
  const at = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
  if (at in lock.packages) return true;
  if (place === '') return false;
  const above = place.lastIndexOf('/node_modules/');
  const folder = above === -1 ? '' : place.slice(0, above);
  return isLocked(lock, folder, name);
}

/** Whether a folder is one of the root's `workspaces`, which are paths and `folder/*`. */
function isWorkspace({ workspaces = [] }: Manifest, folder: string): boolean {
  return workspaces.includes(folder) || workspaces.includes(`${dirname(folder)}/*`);
}

if (import.meta.main) {
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const top: Manifest = read('package.json');
  const own = workspacePackages()
    .filter(({ folder }) => isWorkspace(top, folder))
    .map(({ folder, manifest }) => [folder, manifest] as const);
  const manifests = new Map<string, Manifest>([['', top], ...own]);
  report(checkLock({ lock: read('package-lock.json'), manifests }), 'faults of the lock file');
}
