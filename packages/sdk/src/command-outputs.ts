import { constants, lstat, open, readdir, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stats } from 'node:fs';
import { FailureError } from '@skein/model';
import type { PlainOutput } from './command-spec.ts';
import { Dir } from './dir.ts';
import { File } from './file.ts';
import { isCode } from './loose-files.ts';
import { WHOLE_BYTES } from './spawn-program.ts';
import { specialKind } from './tree.ts';

/*
 * The outputs folder is the program's: what lies in it may be anything.
 * O1  Nothing is followed: what is opened is a file itself, in the folder that was made for it.
 * O2  What is wrong with an output is said by its name, not by a path that is another in each run.
 */

/** The folder that a program puts its outputs in. */
export interface OutputsFolder {
  readonly path: string;
  /** Whether it is still the folder that was made. */
  readonly isUntouched: () => Promise<boolean>;
}

/** Why an output cannot be taken, as the end of a sentence about it. */
export class OutputProblem extends Error {}

export async function watchOutputs(path: string): Promise<OutputsFolder> {
  const made = await identityOf(path);
  return { path, isUntouched: async () => made === (await identityOf(path)) };
}

async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await lstat(path, { bigint: true });
    return `${dev} ${ino} ${await realpath(path)}`;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR') || isCode(error, 'ELOOP')) {
      return undefined;
    }
    throw error;
  }
}

type MadeOutput = Exclude<PlainOutput, 'stdout' | 'stderr' | 'exitCode'>;

export interface WantedOutput {
  readonly name: string;
  readonly kind: MadeOutput;
  readonly folder: OutputsFolder;
}

/** Takes an output over. Throws an `OutputProblem`; `dir-entry-refused` for links, devices. */
export async function takeOutput({ name, kind, folder }: WantedOutput): Promise<unknown> {
  if (!(await folder.isUntouched())) throw refusedOutput(name, 'in a folder that was replaced');
  const path = join(folder.path, name);
  const stats = await statsOf(path);
  if (stats === undefined) {
    throw new OutputProblem(`is missing: there is no outputs/${name}, ${await found(folder.path)}`);
  }
  if (!stats.isFile() && !stats.isDirectory()) throw refusedOutput(name, specialKind(stats));
  if (kind === 'dir') {
    if (!stats.isDirectory()) throw new OutputProblem('is a file, and is declared as a folder');
    return await takeDir(path, name);
  }
  if (stats.isDirectory()) throw new OutputProblem('is a folder, and is declared as a file');
  await using file = await openItself(path, name);
  return kind === 'file'
    ? await File.from(file.createReadStream(), { name })
    : await read(file, kind);
}

async function takeDir(path: string, name: string): Promise<Dir> {
  try {
    return await Dir.from(path);
  } catch (error) {
    if (isCode(error, 'EACCES')) throw new OutputProblem('holds what may not be read');
    if (!(error instanceof FailureError)) throw error;
    const { failure } = error;
    throw new FailureError({ ...failure, facts: [['output', name], ...failure.facts] });
  }
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    if (isCode(error, 'EACCES')) throw new OutputProblem('is in a folder that may not be read');
    throw error;
  }
}

/** Not waiting for the other end of a pipe that took its place. */
async function openItself(path: string, name: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isCode(error, 'ELOOP')) throw refusedOutput(name, 'a link');
    if (isCode(error, 'EACCES')) throw new OutputProblem('may not be read');
    throw error;
  }
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw refusedOutput(name, specialKind(stats));
}

async function read(file: FileHandle, kind: Exclude<MadeOutput, 'file' | 'dir'>): Promise<unknown> {
  const { size } = await file.stat();
  if (size > WHOLE_BYTES) {
    throw new OutputProblem(`holds ${size} bytes, more than a value can be: declare it as a file`);
  }
  const text = textOf(await file.readFile());
  switch (kind) {
    case 'text':
      return text;
    case 'json':
      return parseJson(text);
    case 'number':
      return parseNumber(text);
    case 'boolean':
      return parseBoolean(text);
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as it is: what a decoder would put in for something else is in no result. */
export function textOf(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch (error) {
    throw new OutputProblem('is not text in UTF-8: have it be a file', { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OutputProblem(`is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function parseNumber(text: string): number {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (NUMBER.test(trimmed) && Number.isFinite(value)) return value;
  throw new OutputProblem(`is not a number: ${shown(trimmed)}`);
}

function parseBoolean(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  throw new OutputProblem(`is neither true nor false: ${shown(trimmed)}`);
}

const SHOWN = 60;

function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

const LISTED = 20;

async function found(folder: string): Promise<string> {
  const names = (await readdir(folder)).toSorted();
  if (names.length === 0) return 'and outputs is empty';
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  return `but ${names.slice(0, LISTED).join(', ')}${more}`;
}

function refusedOutput(name: string, what: string): FailureError {
  return new FailureError({
    code: 'dir-entry-refused',
    kind: 'usage',
    headline: `a command hands over files and folders only: output "${name}" is ${what}`,
    facts: [
      ['output', name],
      ['is', what],
    ],
    hint: 'have the program write the content itself there',
  });
}
