import type { BigIntStats } from 'node:fs';
import { isUntouched, stampOf, UNSETTLED } from '@skein/model';
import type { Stamp } from '@skein/model';
import type { Digest } from '@skein/values';
import { hashDescriptorSync, isSameFile, NEVER_AGAIN } from './file-digest.ts';
import { native } from './native-fs.ts';
import type { StampTable } from './world.ts';

/** What it takes to know a file without reading it (C8). */
export interface Stamps {
  readonly stamps: StampTable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A file's content with what tells that it is still the same. */
export interface StampedDigest {
  readonly stamp: Stamp;
  readonly digest: Digest;
}

/** The content of a regular file as it is now; `undefined`: there is no such file. */
export function stampedDigest(path: string, { stamps, now }: Stamps): StampedDigest | undefined {
  const stats = statsOf(path);
  if (stats?.isFile() !== true) return undefined;
  const known = stamps.read(path);
  if (known !== undefined && isUntouched(stats, known.stamp)) return known;
  const readAt = now();
  const found = read(path, readAt);
  if (found !== undefined && found.stamp !== UNSETTLED) stamps.write(path, found);
  return found;
}

/** Whether anything tells that the file is not the one that was read. */
export function mayDiffer(path: string, { stamp }: StampedDigest): boolean {
  return !isUntouched(statsOf(path), stamp);
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return native.statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // A loop of links, or a folder that may not be entered: no file for anybody.
    return undefined;
  }
}

function read(path: string, readAt: number): StampedDigest | undefined {
  let descriptor: number;
  try {
    descriptor = native.openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const before = native.fstatSync(descriptor, { bigint: true });
    const digest = hashDescriptorSync(descriptor, Number(before.size));
    const after = native.fstatSync(descriptor, { bigint: true });
    if (!isSameFile(before, after)) return { stamp: UNSETTLED, digest: NEVER_AGAIN };
    return { stamp: stampOf(before, readAt), digest };
  } finally {
    native.closeSync(descriptor);
  }
}

/** A table that lives as long as the process. */
export function stampsInMemory(): StampTable {
  const known = new Map<string, StampedDigest>();
  return {
    read: (path) => known.get(path),
    write: (path, digest) => void known.set(path, digest),
  };
}
