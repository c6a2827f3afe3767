import { dirname, sep } from 'node:path';
import { native } from './native-fs.ts';
import type { Watcher } from './watcher.ts';

/** From here on, what is gone is forgotten now and then. */
const MANY = 10_000;

/**
 * Who made what lies in the scratch folder of a process, which its actions share: nothing of it is
 * observed, so an action must not use what another one left there (O5).
 */
export class ScratchOwners {
  readonly #scratch: string;
  readonly #owners = new Map<string, WeakRef<Watcher>>();
  readonly #refs = new WeakMap<Watcher, WeakRef<Watcher>>();
  #sweepAt = MANY;

  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  /** A path is about to be written, or was made. */
  wrote(path: string, watcher: Watcher): void {
    let ref = this.#refs.get(watcher);
    if (ref === undefined) this.#refs.set(watcher, (ref = new WeakRef(watcher)));
    this.#owners.set(path, ref);
    if (this.#owners.size > this.#sweepAt) this.#sweep();
  }

  get isEmpty(): boolean {
    return this.#owners.size === 0;
  }

  /** Whether a path, or the nearest folder that anybody made, is this watcher's. */
  isOwn(path: string, watcher: Watcher): boolean {
    const owner = this.#ownerOf(path);
    return owner !== undefined && owner === this.#refs.get(watcher);
  }

  /** Whether something is there that another watcher made, or put into a folder of its own. */
  isForeign(path: string, watcher: Watcher): boolean {
    const owner = this.#ownerOf(path);
    return owner !== undefined && owner !== this.#refs.get(watcher) && isThere(path);
  }

  /** Whether listing a folder shows what another watcher made. */
  holdsForeign(folder: string, watcher: Watcher): boolean {
    const own = this.#refs.get(watcher);
    for (const [path, owner] of this.#owners) {
      if (owner !== own && path.startsWith(folder + sep) && isThere(path)) return true;
    }
    return false;
  }

  #ownerOf(path: string): WeakRef<Watcher> | undefined {
    if (this.isEmpty) return undefined;
    for (let at = path; at.length > this.#scratch.length; at = dirname(at)) {
      const owner = this.#owners.get(at);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  #sweep(): void {
    for (const path of this.#owners.keys()) if (!isThere(path)) this.#owners.delete(path);
    this.#sweepAt = this.#owners.size + MANY;
  }
}

export function isThere(path: string): boolean {
  try {
    return native.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
