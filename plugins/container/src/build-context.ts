import { chmod, copyFile, mkdir, symlink, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { copiedFiles, type CopiedFile, type CopyPlace } from '@skein/images';
import type { ImageRecipe, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { digestFile, digestHex } from '@skein/values';
import { changedCopy } from './build-failure.ts';

/** Of a file's name what no builder reads as a pattern. */
const PLAIN_NAME = /^\w[\w.+@-]*$/;
const FILE_MODE = 0o644;
const PROGRAM_MODE = 0o755;

export interface StagedCopies {
  readonly recipe: ImageRecipe;
  readonly place: CopyPlace;
  /** An empty folder: the context of the build. */
  readonly context: string;
}

/**
 * Lays out what a recipe copies, with the same modes and times whenever and wherever it is done.
 * Where each `copy` lies in the context, in their order.
 */
export async function stageCopies(order: StagedCopies): Promise<Result<readonly string[]>> {
  const { recipe, place, context } = order;
  const files = await copiedFiles(recipe, place);
  if (!files.ok) return files;
  const staged = recipe.copy.map((_, index) => join('files', String(index)));
  for (const file of files.value) {
    const top = staged[file.copy] ?? '';
    if (file.below === '' && file.kind === 'file') {
      // Copied into a folder that the image has, a file keeps its name.
      const name = basename(file.path);
      staged[file.copy] = join(top, PLAIN_NAME.test(name) ? name : 'file');
    }
    const to = join(context, staged[file.copy] ?? top, file.below);
    await mkdir(join(context, top), { recursive: true });
    if (!(await stage(file, to))) return fail(changedCopy(recipe, file.path));
  }
  return succeed(staged);
}

/** Whether it is what it was when the recipe got its digest. */
async function stage(file: CopiedFile, to: string): Promise<boolean> {
  if (file.kind === 'link') {
    await symlink(file.target, to);
    return true;
  }
  if (file.kind === 'folder') {
    await mkdir(to, { recursive: true, mode: PROGRAM_MODE });
    return true;
  }
  await copyFile(file.path, to);
  await chmod(to, file.executable ? PROGRAM_MODE : FILE_MODE);
  await utimes(to, 0, 0);
  return `sha256:${digestHex(await digestFile(to))}` === file.digest;
}
