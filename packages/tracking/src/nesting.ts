import { AsyncLocalStorage } from 'node:async_hooks';
import type { Trail } from './trail.ts';

/*
 * Node's own functions call each other by way of the very names that tracking replaces: what they
 * do inside belongs to the call that the author made, and is observed there or not at all.
 */

/** What is known of accesses that Node makes later on behalf of one call. */
export interface Origin {
  /** The call itself, as the author wrote it. */
  readonly by: string;
  readonly trail: Trail | undefined;
  readonly through: string | null;
  /**
   * The functions that Node calls to carry it out, each observed as the author's call; `whole`:
   * the call is observed by itself, and none of them.
   */
  readonly steps: ReadonlySet<string> | 'whole';
}

const origins = new AsyncLocalStorage<Origin | undefined>();
let depth = 0;

/** Runs something synchronous whose accesses are nobody's: observed already, or Skein's own. */
export function quietly<T>(work: () => T): T {
  depth += 1;
  try {
    return work();
  } finally {
    depth -= 1;
  }
}

export function isQuiet(): boolean {
  return depth > 0;
}

export function currentOrigin(): Origin | undefined {
  return origins.getStore();
}

/** Runs something whose accesses, also those it makes later, have this origin. */
export function within<T>(origin: Origin, work: () => T): T {
  return origins.run(origin, work);
}

/** The author's function, called by Node from inside: what it does is the author's again. */
export function outward<A extends unknown[], R>(
  author: (this: unknown, ...args: A) => R,
): (this: unknown, ...args: A) => R {
  const before = origins.getStore();
  return function (this: unknown, ...args) {
    const inside = depth;
    depth = 0;
    try {
      return origins.run(before, () => author.apply(this, args));
    } finally {
      depth = inside;
    }
  };
}
