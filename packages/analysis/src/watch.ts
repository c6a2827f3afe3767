import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { readStamped } from './sources.ts';
import { UNSETTLED, isUntouched, stampOf } from '@skein/model';
import type { Stamp } from '@skein/model';
import { statOf } from './stamp.ts';
import { toAbsolute } from './workspace-path.ts';

/** A file that resolution or emission reads, `digest: null` where it does not exist. */
export interface WatchedFile {
  readonly path: string;
  readonly stamp: Stamp;
  readonly digest: Digest | null;
}

/** A folder whose names decide what an import means. */
export interface WatchedFolder {
  readonly path: string;
  readonly stamp: Stamp;
  readonly names: string;
}

/** A place where a package was looked for: what is there, `''` for nothing. */
export interface WatchedPlace {
  readonly path: string;
  readonly found: string;
}

/** What resolution is a function of (C5), with relative paths. */
export interface Watched {
  readonly files: readonly WatchedFile[];
  readonly folders: readonly WatchedFolder[];
  readonly places: readonly WatchedPlace[];
}

export interface Rewatched {
  /** Everything is as it was, though times may differ. */
  readonly same: boolean;
  /** With times of today; `null` where there is nothing new to keep. */
  readonly renewed: Watched | null;
}

const CODE_OR_JSON = /\.([cm]?[jt]sx?|json)$/;

export function watchFile(root: string, path: string, now: () => number): WatchedFile {
  const file = readStamped(toAbsolute(root, path), now);
  return { path, stamp: file?.stamp ?? UNSETTLED, digest: file?.digest ?? null };
}

export function watchFolder(root: string, path: string, now: () => number): WatchedFolder {
  const absolute = toAbsolute(root, path);
  const readAt = now();
  const stats = statOf(absolute);
  if (stats === undefined) return { path, stamp: UNSETTLED, names: '' };
  return { path, stamp: stampOf(stats, readAt), names: namesIn(absolute) };
}

/** Folders, links and what could be a module; files that nothing would resolve to are left out. */
function namesIn(folder: string): string {
  const names: string[] = [];
  // Packages in it are watched one by one, as far as anything asks for them.
  const isPackages = basename(folder) === 'node_modules';
  try {
    for (const it of readdirSync(folder, { withFileTypes: true })) {
      if (isPackages && !it.isFile()) continue;
      if (it.isDirectory()) {
        if (!it.name.startsWith('.')) names.push(`${it.name}/`);
      } else if (it.isSymbolicLink()) names.push(`${it.name}@`);
      else if (CODE_OR_JSON.test(it.name)) names.push(it.name);
    }
  } catch {
    return '';
  }
  return names.sort().join('|');
}

export function watchPlace(root: string, path: string): WatchedPlace {
  const absolute = toAbsolute(root, path);
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return { path, found: '' };
  if (!stats.isSymbolicLink()) return { path, found: stats.isDirectory() ? '/' : '.' };
  return { path, found: `->${readlinkSync(absolute)}` };
}

/** Compares what resolution consulted with what is there now. */
export function watchAgain(root: string, watched: Watched, now: () => number): Rewatched {
  let renewed = false;
  const files: WatchedFile[] = [];
  for (const it of watched.files) {
    const stats = statOf(toAbsolute(root, it.path));
    if (it.digest === null ? stats === undefined : isUntouched(stats, it.stamp)) files.push(it);
    else {
      const again = watchFile(root, it.path, now);
      if (again.digest !== it.digest) return { same: false, renewed: null };
      renewed ||= again.stamp !== it.stamp;
      files.push(again);
    }
  }
  const folders: WatchedFolder[] = [];
  for (const it of watched.folders) {
    if (isUntouched(statOf(toAbsolute(root, it.path)), it.stamp)) folders.push(it);
    else {
      const again = watchFolder(root, it.path, now);
      if (again.names !== it.names) return { same: false, renewed: null };
      renewed ||= again.stamp !== it.stamp;
      folders.push(again);
    }
  }
  for (const it of watched.places) {
    if (watchPlace(root, it.path).found !== it.found) return { same: false, renewed: null };
  }
  const { places } = watched;
  return { same: true, renewed: renewed ? { files, folders, places } : null };
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function watchDigest(watched: Watched): Digest {
  const files = watched.files.map((it) => `${it.path} ${it.digest ?? ''}`);
  return digestOf('manifest', files.join('\n'));
}
