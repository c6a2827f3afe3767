import { basename, dirname } from 'node:path';
import type { Dirent } from 'node:fs';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { plainText } from './encoding.ts';
import { digestOfError } from './file-digest.ts';
import { native } from './native-fs.ts';

export type AnyDirent = Dirent<string | Buffer>;

/** The digest of a folder's names and types as they are now. `state`: the state directory. */
export function lookInto(folder: string, state: string): Digest | null {
  try {
    const entries = native.readdirSync(folder, { withFileTypes: true });
    return digestOfEntries(visibleEntries(entries, { folder, state }));
  } catch (error) {
    return digestOfError(error);
  }
}

/** The order in which a file system lists is no property of the folder. */
export function digestOfEntries(entries: readonly AnyDirent[], options?: unknown): Digest {
  const lines = entries.map((entry) => `${plainText(entry.name, options)}\0${typeOf(entry)}`);
  return digestOf('observation', lines.sort().join('\0'));
}

export interface Listed {
  /** The folder that was listed. */
  readonly folder: string;
  readonly state: string;
  /** Those of the call, which may ask for names in any encoding. */
  readonly options?: unknown;
}

/** Without the state directory, which is in no listing (O2). */
export function visibleEntries<T extends AnyDirent>(
  entries: readonly T[],
  { folder, state, options }: Listed,
): readonly T[] {
  if (folder !== dirname(state)) return entries;
  const hidden = basename(state);
  return entries.filter(({ name }) => plainText(name, options) !== hidden);
}

function typeOf(entry: AnyDirent): string {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
