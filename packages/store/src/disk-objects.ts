import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { systemCode } from '@skein/model';
import type { Clock, Randomness } from '@skein/model';
import { bodySize, piecesOf, throwIfAborted } from './object-body.ts';
import { diskTrouble } from './disk-trouble.ts';
import {
  READ_ONLY,
  openQuietly,
  openSyncQuietly,
  syncFolders,
  unlinkSoftly,
  writeAll,
  writeSmall,
} from './disk-file.ts';
import { ObjectError, isObjectName, mustObjectFolder, mustObjectName } from './objects.ts';
import type {
  ObjectBody,
  ObjectCall,
  ObjectDelete,
  ObjectHead,
  ObjectPut,
  ObjectRange,
  ObjectRead,
  ObjectStore,
  OpenObject,
} from './objects.ts';

export interface DiskObjectsOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** Of a stream's silence. */
  readonly timeoutMs: number;
  /**
   * Default: hard links, which make `ifAbsent` atomic for all processes. `avoid`, as where a file
   * system has none: for this process only; of two processes at once the later one stores.
   */
  readonly hardLinks?: 'avoid';
}

const NAME_BYTES = 12;
/** Up to here synchronous calls are cheaper than handing the work to a thread. */
const SMALL_BYTES = 1 << 16;
const PIECE_BYTES = 1 << 16;
/** How many synchronous steps are done before other work gets its turn. */
const STEPS_AT_ONCE = 32;
const TOUCH_STEP_MS = 60_000;
const ATTEMPTS = 5;

/**
 * Objects as read-only files of a folder. Each is written under a name of its own in `tmp`, and
 * gets its place by a link or a rename: so it is there whole or not at all, and writers never
 * meet. The access time is that of the last use, whatever the mount options say.
 */
export class DiskObjects implements ObjectStore {
  readonly near = true;
  readonly place: string;
  readonly #options: DiskObjectsOptions;
  #hardLinks: boolean;
  #steps = 0;

  constructor(folder: string, options: DiskObjectsOptions) {
    this.place = folder;
    this.#options = options;
    this.#hardLinks = options.hardLinks !== 'avoid';
  }

  async get(name: string, range: ObjectRange = {}): Promise<OpenObject | undefined> {
    const path = this.#pathOf(name);
    throwIfAborted(range.signal);
    const handle = await openQuietly(path).catch((error: unknown) => this.#absent(error));
    if (handle === undefined) return undefined;
    try {
      const found = await handle.stat();
      if (!found.isFile()) {
        await handle.close();
        return undefined;
      }
      const head = headOf(name, found);
      const start = firstOf(head, range);
      const end = range.most === undefined ? Infinity : start + range.most - 1;
      const body = handle.createReadStream({ start, end, highWaterMark: PIECE_BYTES });
      if (range.signal !== undefined) destroyOnAbort(body, range.signal);
      return { ...head, body };
    } catch (error) {
      await handle.close();
      throw this.#trouble(error);
    }
  }

  async read(
    name: string,
    range: ObjectRead,
  ): Promise<{ head: ObjectHead; bytes: Uint8Array } | undefined> {
    const path = this.#pathOf(name);
    await this.#step();
    throwIfAborted(range.signal);
    let descriptor: number | undefined;
    try {
      descriptor = openSyncQuietly(path);
      const head = headOf(name, fstatSync(descriptor));
      const start = firstOf(head, range);
      const bytes = new Uint8Array(Math.max(0, Math.min(range.most, head.size - start)));
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled);
        if (count === 0) break;
        filled += count;
      }
      return { head, bytes: bytes.subarray(0, filled) };
    } catch (error) {
      return this.#absent(error);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  async head(name: string, call: ObjectCall = {}): Promise<ObjectHead | undefined> {
    const path = this.#pathOf(name);
    await this.#step();
    throwIfAborted(call.signal);
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true ? headOf(name, found) : undefined;
    } catch (error) {
      return this.#absent(error);
    }
  }

  async put(name: string, body: ObjectBody, options: ObjectPut = {}): Promise<'stored' | 'exists'> {
    const target = this.#pathOf(name);
    await this.#step();
    throwIfAborted(options.signal);
    if (options.ifAbsent === true && (await this.head(name)) !== undefined) return 'exists';
    const temporary = join(this.place, 'tmp', this.#options.randomness.hex(NAME_BYTES));
    try {
      this.#makeTemporary();
      await this.#write(temporary, body, options);
      const outcome = this.#settle(temporary, target, options.ifAbsent === true);
      if (options.durable === true) await syncFolders(this.place, dirname(target));
      return outcome;
    } catch (error) {
      throw this.#trouble(error);
    } finally {
      unlinkSoftly(temporary);
    }
  }

  async *list(folders: readonly string[], call: ObjectCall = {}): AsyncIterable<ObjectHead> {
    const open: string[] = folders.map((it) => mustObjectFolder(it).slice(0, -1)).toReversed();
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      throwIfAborted(call.signal);
      await this.#step();
      const entries = this.#entriesOf(folder);
      for (const entry of entries.toReversed()) {
        if (entry.isDirectory()) open.push(`${folder}/${entry.name}`);
      }
      for (const entry of entries) {
        const name = `${folder}/${entry.name}`;
        const head = entry.isFile() && isObjectName(name) ? await this.head(name) : undefined;
        if (head !== undefined) yield head;
      }
    }
  }

  async delete(name: string, options: ObjectDelete = {}): Promise<void> {
    const path = this.#pathOf(name);
    throwIfAborted(options.signal);
    if (options.stamp !== undefined && (await this.head(name))?.stamp !== options.stamp) return;
    try {
      unlinkSync(path);
    } catch (error) {
      this.#absent(error);
    }
    this.#pruneAbove(name);
  }

  async touch(head: ObjectHead, call: ObjectCall = {}): Promise<void> {
    const path = this.#pathOf(head.name);
    throwIfAborted(call.signal);
    const now = this.#options.clock.now();
    if (now - head.usedAt < TOUCH_STEP_MS) return;
    try {
      utimesSync(path, now / 1_000, steadySeconds(head.modifiedAt));
    } catch {
      // It went away, or may not be written: a use that is not noted only ends in a miss (P4).
    }
  }

  async sweepLitter(olderThanMs: number, call: ObjectCall = {}): Promise<number> {
    throwIfAborted(call.signal);
    const folder = join(this.place, 'tmp');
    const oldest = this.#options.clock.now() - olderThanMs;
    let swept = 0;
    for (const entry of this.#entriesOf('tmp')) {
      const path = join(folder, entry.name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined || found.mtimeMs > oldest) continue;
      rmSync(path, { force: true, recursive: true });
      swept += 1;
    }
    return swept;
  }

  async #step(): Promise<void> {
    this.#steps += 1;
    if (this.#steps % STEPS_AT_ONCE === 0) await breathe();
  }

  #pathOf(name: string): string {
    return join(this.place, mustObjectName(name));
  }

  #entriesOf(folder: string) {
    const path = join(this.place, folder);
    try {
      // Nearly all keys that are looked up are missing: asking first costs a fifth of an error.
      const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
      return isThere ? readdirSync(path, { withFileTypes: true }) : [];
    } catch (error) {
      return this.#absent(error) ?? [];
    }
  }

  async #write(temporary: string, body: ObjectBody, options: ObjectPut): Promise<void> {
    if (body.kind === 'bytes' && bodySize(body) <= SMALL_BYTES && options.durable !== true) {
      writeSmall(temporary, body.bytes);
      return;
    }
    const handle = await open(temporary, 'wx', READ_ONLY);
    try {
      const limits = { signal: options.signal, timeoutMs: this.#options.timeoutMs };
      for await (const piece of piecesOf(body, limits)) await writeAll(handle, piece);
      if (options.durable === true) await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** The whole folder may be deleted at any time (D6). */
  #makeTemporary(): void {
    const folder = join(this.place, 'tmp');
    if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
    mkdirSync(folder, { recursive: true });
  }

  /** The folder may be taken away between two calls by whoever deletes its last object. */
  #settle(temporary: string, target: string, ifAbsent: boolean): 'stored' | 'exists' {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (!ifAbsent) renameSync(temporary, target);
        else if (!this.#placeNew(temporary, target)) return 'exists';
        return 'stored';
      } catch (error) {
        if (systemCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
        mkdirSync(dirname(target), { recursive: true });
      }
    }
  }

  /** False where the target exists. Synchronous: without links that keeps one process atomic. */
  #placeNew(temporary: string, target: string): boolean {
    if (this.#hardLinks) {
      try {
        linkSync(temporary, target);
        return true;
      } catch (error) {
        const code = systemCode(error);
        if (code === 'EEXIST') return false;
        if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? ''))
          throw error;
        this.#hardLinks = false;
      }
    }
    if (statSync(target, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(temporary, target);
    return true;
  }

  /** Removes folders that became empty; one that is in use again is not empty. */
  #pruneAbove(name: string): void {
    try {
      for (let folder = dirname(name); folder.includes('/'); folder = dirname(folder)) {
        rmdirSync(join(this.place, folder));
      }
    } catch {
      // Not empty, or gone: both are as they should be.
    }
  }

  /** `undefined` for an error that says only that nothing is there. */
  #absent(error: unknown): undefined {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw this.#trouble(error);
  }

  #trouble(error: unknown): unknown {
    return diskTrouble(error, this.place);
  }
}

function headOf(name: string, found: Stats): ObjectHead {
  const { size, mtimeMs, atimeMs, ino } = found;
  const stamp = `${ino}-${size}-${Math.round(mtimeMs)}`;
  return { name, size, modifiedAt: mtimeMs, usedAt: Math.max(mtimeMs, atimeMs), stamp };
}

/** A time that is the same millisecond however often it is read and written as a fraction. */
function steadySeconds(ms: number): number {
  return (Math.round(ms) + 0.0005) / 1_000;
}

function firstOf(head: ObjectHead, range: ObjectRange): number {
  const from = range.from ?? 0;
  return from < 0 ? Math.max(0, head.size + from) : from;
}

function destroyOnAbort(body: OpenObject['body'], signal: AbortSignal): void {
  const abort = (): void => void body.destroy(new ObjectError('aborted', 'it was given up'));
  signal.addEventListener('abort', abort, { once: true });
  body.once('close', () => signal.removeEventListener('abort', abort));
}
