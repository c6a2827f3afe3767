import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { installClosure } from './install.ts';
import { endProcessesIn } from './processes.ts';

/** The checkout that these tests are part of. */
export const repository = join(import.meta.dirname, '..', '..');

export interface SandboxRequest {
  /** Folders of the repository, copied to the same relative place. */
  readonly folders: readonly string[];
}

/** A workspace of its own in a temporary folder, laid out like the repository. */
export interface Sandbox {
  /** What to remove in the end; `root` and `home` lie in it. */
  readonly folder: string;
  /** The root of the workspace. */
  readonly root: string;
  /** The home directory that commands are told. */
  readonly home: string;
  /** Removes everything, and fails if a process that was started here is left. */
  close(): Promise<void>;
}

/** Copies the folders and what their packages need into an empty workspace. */
export async function openSandbox({ folders }: SandboxRequest): Promise<Sandbox> {
  const sandbox = await emptySandbox('skein-e2e-', 'workspace');
  try {
    await fill(sandbox.root, folders);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  return sandbox;
}

/** The same workspace in another directory, with the state that lies in it. */
export async function copySandbox(sandbox: Sandbox): Promise<Sandbox> {
  const copy = await emptySandbox('skein-e2e-copy-', join('deeper', 'elsewhere'));
  await cp(sandbox.root, copy.root, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Replaces text in a file, does the work, and puts the file back. */
export async function whileEdited<T>(
  file: string,
  edit: (text: string) => string,
  work: () => Promise<T>,
): Promise<T> {
  const before = await readFile(file, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${basename(file)} changes nothing`);
  await writeFile(file, after);
  try {
    return await work();
  } finally {
    await writeFile(file, before);
  }
}

async function emptySandbox(prefix: string, root: string): Promise<Sandbox> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  const places = { folder, root: join(folder, root), home: join(folder, 'home') };
  for (const place of [places.root, places.home]) await mkdir(place, { recursive: true });
  const close = async (): Promise<void> => {
    const left = await endProcessesIn(folder);
    await rm(folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`these processes were left: ${left.join('; ')}`);
  };
  return { ...places, close };
}

async function fill(root: string, folders: readonly string[]): Promise<void> {
  for (const name of folders) {
    await cp(join(repository, name), join(root, name), { recursive: true, filter: isSource });
  }
  for (const name of ['tsconfig.json', 'tsconfig.base.json']) {
    await cp(join(repository, name), join(root, name));
  }
  const manifest = { name: 'sandbox', private: true, type: 'module', workspaces: ['fixtures/*'] };
  await writeFile(join(root, 'package.json'), JSON.stringify(manifest));
  const modules = join(root, 'node_modules');
  await mkdir(modules);
  await installClosure({ from: repository, folders, into: modules });
  await symlink(join(repository, 'packages', 'skein'), join(modules, 'skein'));
}

/** What is copied of a folder of the repository. */
export function isSource(path: string): boolean {
  return !['node_modules', 'dist', '.skein'].includes(basename(path));
}
