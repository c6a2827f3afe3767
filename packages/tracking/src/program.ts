import { delimiter, isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';
import { native } from './native-fs.ts';
import type { ObservedPaths } from './observed-path.ts';
import { readText } from './package-content.ts';

/**
 * Before the name of a program in a look-up of one: what it finds depends on `PATH` as it is now,
 * which a file that was found does not show. `from` is then the search path.
 */
export const PROGRAM = 'program:';

/** In a search path: the whole of the command's own. */
const COMMANDS_PATH = '$PATH';
const ANY_EXECUTE = 0o111;
const HEAD_BYTES = 256;

export interface SearchPath {
  readonly paths: ObservedPaths;
  /** The command's `PATH`, where it is handed on (O6). */
  readonly path: string | undefined;
}

/** A search path as look-ups name it, with the command's own by name wherever it is whole. */
export function nameSearchPath(list: string, cwd: string, { paths, path }: SearchPath): string {
  const name = (part: readonly string[]): readonly string[] =>
    part.map((it) => paths.of(resolve(cwd, it))?.name ?? resolve(cwd, it));
  const folders = list.split(delimiter);
  const own = path?.split(delimiter) ?? [];
  const start = own.every(isAbsolute) ? indexWithin(folders, own) : -1;
  if (start < 0) return name(folders).join(delimiter);
  const before = name(folders.slice(0, start));
  const after = name(folders.slice(start + own.length));
  return [...before, COMMANDS_PATH, ...after].join(delimiter);
}

/** Where the whole of one list begins in another; -1: nowhere. */
function indexWithin(list: readonly string[], part: readonly string[]): number {
  if (part.length === 0) return -1;
  return list.findIndex((_, start) => part.every((it, index) => list[start + index] === it));
}

/** The file that is executed for a program, named as observations name paths if it has a `/`. */
export function findProgram(
  name: string,
  from: string,
  { paths, path }: SearchPath,
): string | undefined {
  if (name.includes('/')) {
    const file = paths.absolute(name);
    return isExecutable(file) ? file : undefined;
  }
  const own = path?.split(delimiter) ?? [];
  return from
    .split(delimiter)
    .flatMap((it) => (it === COMMANDS_PATH ? own : [paths.absolute(it)]))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** The program that a script names in its first line. */
export function interpreterOf(file: string): string | undefined {
  const words = /^#![ \t]*(.+)/.exec(headOf(file))?.[1]?.trim().split(/\s+/) ?? [];
  if (words[0]?.endsWith('/env') !== true) return words[0];
  return words.slice(1).find((it) => !it.startsWith('-') && !it.includes('='));
}

/** Whether the file is the Node that runs: the platform stands for it (Q6). */
export function isThisNode(real: string): boolean {
  return real === process.execPath;
}

function headOf(file: string): string {
  try {
    return readText(file, HEAD_BYTES);
  } catch {
    return '';
  }
}

function isExecutable(file: string): boolean {
  try {
    const stats = native.statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() === true && (stats.mode & ANY_EXECUTE) !== 0;
  } catch {
    return false;
  }
}
