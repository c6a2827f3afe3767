import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Access } from './access.ts';
import type { Watch } from './forms.ts';
import { textOf } from './observed-path.ts';
import { lookAt } from './stats.ts';

/**
 * `findPackageJSON`: where it stops depends on each folder on its way up, and on what a package's
 * name leads to from there.
 */
export const watchFindPackage: Watch = (access, [wanted, base]) => ({
  steps: 'whole',
  done: (found) => {
    const start = startOf(wanted, base);
    if (start !== undefined) tellWay(access, start, found);
    return found;
  },
});

function tellWay(access: Access, start: string, found: unknown): void {
  const { paths } = access.around;
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    const path = access.path(manifest);
    if (path !== undefined) access.stat(path, 'exists', lookAt(manifest, 'exists', paths));
    if (manifest === found || folder === dirname(folder)) return;
  }
}

/** Names of packages are looked up by Node's loader, which is observed. */
function startOf(wanted: unknown, base: unknown): string | undefined {
  const text = String(wanted);
  const from = base === undefined ? process.cwd() : dirname(plainPath(base) ?? process.cwd());
  if (text.startsWith('file:')) return dirname(plainPath(text) ?? from);
  return /^\.{0,2}(?:\/|$)/.test(text) ? resolve(from, text) : undefined;
}

function plainPath(place: unknown): string | undefined {
  if (typeof place === 'string' && place.startsWith('file:')) return fileURLToPath(place);
  return textOf(place);
}
