import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LaunchOrder } from '@skein/executors';
import { coversPath, outermost } from './nested-paths.ts';
import { foldersOfPackages } from './packages-seen.ts';
import type { Mount } from './run-arguments.ts';

/** Of the state a task sees what files it was given, and nothing else. */
const SEEN = ['blobs', 'files'];
/** What Node compiled before, for who may read it. */
const COMPILED = 'compile-cache';

/** What of the machine a container sees. */
export interface Sight {
  /** Empty folders, read-only. */
  readonly hidden: readonly string[];
  readonly mounts: readonly Mount[];
  readonly compileCache: string | undefined;
}

/** Finds what a worker has to see; packages are looked for once. */
export class Lookout {
  readonly #packages = new Map<string, readonly string[]>();

  sightOf(order: LaunchOrder): Sight {
    const { bundle, state, invisible, scratch } = order;
    const code = [bundle.root, ...this.#packagesOf(order)];
    const open = SEEN.map((name) => join(state, name));
    for (const folder of open) mkdirSync(folder, { recursive: true });
    const compiled = join(state, COMPILED);
    const compileCache = existsSync(compiled) ? compiled : undefined;
    const inState = [...open, ...(compileCache === undefined ? [] : [compileCache])];
    const folder = dirname(bundle.path);
    const hidden = outermost([state, invisible]).filter((path) => isSeen(path, code));
    const covers = (path: string): boolean =>
      isSeen(path, code) && !hidden.some((it) => coversPath(it, path));
    const readable = outermost([...inState, folder]).filter((path) => !covers(path));
    const mounts = [...outermost(code), ...readable].map((source) => ({ source }));
    return { hidden, mounts: [...mounts, { source: scratch, writable: true }], compileCache };
  }

  #packagesOf({ entry, bundle }: LaunchOrder): readonly string[] {
    const key = JSON.stringify([entry, bundle.root]);
    let found = this.#packages.get(key);
    if (found === undefined) {
      found = foldersOfPackages(entry, bundle.root);
      this.#packages.set(key, found);
    }
    return found;
  }
}

/** Hidden has to be only what is there, and would be seen. */
function isSeen(path: string, code: readonly string[]): boolean {
  return existsSync(path) && code.some((folder) => coversPath(folder, path));
}
