import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import { isBuiltin } from 'node:module';
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readStamped } from './sources.ts';
import { UNSETTLED, isUntouched, stampOf } from '@skein/model';
import type { Stamp } from '@skein/model';
import { statOf } from './stamp.ts';

/** One folder, file or link of a package, as it was when it was read. */
export interface PackageEntry {
  /** Relative to the package, with `/`; the package itself is `''`. */
  readonly path: string;
  readonly stamp: Stamp;
  /** Digest of a file; names of a folder; `->` and the target of a link. */
  readonly content: string;
  /** Of code: names of the packages that it seems to ask for, by blanks. */
  readonly asks?: string;
}

export interface PackageFiles {
  readonly digest: Digest;
  readonly entries: readonly PackageEntry[];
}

/** Packages inside, and what version control or Skein keeps, are no content of a package. */
const SKIPPED = new Set(['node_modules', '.git', '.skein']);

/** True if nothing in the folder was touched since the entries were made (C8). */
export function areUntouched(folder: string, entries: readonly PackageEntry[]): boolean {
  return entries.every((it) => {
    if (it.content.startsWith('->')) return linkText(join(folder, it.path)) === it.content;
    return isUntouched(statOf(join(folder, it.path)), it.stamp);
  });
}

/**
 * C6: the content of a package's installed files. What is untouched since `known` was made is not
 * read again.
 */
export function readPackageFiles(
  folder: string,
  known: readonly PackageEntry[],
  now: () => number,
): PackageFiles {
  const before = new Map(known.map((it) => [it.path, it]));
  const entries: PackageEntry[] = [];
  readFolder('');
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = entries.filter((it) => !isFolder(it)).map((it) => `${it.path}\0${it.content}`);
  return { digest: digestOf('package', lines.join('\n')), entries };

  function readFolder(path: string): void {
    const readAt = now();
    const stats = statOf(join(folder, path));
    // A file that lies in node_modules by itself is a package without a folder.
    if (path === '' && stats?.isFile() === true) {
      entries.push(readEntry(path));
      return;
    }
    const found = readdirSync(join(folder, path), { withFileTypes: true })
      .filter((it) => !SKIPPED.has(it.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const stamp = stats === undefined ? UNSETTLED : stampOf(stats, readAt);
    entries.push({ path, stamp, content: `/${found.map((it) => it.name).join('/')}` });
    for (const it of found) {
      const inner = path === '' ? it.name : `${path}/${it.name}`;
      if (it.isDirectory()) readFolder(inner);
      else if (it.isSymbolicLink()) {
        const content = linkText(join(folder, inner)) ?? '->';
        entries.push({ path: inner, stamp: UNSETTLED, content });
      } else if (it.isFile()) entries.push(readEntry(inner));
    }
  }

  function readEntry(path: string): PackageEntry {
    const old = before.get(path);
    if (old !== undefined && isUntouched(statOf(join(folder, path)), old.stamp)) return old;
    const file = readStamped(join(folder, path), now);
    const asks = file === undefined || !isRun(path) ? '' : askedFor(file.bytes);
    const entry = { path, stamp: file?.stamp ?? UNSETTLED, content: file?.digest ?? '' };
    return asks === '' ? entry : { ...entry, asks };
  }
}

const CODE = /\.[cm]?js$/;

/** What only a package's own authors run. */
const OF_AUTHORS =
  /(?:^|\/)(?:tests?|__tests__|examples?|bench|benchmarks?|docs?|scripts?)\/|\.(?:test|spec)\./;

const IMPORT = /\brequire(?:\.resolve)?\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*/;
const ASKS = new RegExp(`(?:${IMPORT.source})["']((?:@[\\w.~-]+/)?[\\w~][\\w.~-]*)`, 'g');

function isRun(path: string): boolean {
  return CODE.test(path) && !OF_AUTHORS.test(path);
}

/** What looks like an import: in doubt more, which can only make a digest cover more. */
function askedFor(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const names = new Set<string>();
  for (const { 1: name = '', index } of text.matchAll(ASKS)) {
    const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
    const isComment = /^\s*(?:\*|\/\/)/.test(line);
    if (!isComment && !isBuiltin(name)) names.add(name);
  }
  return [...names].sort().join(' ');
}

function isFolder(entry: PackageEntry): boolean {
  return entry.content.startsWith('/');
}

function linkText(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isSymbolicLink() === true ? `->${readlinkSync(path)}` : undefined;
}
