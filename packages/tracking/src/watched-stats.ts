import type { BigIntStats, Stats } from 'node:fs';
import type { Access } from './access.ts';
import { findCaller, packageName } from './author-line.ts';
import type { Caller } from './author-line.ts';
import { enter } from './entry.ts';
import type { ObservedPath } from './observed-path.ts';
import { PASS_THROUGH } from '@skein/model';
import type { TrackingSettings } from './settings.ts';
import { digestOfStats } from './stats.ts';

type AnyStats = Stats | BigIntStats;

/** What differs from one checkout, or one moment, to the next. */
const FLEETING = /^(?:[amc]time|birthtime)(?:Ms|Ns)?$|^(?:dev|ino|nlink|blocks)$/;
const METHODS = [
  'isFile',
  'isDirectory',
  'isSymbolicLink',
  'isFIFO',
  'isSocket',
  'isBlockDevice',
  'isCharacterDevice',
] as const;
const BARE = Symbol('stats');

/** Where the stats of a call came from. */
export interface StatsOrigin {
  readonly access: Access;
  readonly path: ObservedPath;
  /** As the author would write it: `stat()`. */
  readonly call: string;
}

/**
 * Stats that tell when the author reads of them what no observation of `stat` covers: times and
 * inodes are impurities (O8), permission bits an observation of their own.
 */
export function watchedStats(stats: AnyStats, origin: StatsOrigin): AnyStats {
  return new Proxy(stats, new StatsHandler(origin));
}

class StatsHandler implements ProxyHandler<AnyStats> {
  readonly #origin: StatsOrigin;
  #toldMode = false;

  constructor(origin: StatsOrigin) {
    this.#origin = origin;
  }

  get(stats: AnyStats, name: string | symbol): unknown {
    if (name === BARE) return stats;
    if (typeof name === 'symbol') return Reflect.get(stats, name);
    const method = methods.get(name);
    if (method !== undefined) return method;
    if (name === 'mode') this.#modeRead(stats);
    else if (FLEETING.test(name) || (name === 'size' && !stats.isFile())) this.#told(name);
    return Reflect.get(stats, name, stats);
  }

  /** Packages that copy compare inodes, lest they copy a file onto itself. */
  #told(name: string): void {
    const { access, call } = this.#origin;
    const isIdentity = name === 'ino' || name === 'dev';
    if (isIdentity && passesThrough(callerOfGet().file, access.around.settings)) return;
    access.impure(`${call}.${name}`);
  }

  /**
   * `isFile` and its like do not come here: they are asked of the bare stats. What Skein reads of
   * the mode is whether a file is executable, which is observed already.
   */
  #modeRead(stats: AnyStats): void {
    if (this.#toldMode || stats.isSymbolicLink() || callerOfGet().isSkein) return;
    this.#toldMode = true;
    const { access, path } = this.#origin;
    access.stat(path, 'mode', digestOfStats('mode', stats));
  }
}

/** Who reads a property; to be asked while it is read. */
function callerOfGet(): Caller {
  let caller: Caller = { file: undefined, isSkein: false };
  const { get } = Object.getOwnPropertyDescriptors(StatsHandler.prototype);
  enter(get.value, () => {
    caller = findCaller();
  });
  return caller;
}

const methods = new Map<string, () => boolean>(METHODS.map((name) => [name, bareMethod(name)]));

function bareMethod(name: (typeof METHODS)[number]): () => boolean {
  const method = function (this: { readonly [BARE]?: AnyStats }): boolean {
    const bare = this[BARE] ?? (this as AnyStats);
    return bare[name]();
  };
  return Object.defineProperty(method, 'name', { value: name });
}

function passesThrough(
  file: string | undefined,
  { passThrough }: Pick<TrackingSettings, 'passThrough'>,
): boolean {
  const name = file === undefined ? undefined : packageName(file);
  return name !== undefined && (PASS_THROUGH.has(name) || passThrough.includes(name));
}
