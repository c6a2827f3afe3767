import { resolve } from 'node:path';
import type { BigIntStats, Stats } from 'node:fs';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import type { StatAspect } from '@skein/model';
import { digestOfError } from './file-digest.ts';
import { native } from './native-fs.ts';
import type { ObservedPaths } from './observed-path.ts';

type AnyStats = Stats | BigIntStats;

const KINDS = {
  file: digestOf('observation', 'file'),
  folder: digestOf('observation', 'folder'),
  link: digestOf('observation', 'link'),
  other: digestOf('observation', 'other'),
} as const;
const ANY_EXECUTE = 0o111;
const PERMISSIONS = 0o7777;

/** The digest of one aspect of what is at a path, as it is there now. */
export function lookAt(path: string, aspect: StatAspect, paths: ObservedPaths): Digest | null {
  try {
    switch (aspect) {
      case 'exists':
      case 'stat':
      case 'mode':
        return digestOfStats(aspect, native.statSync(path));
      case 'lstat':
        return digestOfStats(aspect, native.lstatSync(path));
      case 'link':
        return digestOfLink(native.readlinkSync(path));
      case 'real':
        return digestOfReal(native.realpathSync(path), paths);
    }
  } catch (error) {
    return digestOfError(error);
  }
}

/** `lstat` differs from `stat` only in what was asked. */
export function digestOfStats(
  aspect: 'exists' | 'stat' | 'lstat' | 'mode',
  stats: AnyStats,
): Digest {
  const kind = kindOf(stats);
  if (aspect === 'exists') return KINDS[kind];
  const mode = Number(stats.mode);
  if (aspect === 'mode') return digestOf('observation', `${kind} ${mode & PERMISSIONS}`);
  if (kind !== 'file') return KINDS[kind];
  const executable = (mode & ANY_EXECUTE) === 0 ? '' : ' executable';
  return digestOf('observation', `file ${stats.size}${executable}`);
}

/** Where a link points, as it is written in it. */
export function digestOfLink(target: string): Digest {
  return digestOf('observation', target);
}

/** The real path counts as it is seen from the workspace, so that checkouts agree. */
export function digestOfReal(path: string, paths: ObservedPaths): Digest {
  return digestOf('observation', paths.realName(resolve(path)));
}

function kindOf(stats: AnyStats): keyof typeof KINDS {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}
