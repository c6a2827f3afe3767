import { constants } from 'node:fs';
import type { BigIntStats, Stats } from 'node:fs';
import type { Digest } from '@skein/values';
import type { Access } from './access.ts';
import { plainText } from './encoding.ts';
import { digestOfError, NEVER_AGAIN } from './file-digest.ts';
import type { Around, Operation, Watch } from './forms.ts';
import { disguise } from './forms.ts';
import { isHandle, openFileOf } from './open-files.ts';
import type { ObservedPath } from './observed-path.ts';
import { native, systemErrorCode } from './native-fs.ts';
import { outward, within } from './nesting.ts';
import { digestOfLink, digestOfReal, digestOfStats, lookAt } from './stats.ts';
import { currentTracking } from './tracking.ts';
import { watchedStats } from './watched-stats.ts';

const { F_OK, R_OK, W_OK, X_OK } = constants;

export const watchStat: Watch = (access, [path]) => aroundStat(access, access.path(path), 'stat');

export const watchLstat: Watch = (access, [path]) => aroundStat(access, access.path(path), 'lstat');

/** `fstat`, and `stat` of a handle. */
export const watchStatOpened: Watch = (access, [first], self) =>
  aroundStat(access, openFileOf(access, isHandle(self) ? self : first)?.path, 'stat');

function aroundStat(
  access: Access,
  path: ObservedPath | undefined,
  aspect: 'stat' | 'lstat',
): Around | undefined {
  if (path === undefined) return undefined;
  return {
    done: (result) => {
      const stats = result as Stats | BigIntStats | undefined;
      access.stat(path, aspect, stats ? digestOfStats(aspect, stats) : absence(path, aspect));
      if (stats === undefined || access.isStep) return stats;
      return watchedStats(stats, { access, path, call: `${aspect}()` });
    },
    failed: (error) => access.statFailed(path, aspect, error),
  };
}

/** Why nothing is there, which Node keeps to itself where the author wants no error. */
function absence({ absolute }: ObservedPath, aspect: 'stat' | 'lstat'): Digest | null {
  try {
    native[`${aspect}Sync`](absolute);
    return NEVER_AGAIN;
  } catch (error) {
    return digestOfError(error);
  }
}

/** Whether something is there follows from its type; what may be done with it, from its mode. */
export const watchAccess: Watch = (access, [path, mode = F_OK]) => {
  const found = access.path(path);
  if (found === undefined || typeof mode !== 'number') return undefined;
  if (mode === F_OK) {
    return {
      done: () => tellExists(access, found, true),
      failed: (error) => access.statFailed(found, 'exists', error),
    };
  }
  return {
    done: () => access.stat(found, 'mode', lookAt(found.absolute, 'mode', access.around.paths)),
    failed: (error) => {
      if (systemErrorCode(error) !== 'EACCES' || isForNobody(found, mode)) {
        access.stat(found, 'mode', lookAt(found.absolute, 'mode', access.around.paths));
      } else access.unknowable(found, 'may be used by some and not by others');
    },
  };
};

/** Whether the mode says that nobody may do what was asked. */
function isForNobody({ absolute }: ObservedPath, asked: number): boolean {
  const mode = native.statSync(absolute, { throwIfNoEntry: false })?.mode ?? 0;
  const granted = [R_OK, W_OK, X_OK].filter((bit) => (mode & (bit * 0o111)) !== 0);
  return granted.every((bit) => (asked & bit) === 0);
}

export const watchExists: Watch = (access, [path]) => {
  const found = access.path(path);
  if (found === undefined) return undefined;
  return {
    done: (isThere) => {
      tellExists(access, found, isThere === true);
      return isThere;
    },
  };
};

/** The oldest form of all: its callback gets the answer and nothing else. */
export function existsForm(original: Operation): Operation {
  return disguise(original, function (this: unknown, path, callback, ...rest) {
    const access = currentTracking()?.begin('exists');
    const found = access?.path(path);
    if (access === undefined || found === undefined || typeof callback !== 'function') {
      return Reflect.apply(original, this, [path, callback, ...rest]);
    }
    const answer = outward(callback as Operation);
    const told = (isThere: unknown): void => {
      tellExists(access, found, isThere === true);
      Reflect.apply(answer, undefined, [isThere]);
    };
    const ask = (): unknown => Reflect.apply(original, this, [path, told, ...rest]);
    return within(access.origin('whole'), ask);
  });
}

/** The answer tells no type: it is looked at again, and has to be there, or not, as it was. */
function tellExists(access: Access, path: ObservedPath, isThere: boolean): void {
  let digest: Digest | null;
  let isThereNow = true;
  try {
    digest = digestOfStats('exists', native.statSync(path.absolute));
  } catch (error) {
    digest = digestOfError(error);
    isThereNow = false;
  }
  if (isThere === isThereNow) access.stat(path, 'exists', digest);
  else access.unknowable(path, 'appeared or went away while it was looked for');
}

export const watchReadlink: Watch = (access, [path, options]) => {
  const found = access.path(path);
  if (found === undefined) return undefined;
  return {
    done: (target) => {
      access.stat(found, 'link', digestOfLink(plainText(target, options)));
      return target;
    },
    failed: (error) => access.statFailed(found, 'link', error),
  };
};

export const watchRealpath: Watch = (access, [path, options]) => {
  const found = access.path(path);
  if (found === undefined) return undefined;
  return {
    steps: 'whole',
    done: (real) => {
      const digest = digestOfReal(plainText(real, options), access.around.paths);
      access.stat(found, 'real', digest);
      return real;
    },
    failed: (error) => access.statFailed(found, 'real', error),
  };
};

/** How much room there is on the disk. */
export const watchStatfs: Watch = (access, [path]) => {
  if (access.path(path) !== undefined) access.impure('statfs()');
  return undefined;
};
