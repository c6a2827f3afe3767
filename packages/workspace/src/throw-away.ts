import { constants, existsSync } from 'node:fs';
import { copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup } from 'node:sqlite';
import type { Failure, Result } from '@skein/model';
import { fail, storageFailure, succeed } from '@skein/model';
import { databasePath } from '@skein/journal';
import { openFiles } from './files.ts';
import type { Opened } from './opened.ts';
import { openState } from './state.ts';

/** What a run needs of a state besides its database: content by digest, and what was built. */
const LINKED = ['blobs', 'files', 'bundles'];
const COPIED = ['analysis'];
/** Made again of what is linked. */
const DERIVED: ReadonlySet<string> = new Set(['named', 'dirs', 'tmp']);

export interface ThrowAway {
  /** The same workspace with a copy of its state: what a run leaves there nobody sees. */
  readonly opened: Opened;
  readonly remove: () => Promise<void>;
}

/**
 * Copies the state of a workspace below its own folder for temporary things, content as links.
 * Fails with `disk-full` or `state-unwritable`.
 */
export async function throwAway(opened: Opened): Promise<Result<ThrowAway>> {
  const { path, db } = opened.state;
  let folder: string | undefined;
  const clear = async (): Promise<void> => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await mkdir(join(path, 'tmp'), { recursive: true });
    folder = await mkdtemp(join(path, 'tmp', 'copy-'));
    for (const name of LINKED) await copyTree(join(path, name), join(folder, name), linkOrCopy);
    for (const name of COPIED) await copyTree(join(path, name), join(folder, name), copy);
    const target = databasePath(folder);
    await mkdir(dirname(target), { recursive: true });
    await backup(db, target);
    const { clock, randomness, warn } = opened;
    const state = openState(folder, { clock, randomness, warn });
    if (!state.ok) {
      await clear();
      return state;
    }
    const { value } = state;
    return succeed({
      opened: { ...opened, state: value, files: openFiles(value), copiedFrom: path },
      remove: async () => {
        value.close();
        await clear();
      },
    });
  } catch (error) {
    await clear();
    const failure = storageFailure(error, path);
    if (failure === undefined) throw error;
    return fail<ThrowAway>(failure satisfies Failure);
  }
}

type Place = (from: string, to: string) => Promise<void>;

async function copyTree(from: string, to: string, place: Place): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (DERIVED.has(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target, place);
    else await place(source, target);
  }
}

/** Content is never written into, but renamed into its place: a link is as good as a copy. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch {
    await copy(from, to);
  }
}

/** What another process removed meanwhile is missing here too (D6). */
async function copy(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (existsSync(from)) throw error;
  }
}
