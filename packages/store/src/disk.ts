import { constants, rmSync, statSync, utimesSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  digestFile,
  digestFileSync,
  digestFrom,
  digestHex,
  digestOf,
  digestSize,
  parseDigest,
} from '@skein/values';
import type { Digest } from '@skein/values';
import { FailureError, reach, storageFailure, systemCode } from '@skein/model';
import type { Randomness } from '@skein/model';
import type { BlobStore } from './blob-store.ts';

export interface DiskOptions {
  readonly randomness: Randomness;
  /** D2: whether file and folder are synced before the digest is given. Default: they are not. */
  readonly sync?: () => boolean;
}

const READ_ONLY = 0o444;
/** The modification time of a verified blob, seconds since 1970: any write changes it. */
const SEAL = 1_000_000_000;
const SEAL_MS = SEAL * 1_000;
const SHARD_LENGTH = 2;
const NAME_BYTES = 12;

/**
 * Blobs as files, `<state>/blobs/<first two digits>/<64 digits>`, read-only. D4: each file is
 * written under a name of its own in `<state>/tmp`, verified, and renamed; so writers never meet.
 */
export class DiskBlobs implements BlobStore {
  readonly #state: string;
  readonly #options: DiskOptions;

  constructor(stateDir: string, options: DiskOptions) {
    this.#state = stateDir;
    this.#options = options;
  }

  async get(digest: Digest): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(digest);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return undefined;
    if (digestOf('blob', bytes) === digest) return bytes;
    await rm(path, { force: true }).catch(() => undefined);
    return undefined;
  }

  path(digest: Digest): Promise<string | undefined> {
    const path = this.#pathOf(digest);
    return Promise.resolve(this.#isThere(digest) ? path : undefined);
  }

  has(digest: Digest): Promise<boolean> {
    return Promise.resolve(this.#isThere(digest));
  }

  bring(digest: Digest): Promise<boolean> {
    return Promise.resolve(this.#isThere(digest));
  }

  hasMany(digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> {
    const there = new Set<Digest>();
    for (const digest of digests) if (this.#isThere(digest)) there.add(digest);
    return Promise.resolve(there);
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf('blob', bytes);
    if (this.#isThere(digest)) return digest;
    return this.#bring(digest, (temporary) =>
      writeFile(temporary, bytes, { mode: READ_ONLY, flag: 'wx' }),
    );
  }

  async putFile(path: string, take: 'move' | 'copy'): Promise<Digest> {
    if (take === 'copy') {
      return this.#bring(undefined, (temporary) =>
        copyFile(path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
      );
    }
    return this.#bring(undefined, (temporary) => move(path, temporary));
  }

  async delete(digest: Digest): Promise<boolean> {
    try {
      await rm(this.#pathOf(digest));
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw this.#failure(error);
    }
  }

  async *list(): AsyncIterable<Digest> {
    const blobs = join(this.#state, 'blobs');
    for (const shard of await namesIn(blobs)) {
      for (const name of await namesIn(join(blobs, shard))) {
        const digest = digestAt(join(blobs, shard, name), name);
        if (digest !== undefined) yield digest;
      }
    }
  }

  #pathOf(digest: Digest): string {
    const hex = digestHex(digest);
    return join(this.#state, 'blobs', hex.slice(0, SHARD_LENGTH), hex);
  }

  /**
   * Synchronous on purpose: a stat takes a microsecond, a promise of one twenty. Whoever writes
   * into a sealed blob breaks its seal: then it is verified, and sealed again or removed (D5).
   */
  #isThere(digest: Digest): boolean {
    const path = this.#pathOf(digest);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.size !== digestSize(digest)) return false;
    if (found.mtimeMs === SEAL_MS) return true;
    try {
      if (digestFileSync(path) === digest) {
        seal(path);
        return true;
      }
      rmSync(path, { force: true });
    } catch {
      // Unreadable is as good as gone (P4).
    }
    return false;
  }

  /**
   * `write` fills the temporary file, which is verified against `expected`, or named by what it
   * then holds: a source that changes while it is copied does no harm.
   */
  async #bring(
    expected: Digest | undefined,
    write: (temporary: string) => Promise<void>,
  ): Promise<Digest> {
    const temporary = join(this.#state, 'tmp', this.#options.randomness.hex(NAME_BYTES));
    try {
      await mkdir(dirname(temporary), { recursive: true });
      await write(temporary);
      await chmod(temporary, READ_ONLY);
      await utimes(temporary, SEAL, SEAL);
      const digest = expected ?? (await digestFile(temporary));
      await this.#settle(temporary, digest);
      return digest;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.#failure(error);
    }
  }

  /** An error that is none of the file system is a bug and stays what it is. */
  #failure(error: unknown): unknown {
    const failure = storageFailure(error, this.#state);
    return failure === undefined ? error : new FailureError(failure);
  }

  async #settle(temporary: string, digest: Digest): Promise<void> {
    if (statSync(temporary).size !== digestSize(digest)) {
      throw new Error('a temporary file has not the size of what was written');
    }
    const isSynced = this.#options.sync?.() === true;
    if (isSynced) await syncPath(temporary);
    const target = this.#pathOf(digest);
    await mkdir(dirname(target), { recursive: true });
    reach('blob-before-rename');
    await rename(temporary, target);
    reach('blob-after-rename');
    if (isSynced) await syncPath(dirname(target));
  }
}

/** Who may only read the state reads what it verified, and verifies it again another time. */
function seal(path: string): void {
  try {
    utimesSync(path, SEAL, SEAL);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
    await rm(from);
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function digestAt(path: string, name: string): Digest | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  return size === undefined ? undefined : parseDigest(digestFrom(name, size));
}
