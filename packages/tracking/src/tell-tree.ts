import { dirname, join, resolve, sep } from 'node:path';
import type { Access } from './access.ts';
import { plainText } from './encoding.ts';
import { lookInto, visibleEntries } from './listing.ts';
import type { AnyDirent } from './listing.ts';
import { native } from './native-fs.ts';
import type { ObservedPath } from './observed-path.ts';
import { lookAt } from './stats.ts';

/** One entry of what a recursive listing gives: a path below the folder, or a `Dirent`. */
type TreeEntry = string | Buffer | AnyDirent;

interface TreeListing {
  readonly result: unknown;
  readonly options: unknown;
}

/**
 * A recursive listing shows the names of many folders, and not always their types: each folder is
 * listed again, and has to hold what was handed over. Gives what the author may see of it.
 */
export function tellTree(
  access: Access,
  base: ObservedPath,
  { result, options }: TreeListing,
): readonly TreeEntry[] {
  const { state } = access.around.paths;
  const all = result as readonly TreeEntry[];
  const paths = all.map((entry) => wholePath(base.absolute, entry, options));
  const isVisible = (path: string): boolean => path !== state && !path.startsWith(state + sep);
  const handed = new Map<string, Set<string>>([[base.absolute, new Set()]]);
  for (const path of paths.filter(isVisible)) {
    const folder = dirname(path);
    const inFolder = handed.get(folder) ?? new Set();
    handed.set(folder, inFolder.add(path));
  }
  for (const path of paths.filter(isVisible)) if (!handed.has(path)) tellEmpty(access, path);
  for (const [folder, inFolder] of handed) {
    const path = access.path(folder);
    if (path !== undefined) tellAgain(access, path, inFolder);
  }
  return all.filter((_, index) => isVisible(paths[index] ?? ''));
}

/** Nothing was handed over from below: it is no folder, an empty one, or a link. */
function tellEmpty(access: Access, path: string): void {
  const stats = native.lstatSync(path, { throwIfNoEntry: false });
  const found = access.path(path);
  if (stats === undefined || found === undefined) return;
  if (stats.isDirectory()) tellAgain(access, found, new Set());
  // Whether links are followed depends on the release of Node.
  else if (stats.isSymbolicLink()) {
    const { paths } = access.around;
    access.stat(found, 'exists', lookAt(path, 'exists', paths));
    access.listing(found, lookInto(path, paths.state));
  }
}

function tellAgain(access: Access, path: ObservedPath, handed: ReadonlySet<string>): void {
  const folder = path.absolute;
  const { state } = access.around.paths;
  const names = namesIn(folder, state);
  const isSame = names.length === handed.size && names.every((name) => handed.has(name));
  if (isSame) access.listing(path, lookInto(folder, state));
  else access.unknowable(path, 'changed while it was listed');
}

function namesIn(folder: string, state: string): readonly string[] {
  try {
    const entries = native.readdirSync(folder, { withFileTypes: true });
    return visibleEntries(entries, { folder, state }).map(({ name }) => join(folder, name));
  } catch {
    // It is gone, or may not be listed: then nothing was handed over from it.
    return [];
  }
}

function wholePath(base: string, entry: TreeEntry, options: unknown): string {
  if (typeof entry === 'object' && 'parentPath' in entry) {
    return join(resolve(entry.parentPath), plainText(entry.name, options));
  }
  return join(base, plainText(entry, options));
}
