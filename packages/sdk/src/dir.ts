import { fileURLToPath } from 'node:url';
import { fileReference, REFERENCE } from '@skein/values';
import type { Digest, DirEntry, DirReference } from '@skein/values';
import { File } from './file.ts';
import type { FileHost } from './host.ts';
import { checkedDir } from './laid-out-dir.ts';
import { map } from './map.ts';
import { currentFiles } from './plain-program.ts';
import { listTree } from './tree.ts';
import type { TreeFile } from './tree.ts';

/** A file in a `Dir`, by its path relative to it, with forward slashes. */
export interface DirFile {
  readonly path: string;
  readonly file: File;
}

/** How many files are copied in at once. */
const COPIES = 16;

/**
 * A directory as a value: it counts by relative paths, contents and executable bits (V6). Its
 * bytes are copied when it is made and fetched when they are first asked for.
 */
export class Dir {
  private readonly reference: DirReference;
  private readonly host: FileHost | undefined;

  private constructor(reference: DirReference, host?: FileHost) {
    this.reference = reference;
    this.host = host;
  }

  /**
   * Copies a directory in. A link counts as what it leads to, within the directory; a link that
   * leads out of it or round in circles, a device, a pipe or a socket rejects with
   * `dir-entry-refused`. Folders without files do not count.
   */
  static async from(path: string | URL): Promise<Dir> {
    const root = typeof path === 'string' ? path : fileURLToPath(path);
    const found = await listTree(root);
    const files = currentFiles();
    const copyIn = async ({ path, source, executable }: TreeFile): Promise<DirEntry> => {
      const { digest, size } = await files.putPath(source);
      return { path, digest, size, executable };
    };
    const entries = await map(copyIn, found, { concurrency: COPIES });
    return new Dir(checkedDir(entries));
  }

  /** The directory that a reference names: how values are revived. `host`: as for `File.of`. */
  static of(reference: DirReference, host?: FileHost): Dir {
    return new Dir(reference, host);
  }

  get digest(): Digest {
    return this.reference.digest;
  }

  /** A folder with the files in it, which are read-only. */
  async path(): Promise<string> {
    return await (this.host ?? currentFiles()).folderOf(this.reference);
  }

  /** All files in it, sorted by path. */
  files(): DirFile[] {
    return this.reference.entries.map((entry) => ({
      path: entry.path,
      file: fileOf(entry, this.host),
    }));
  }

  /** The file at a relative path. Throws a `RangeError` where there is none. */
  file(relative: string): File {
    const wanted = relative.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
    const entry = this.reference.entries.find(({ path }) => path === wanted);
    if (entry === undefined) throw new RangeError(`the directory holds no file '${relative}'`);
    return fileOf(entry, this.host);
  }

  [REFERENCE](): DirReference {
    return this.reference;
  }
}

function fileOf({ path, digest }: DirEntry, host: FileHost | undefined): File {
  return File.of(fileReference({ name: path.slice(path.lastIndexOf('/') + 1), digest }), host);
}
