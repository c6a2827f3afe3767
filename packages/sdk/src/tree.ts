import { readdir, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { FailureError } from '@skein/model';
import { isCode } from './loose-files.ts';

/** A file found in a directory tree. */
export interface TreeFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  /** Where its bytes are. */
  readonly source: string;
  readonly executable: boolean;
}

const ANY_EXECUTE = 0o111;

/** The files below `root`; links are followed as long as they stay inside (D4). */
export async function listTree(root: string): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  const top = await realpath(root);
  await listFolder({ root: top, folder: top, prefix: '', above: [top], files });
  return files;
}

interface Walk {
  readonly root: string;
  /** Real path of the folder. */
  readonly folder: string;
  readonly prefix: string;
  /** Real paths of the folders it was reached through. */
  readonly above: readonly string[];
  readonly files: TreeFile[];
}

async function listFolder(walk: Walk): Promise<void> {
  const names = await readdir(walk.folder);
  for (const name of names.toSorted()) {
    const path = `${walk.prefix}${name}`;
    const source = await resolveWithin(walk.root, join(walk.folder, name), path);
    const stats = await stat(source);
    if (stats.isDirectory()) {
      if (walk.above.includes(source)) throw refused(path, 'a link that leads round in circles');
      await listFolder({
        ...walk,
        folder: source,
        prefix: `${path}/`,
        above: [...walk.above, source],
      });
    } else {
      if (!stats.isFile()) throw refused(path, specialKind(stats));
      walk.files.push({ path, source, executable: (stats.mode & ANY_EXECUTE) !== 0 });
    }
  }
}

async function resolveWithin(root: string, path: string, shown: string): Promise<string> {
  let real: string;
  try {
    real = await realpath(path);
  } catch (error) {
    // What no text can name is not found by the text it is listed as.
    if (isCode(error, 'ENOENT') && shown.includes('\uFFFD')) {
      throw refused(shown, 'under a name that is not UTF-8');
    }
    if (isCode(error, 'ENOENT')) throw refused(shown, 'a link that leads nowhere');
    if (isCode(error, 'ELOOP')) throw refused(shown, 'a link that leads round in circles');
    throw error;
  }
  const inside = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
  if (!inside) throw refused(shown, 'a link that leads out of the directory');
  return real;
}

/** What an entry is that is neither a file nor a folder. */
export function specialKind(stats: Stats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isSymbolicLink()) return 'a link';
  if (stats.isFIFO()) return 'a pipe';
  return 'a device';
}

function refused(path: string, what: string): FailureError {
  return new FailureError({
    code: 'dir-entry-refused',
    kind: 'usage',
    headline: `a Dir holds files and folders only: '${path}' is ${what}`,
    facts: [
      ['path', path],
      ['is', what],
    ],
    hint: 'leave it out, or copy what it leads to into the directory',
  });
}
