import { isUntouched, stampOf, UNSETTLED } from '@skein/model';
import type { FileObservation } from '@skein/model';
import type { BigIntStats } from 'node:fs';
import type { Digest } from '@skein/values';
import {
  digestOfError,
  FOLDER_READ,
  hashDescriptor,
  hashDescriptorSync,
  isSameFile,
  NEVER_AGAIN,
  NO_FILE,
  SMALL_BYTES,
} from './file-digest.ts';
import { lookInto } from './listing.ts';
import { ModuleDigests } from './module-digest.ts';
import { native } from './native-fs.ts';
import { ObservedPaths } from './observed-path.ts';
import { lookAt } from './stats.ts';
import type { World, WorldObservation, WorldSettings } from './world.ts';

type Answer = Digest | null | Promise<Digest | null>;

/** What decides which package is found, or what is in it. */
const OF_PACKAGES = /(?:^|\/)(?:node_modules|package\.json)(?:\/|$)/;

/** The world as it is, looked at with the eyes of tracking. */
export function openWorld(settings: WorldSettings): World {
  return new LookedAt(settings);
}

class LookedAt implements World {
  readonly #settings: WorldSettings;
  readonly #paths: ObservedPaths;
  readonly #modules: ModuleDigests;
  readonly #answers = new Map<string, Answer>();

  constructor(settings: WorldSettings) {
    this.#settings = settings;
    this.#paths = new ObservedPaths(settings);
    this.#modules = new ModuleDigests(settings);
  }

  digestOf(seen: WorldObservation): Answer {
    const key = keyOf(seen);
    let answer = this.#answers.get(key);
    if (answer === undefined) this.#answers.set(key, (answer = this.#look(seen)));
    return answer;
  }

  /**
   * Links make that one file has many names, so all is looked at again: that costs a `stat` each,
   * since stamps are kept.
   */
  forget(path: string): void {
    this.#answers.clear();
    if (OF_PACKAGES.test(path)) this.#modules.forget();
  }

  #look(seen: WorldObservation): Answer {
    switch (seen.kind) {
      case 'file':
        return this.#file(seen);
      case 'listing':
        return lookInto(this.#paths.absolute(seen.path), this.#paths.state);
      case 'stat':
        return lookAt(this.#paths.absolute(seen.path), seen.aspect, this.#paths);
      case 'module':
        return this.#modules.digestOf(seen);
    }
  }

  #file({ path: name }: FileObservation): Answer {
    const path = this.#paths.absolute(name);
    try {
      const stats = native.statSync(path, { bigint: true });
      if (stats.isDirectory()) return FOLDER_READ;
      if (!stats.isFile()) return NO_FILE;
      const known = this.#settings.stamps.read(path);
      if (known !== undefined && isUntouched(stats, known.stamp)) return known.digest;
      return this.#read(path);
    } catch (error) {
      return digestOfError(error);
    }
  }

  #read(path: string): Answer {
    const readAt = this.#settings.now();
    const descriptor = native.openSync(path, 'r');
    let isHashing = false;
    try {
      const before = native.fstatSync(descriptor, { bigint: true });
      const read = { path, descriptor, before, readAt };
      isHashing = before.size > SMALL_BYTES;
      if (isHashing) return this.#readSlowly(read);
      return this.#keep(read, hashDescriptorSync(descriptor, Number(before.size)));
    } finally {
      if (!isHashing) native.closeSync(descriptor);
    }
  }

  async #readSlowly(read: OpenRead): Promise<Digest | null> {
    try {
      return this.#keep(read, await hashDescriptor(read.descriptor));
    } catch (error) {
      return digestOfError(error);
    } finally {
      native.closeSync(read.descriptor);
    }
  }

  #keep({ path, descriptor, before, readAt }: OpenRead, digest: Digest): Digest {
    const after = native.fstatSync(descriptor, { bigint: true });
    // It is being written at this moment: nobody saw what lies there now.
    if (!isSameFile(before, after)) return NEVER_AGAIN;
    const stamp = stampOf(before, readAt);
    if (stamp !== UNSETTLED) this.#settings.stamps.write(path, { stamp, digest });
    return digest;
  }
}

interface OpenRead {
  readonly path: string;
  readonly descriptor: number;
  readonly before: BigIntStats;
  readonly readAt: number;
}

function keyOf(seen: WorldObservation): string {
  if (seen.kind === 'module') return `module\0${seen.specifier}\0${seen.from}`;
  return `${seen.kind === 'stat' ? seen.aspect : seen.kind}\0${seen.path}`;
}
