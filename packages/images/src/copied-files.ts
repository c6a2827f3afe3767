import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import type { Failure, ImageRecipe, Result } from '@skein/model';
import { fail, FailureError, succeed, systemCode } from '@skein/model';
import { digestFile, digestFileSync, digestHex } from '@skein/values';
import { LOCK_NAME } from './lock-file.ts';

/** One thing that a recipe copies. Times, owners and other bits of the mode count for nobody. */
export type CopiedFile = CopiedPlace &
  (
    | { readonly kind: 'file'; readonly executable: boolean; readonly digest: string }
    /** Kept as a link; it leads to something that is copied along with it. */
    | { readonly kind: 'link'; readonly target: string }
    | { readonly kind: 'folder' }
  );

interface CopiedPlace {
  /** Where it lies, absolute. */
  readonly path: string;
  /** Which `copy` of the recipe names it: an index. */
  readonly copy: number;
  /** Below what is copied, with `/`; empty: that itself. */
  readonly below: string;
}

export interface CopyPlace {
  readonly root: string;
  readonly stateDir: string;
}

const EXECUTABLE = 0o111;
const SMALL_BYTES = 1 << 20;

/**
 * Everything that a recipe copies, in one order on every machine, a folder before what is in it.
 * Nothing is left out, `node_modules` and `.git` included, but the state directory and the lock:
 * both change by building.
 */
export async function copiedFiles(
  recipe: ImageRecipe,
  place: CopyPlace,
): Promise<Result<readonly CopiedFile[]>> {
  try {
    const root = await realpath(place.root);
    const lists: (readonly CopiedFile[])[] = [];
    for (const [copy, { from }] of recipe.copy.entries()) {
      const path = await pathOf(root, from);
      const hidden = new Set([resolve(place.stateDir), join(root, LOCK_NAME)]);
      if (place.stateDir.startsWith(place.root + sep)) {
        hidden.add(join(root, relative(place.root, place.stateDir)));
      }
      lists.push(await walk({ from, copy, top: path, hidden }, path));
    }
    return succeed(lists.flat());
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

interface Walk {
  readonly from: string;
  readonly copy: number;
  readonly top: string;
  readonly hidden: ReadonlySet<string>;
}

async function walk(walked: Walk, path: string): Promise<readonly CopiedFile[]> {
  const { from, copy, top } = walked;
  const below = relative(top, path).split(sep).join('/');
  const at = { path, copy, below };
  const stats = await orFail(from, path, lstat(path));
  if (stats.isSymbolicLink()) {
    return [{ ...at, kind: 'link', target: await targetOf(walked, path, below) }];
  }
  if (stats.isFile()) {
    // For small files the way through the thread pool costs more than reading them.
    const work =
      stats.size < SMALL_BYTES ? async () => digestFileSync(path) : () => digestFile(path);
    const digest = `sha256:${digestHex(await orFail(from, path, work()))}`;
    return [{ ...at, kind: 'file', executable: (stats.mode & EXECUTABLE) !== 0, digest }];
  }
  if (!stats.isDirectory()) throw missing(from, path, 'it is neither file, folder nor link');
  const read: Promise<Dirent[]> = readdir(path, { withFileTypes: true });
  const names = (await orFail(from, path, read)).map(({ name }) => name).toSorted(byCode);
  const lists: (readonly CopiedFile[])[] = [[{ ...at, kind: 'folder' }]];
  for (const name of names) {
    const inside = join(path, name);
    if (!walked.hidden.has(inside)) lists.push(await walk(walked, inside));
  }
  return lists.flat();
}

/** A link that leads elsewhere would be another file in the image, or none, and not count. */
async function targetOf(walked: Walk, path: string, below: string): Promise<string> {
  const target = await orFail(walked.from, path, readlink(path));
  const leadsTo = posix.normalize(posix.join(posix.dirname(below), target));
  const isInside = leadsTo !== '..' && !leadsTo.startsWith('../');
  if (below !== '' && !isAbsolute(target) && isInside) return target;
  throw missing(walked.from, path, `it is a link to "${target}", which is not copied with it`);
}

/** Where it lies, once it is sure that it lies in the workspace, links on the way included. */
async function pathOf(root: string, from: string): Promise<string> {
  const path = resolve(root, from);
  const isInside = (it: string): boolean => it === root || it.startsWith(root + sep);
  if (isAbsolute(from) || !isInside(path)) {
    throw missing(from, path, 'it lies outside the workspace');
  }
  if (path === root) return path;
  const folder = await orFail(from, path, realpath(dirname(path)));
  if (!isInside(folder)) throw missing(from, folder, 'a link leads out of the workspace');
  return path;
}

async function orFail<T>(from: string, path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw missing(from, path, code === 'ENOENT' ? 'it does not exist' : code);
  }
}

function missing(from: string, path: string, problem: string): FailureError {
  const failure: Failure = {
    code: 'image-missing',
    kind: 'usage',
    headline: 'what an image is to be made of cannot be copied',
    facts: [
      ['copy', JSON.stringify(from)],
      ['path', path],
      ['problem', problem],
    ],
    hint: 'name a file or folder of the workspace, relative to its root',
  };
  return new FailureError(failure);
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}
