import type { BigIntStats } from 'node:fs';
import type { Digest } from '@skein/values';
import type { PlainObservation } from '@skein/model';
import type { Access } from './access.ts';
import {
  FOLDER_READ,
  hashDescriptor,
  hashDescriptorSync,
  isSameFile,
  NEVER_AGAIN,
  SMALL_BYTES,
} from './file-digest.ts';
import { leadsIntoImage } from './links-into-image.ts';
import { native } from './native-fs.ts';
import type { ObservedPath } from './observed-path.ts';
import { settledStats } from './settle.ts';
import type { Trail } from './trail.ts';

const CHANGED = 'changed while it was read';

/**
 * A file that is read piece by piece (O4): the whole of it is what was observed.
 *
 * G1: before its first bytes are handed over its stamps have settled, so a later change shows.
 * G2: after each piece the stamps are the same; then the pieces are of the content that was hashed.
 * G3: it is told once to a watcher, and once more for each package that takes part (O3).
 */
export class Reading {
  readonly #access: Access;
  readonly #path: ObservedPath;
  readonly #trail: Trail;
  readonly #before: BigIntStats;
  readonly #told = new Set<string | null>();
  #seen: PlainObservation | Promise<PlainObservation | null>;
  #isBroken = false;

  private constructor(access: Access, { path, trail }: ReadFile, before: BigIntStats) {
    this.#access = access;
    this.#path = path;
    this.#trail = trail;
    this.#before = before;
    this.#seen = { kind: 'file', path: path.name, digest: NEVER_AGAIN };
  }

  /** `undefined`: there is nothing to be checked when pieces are read. */
  static begin(access: Access, file: ReadFile, descriptor: number): Reading | undefined {
    const { path, trail } = file;
    if (leadsIntoImage(path, access.around.paths)) {
      access.file(path, NEVER_AGAIN);
      return undefined;
    }
    const before = settledStats(descriptor, access.around.settings.now);
    if (before === undefined) {
      access.unknowable(path, 'was saved too shortly before it was read', trail);
      return undefined;
    }
    if (before.isDirectory()) {
      access.file(path, FOLDER_READ);
      return undefined;
    }
    if (!before.isFile()) {
      access.unknowable(path, 'is no file whose content could be looked up again', trail);
      return undefined;
    }
    const reading = new Reading(access, file, before);
    reading.#seen = reading.#hash(descriptor);
    reading.tell(access.through);
    return reading;
  }

  /** A package takes part in reading what was observed. */
  tell(through: string | null): void {
    if (this.#told.has(through)) return;
    this.#told.add(through);
    this.#access.watcher.observe(this.#seen, through);
  }

  /** After a piece was read from this descriptor (G2). */
  check(descriptor: number): void {
    if (!this.#isBroken && !isSame(this.#before, this.#statsOf(descriptor))) this.#break();
  }

  /** After the file at its path was read by a descriptor of its own. */
  checkPath(): void {
    this.check(-1);
  }

  #statsOf(descriptor: number): BigIntStats | undefined {
    try {
      if (descriptor >= 0) return native.fstatSync(descriptor, { bigint: true });
    } catch {
      // It was closed while it was read: what lies at the path tells as well.
    }
    const { absolute } = this.#path;
    return native.statSync(absolute, { bigint: true, throwIfNoEntry: false });
  }

  #hash(descriptor: number): PlainObservation | Promise<PlainObservation> {
    const { size } = this.#before;
    const known = knownDigest(this.#before);
    if (typeof known === 'string') return this.#observation(known);
    if (known !== undefined) return this.#later(known);
    if (size > SMALL_BYTES) {
      const hashing = hashApart(descriptor, this.#path.absolute, this.#before);
      remember(this.#before, hashing);
      return this.#later(hashing);
    }
    const digest = hashDescriptorSync(descriptor, Number(size));
    if (!isSame(this.#before, this.#statsOf(descriptor))) {
      this.#break();
      return this.#observation(NEVER_AGAIN);
    }
    remember(this.#before, digest);
    return this.#observation(digest);
  }

  async #later(hashing: Promise<Digest | undefined>): Promise<PlainObservation> {
    const digest = await hashing;
    if (digest !== undefined) return this.#observation(digest);
    this.#break();
    return this.#observation(NEVER_AGAIN);
  }

  #observation(digest: Digest): PlainObservation {
    return this.#access.around.fileSeen(this.#path, digest);
  }

  #break(): void {
    this.#isBroken = true;
    this.#access.unknowable(this.#path, CHANGED, this.#trail);
  }
}

/** A file as it was opened. */
export interface ReadFile {
  readonly path: ObservedPath;
  readonly trail: Trail;
}

interface Known {
  readonly stats: BigIntStats;
  readonly digest: Digest | Promise<Digest | undefined>;
}

const MAX_KNOWN = 10_000;
/** By device and inode, as long as the stamps are the same: many actions read the same files. */
const digests = new Map<string, Known>();

function knownDigest(stats: BigIntStats): Known['digest'] | undefined {
  const known = digests.get(`${stats.dev}:${stats.ino}`);
  return known !== undefined && isSameFile(known.stats, stats) ? known.digest : undefined;
}

function remember(stats: BigIntStats, digest: Known['digest']): void {
  if (digests.size > MAX_KNOWN) digests.clear();
  digests.set(`${stats.dev}:${stats.ino}`, { stats, digest });
}

/** By a descriptor of its own, since the author may close his. `undefined`: it changed. */
async function hashApart(
  descriptor: number,
  path: string,
  before: BigIntStats,
): Promise<Digest | undefined> {
  const own = openAgain(descriptor, path);
  if (own === undefined) return undefined;
  try {
    const stats = native.fstatSync(own, { bigint: true });
    if (!isSameFile(before, stats)) return undefined;
    const digest = await hashDescriptor(own);
    return isSame(before, native.fstatSync(own, { bigint: true })) ? digest : undefined;
  } catch {
    // It cannot be read to its end, so nobody can say what it holds.
    return undefined;
  } finally {
    native.closeSync(own);
  }
}

function openAgain(descriptor: number, path: string): number | undefined {
  try {
    const again = process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : path;
    return native.openSync(again, 'r');
  } catch {
    return undefined;
  }
}

function isSame(before: BigIntStats, after: BigIntStats | undefined): boolean {
  return after !== undefined && isSameFile(before, after);
}
