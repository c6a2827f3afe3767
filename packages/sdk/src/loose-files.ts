import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createDigester, digestFile, digestHex, digestOf, digestSize } from '@skein/values';
import type { Digest } from '@skein/values';
import { reach } from '@skein/model';

/** Asked before anyone watches: a task that asks for it is irreproducible. */
const PROCESS = process.pid;

/*
 * Content by its digest, one read-only file each: `<folder>/<first two digits>/<digits>`.
 * L1  A file appears under its digest whole or not at all: temporary name, verify, rename (D4).
 * L2  What is found is verified once a process; what is damaged is removed and missing (D5).
 */

export interface Stored {
  readonly digest: Digest;
  readonly size: number;
}

/** Up to here a file is read at once, and not written where its content is already there. */
const SMALL_BYTES = 1 << 20;
const CHUNK_BYTES = 1 << 18;
const READ_ONLY = 0o444;

export class LooseFiles {
  readonly folder: string;
  private readonly verified = new Map<Digest, Promise<boolean>>();
  private temporaries = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathFor(digest: Digest): string {
    const hex = digestHex(digest);
    return join(this.folder, hex.slice(0, 2), hex);
  }

  async putPath(path: string): Promise<Stored> {
    const { size } = await stat(path);
    if (size <= SMALL_BYTES) return await this.putBytes(await readFile(path));
    return await this.putStream(createReadStream(path, { highWaterMark: CHUNK_BYTES }));
  }

  async putBytes(bytes: Uint8Array): Promise<Stored> {
    const digest = digestOf('blob', bytes);
    if (!(await this.hasSize(digest))) {
      await this.write(async (file) => {
        await file.writeFile(bytes);
        return digest;
      });
    }
    return { digest, size: bytes.byteLength };
  }

  async putStream(stream: AsyncIterable<Uint8Array>): Promise<Stored> {
    const digest = await this.write(async (file) => {
      const digester = createDigester('blob');
      for await (const chunk of stream) {
        if (!(chunk instanceof Uint8Array))
          throw new TypeError('a stream of bytes gives Uint8Array');
        digester.update(chunk);
        await file.writeFile(chunk);
      }
      return digester.finish();
    });
    return { digest, size: digestSize(digest) };
  }

  /** The file with this content, verified (L2); `undefined` where it is not here. */
  async locate(digest: Digest): Promise<string | undefined> {
    let verified = this.verified.get(digest);
    if (verified === undefined) {
      verified = this.verify(digest);
      this.verified.set(digest, verified);
    }
    // What was verified can still be deleted by others, as all state may (D6).
    if ((await verified) && (await this.hasSize(digest))) return this.pathFor(digest);
    this.verified.delete(digest);
    return undefined;
  }

  /** A name below the store that nobody else uses, with the open file. */
  async temporary(): Promise<{ readonly path: string; readonly file: FileHandle }> {
    const folder = join(this.folder, 'tmp');
    await mkdir(folder, { recursive: true });
    for (;;) {
      this.temporaries += 1;
      const path = join(folder, `${PROCESS}-${this.temporaries}`);
      try {
        return { path, file: await open(path, 'wx') };
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
    }
  }

  /** Puts a finished temporary file in place; another process may have been faster. */
  async place(temporary: string, path: string): Promise<void> {
    try {
      reach('loose-before-rename');
      await rename(temporary, path);
      reach('loose-after-rename');
    } catch (error) {
      // Windows does not replace a read-only file; its content is the same.
      if (!isCode(error, 'EPERM') && !isCode(error, 'EACCES')) throw error;
      await stat(path);
      await rm(temporary, { force: true });
    }
  }

  private async write(fill: (file: FileHandle) => Promise<Digest>): Promise<Digest> {
    const { path, file } = await this.temporary();
    try {
      const digest = await fill(file);
      const { size } = await file.stat();
      await file.close();
      if (size !== digestSize(digest)) throw new Error(`${path}: ${size} bytes were written`);
      if (await this.hasSize(digest)) {
        await rm(path);
        return digest;
      }
      await chmod(path, READ_ONLY);
      await mkdir(join(this.pathFor(digest), '..'), { recursive: true });
      await this.place(path, this.pathFor(digest));
      this.verified.set(digest, Promise.resolve(true));
      return digest;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
  }

  private async hasSize(digest: Digest): Promise<boolean> {
    try {
      return (await stat(this.pathFor(digest))).size === digestSize(digest);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  private async verify(digest: Digest): Promise<boolean> {
    const path = this.pathFor(digest);
    try {
      if ((await digestFile(path)) === digest) return true;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
    await rm(path, { force: true });
    return false;
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
