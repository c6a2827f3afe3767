import { constants, copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { chmod, mkdtemp } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { FailureError } from '@skein/model';
import { digestFile, digestHex } from '@skein/values';
import type { Digest, DirEntry, DirReference, FileReference } from '@skein/values';
import type { FileHost } from './host.ts';
import { checkLaidOut, refusedEntry } from './laid-out-dir.ts';
import { isCode, LooseFiles } from './loose-files.ts';

/** Keeps the bytes of `File` and `Dir` below one folder, shared by processes. */
export interface FileStore extends FileHost {
  /** Whether the content is here, whole and undamaged. Fetches nothing. */
  has(digest: Digest): Promise<boolean>;
  /** The verified read-only file with this content; `undefined` where it is not here. */
  locate(digest: Digest): Promise<string | undefined>;
}

export interface FileStoreOptions {
  /** Puts missing content in, from wherever it is; false where it is nowhere. */
  readonly fetch?: (digest: Digest) => Promise<boolean>;
}

const READ_ONLY = 0o444;
const READ_ONLY_PROGRAM = 0o555;
const MAX_NAME_BYTES = 255;
/** Why a hard link cannot be made where a copy can. */
const NO_LINK = ['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EACCES'];

/**
 * A content-addressed store of loose files in `folder`, made on first use. Files under a name are
 * hard links below `named`, materialised folders lie below `dirs`. Content that is missing and
 * cannot be fetched rejects with the failure `content-missing`.
 */
export function createFileStore(folder: string, options: FileStoreOptions = {}): FileStore {
  const loose = new LooseFiles(folder);
  const store = new MaterialisedFiles(loose, options.fetch);
  return {
    putPath: (path) => loose.putPath(path),
    putBytes: (bytes) => loose.putBytes(bytes),
    putStream: (stream) => loose.putStream(stream),
    locate: (digest) => loose.locate(digest),
    has: async (digest) => (await loose.locate(digest)) !== undefined,
    pathOf: (reference) => store.pathOf(reference),
    folderOf: (reference) => store.folderOf(reference),
  };
}

class MaterialisedFiles {
  private readonly loose: LooseFiles;
  private readonly fetch: FileStoreOptions['fetch'];
  private readonly fetching = new Map<Digest, Promise<boolean>>();
  private readonly folders = new Map<Digest, Promise<string>>();

  constructor(loose: LooseFiles, fetch: FileStoreOptions['fetch']) {
    this.loose = loose;
    this.fetch = fetch;
  }

  async pathOf({ name, digest }: FileReference): Promise<string> {
    const content = await this.obtain(digest, name);
    const path = join(this.loose.folder, 'named', digestHex(digest), safeName(name));
    if (await isSameFile(path, content)) return path;
    await mkdir(dirname(path), { recursive: true });
    const { path: temporary, file } = await this.loose.temporary();
    await file.close();
    await rm(temporary);
    await linkOrCopy(content, temporary, READ_ONLY);
    await this.loose.place(temporary, path);
    // Renaming one link onto another of the same file does nothing, and leaves both.
    await rm(temporary, { force: true });
    return path;
  }

  /** Files in it are read-only; folders are not, so that whoever may delete the state can (D6). */
  folderOf(reference: DirReference): Promise<string> {
    let folder = this.folders.get(reference.digest);
    if (folder === undefined) {
      folder = this.materialise(reference);
      this.folders.set(reference.digest, folder);
      folder.catch(() => this.folders.delete(reference.digest));
    }
    return folder;
  }

  private async materialise(reference: DirReference): Promise<string> {
    checkLaidOut(reference, process.platform);
    const { digest, entries } = reference;
    const folder = join(this.loose.folder, 'dirs', digestHex(digest));
    if (await this.holds(folder, entries)) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(this.loose.folder, 'tmp'), { recursive: true });
    const staging = await mkdtemp(join(this.loose.folder, 'tmp', 'dir-'));
    try {
      await chmod(staging, 0o755);
      for (const entry of entries) await this.materialiseEntry(staging, entry);
      await mkdir(dirname(folder), { recursive: true });
      await placeFolder(staging, folder);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return folder;
  }

  private async materialiseEntry(folder: string, entry: DirEntry): Promise<void> {
    const content = await this.obtain(entry.digest, entry.path);
    const path = join(folder, entry.path);
    try {
      await mkdir(dirname(path), { recursive: true });
      // A link has the mode of its content, which is no program's.
      if (entry.executable) await copy(content, path, READ_ONLY_PROGRAM);
      else await linkOrCopy(content, path, READ_ONLY);
    } catch (error) {
      if (!isCode(error, 'ENAMETOOLONG')) throw error;
      throw refusedEntry(entry.path, 'with the folder in front of it the path is too long');
    }
  }

  /** Whether the folder holds exactly these files: asked once a process (D5). */
  private async holds(folder: string, entries: readonly DirEntry[]): Promise<boolean> {
    const found = await filesBelow(folder);
    if (found === undefined || found.length !== entries.length) return false;
    const expected = new Set(entries.map((entry) => entry.path));
    if (!found.every((path) => expected.has(path))) return false;
    for (const entry of entries) {
      const path = join(folder, entry.path);
      const content = await this.loose.locate(entry.digest);
      const same = content !== undefined && (await isSameFile(path, content));
      if (!same && (await digestFile(path)) !== entry.digest) return false;
    }
    return true;
  }

  private async obtain(digest: Digest, name: string): Promise<string> {
    const found = await this.loose.locate(digest);
    if (found !== undefined) return found;
    const fetched = await this.fetchOnce(digest);
    const arrived = fetched ? await this.loose.locate(digest) : undefined;
    if (arrived !== undefined) return arrived;
    throw new FailureError({
      code: 'content-missing',
      kind: 'environment',
      headline: `the content of '${name}' is gone`,
      facts: [
        ['name', name],
        ['digest', digest],
        ['looked in', this.loose.folder],
      ],
      hint: 'run again: what made it is executed again',
    });
  }

  private fetchOnce(digest: Digest): Promise<boolean> {
    if (this.fetch === undefined) return Promise.resolve(false);
    let fetching = this.fetching.get(digest);
    if (fetching === undefined) {
      fetching = this.fetch(digest).finally(() => this.fetching.delete(digest));
      this.fetching.set(digest, fetching);
    }
    return fetching;
  }
}

/** A name that stays in its folder; names made by `File.from` are already such. */
function safeName(name: string): string {
  const flat = name.replaceAll(/[/\\\0]/g, '_');
  if (flat === '' || flat === '.' || flat === '..') return '_';
  if (Buffer.byteLength(flat) <= MAX_NAME_BYTES) return flat;
  let short = flat;
  while (Buffer.byteLength(short) > MAX_NAME_BYTES) short = short.slice(1);
  return short;
}

async function isSameFile(left: string, right: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([stat(left), stat(right)]);
    return one.dev === other.dev && one.ino === other.ino;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function linkOrCopy(from: string, to: string, mode: number): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINK.some((code) => isCode(error, code))) throw error;
    await copy(from, to, mode);
  }
}

async function copy(from: string, to: string, mode: number): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await chmod(to, mode);
}

/** Another process may have put the same folder there. */
async function placeFolder(staging: string, folder: string): Promise<void> {
  try {
    await rename(staging, folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].some((code) => isCode(error, code))) throw error;
    await stat(folder);
  }
}

async function filesBelow(folder: string): Promise<string[] | undefined> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => !entry.isDirectory());
    const paths = files.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    return paths.map((path) => path.split(sep).join('/'));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
