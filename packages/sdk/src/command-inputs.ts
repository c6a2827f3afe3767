import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '@skein/model';
import type { PlainInput } from './command-spec.ts';
import { Dir } from './dir.ts';
import { File } from './file.ts';
import { quote } from './invalid-option.ts';
import { isPlainObject } from './json-kind.ts';
import type { DeclaredCommand } from './parse-command.ts';

/** For each input that is given: the text that stands for it in the command. */
export type InputTexts = ReadonlyMap<string, string>;

/**
 * Checks what a command is called with, and lays it out: files where they are kept, JSON in
 * `folder`. Throws `input-invalid` for what is not as it is declared.
 */
export async function layOutInputs(
  { inputs, text }: DeclaredCommand,
  given: unknown,
  folder: string,
): Promise<InputTexts> {
  const values = recordOf(given, text);
  for (const name of Object.keys(values)) {
    if (inputs.has(name)) continue;
    throw invalidInput(text, `no input "${name}"`, [
      ['inputs', [...inputs.keys()].join(', ') || 'none'],
    ]);
  }
  const texts = new Map<string, string>();
  for (const [name, { kind, optional }] of inputs) {
    const value = values[name];
    if (value === undefined && optional) continue;
    const laidOut = await layOut(kind, value, join(folder, `${name}.json`));
    if (laidOut === undefined || laidOut.includes('\0')) {
      throw invalidInput(text, `input "${name}" is not as it is declared`, [
        ['given', quote(value)],
        ['wanted', WANTED[kind]],
      ]);
    }
    texts.set(name, laidOut);
  }
  return texts;
}

const WANTED: Readonly<Record<PlainInput, string>> = {
  file: 'a File',
  dir: 'a Dir',
  string: 'a string of whole characters, without zero bytes',
  number: 'a number',
  boolean: 'true or false',
  json: 'what JSON can say',
};

/** `undefined`: it is no such thing. */
async function layOut(kind: PlainInput, value: unknown, path: string): Promise<string | undefined> {
  switch (kind) {
    case 'file':
      return value instanceof File ? await value.path() : undefined;
    case 'dir':
      return value instanceof Dir ? await value.path() : undefined;
    case 'string':
      return typeof value === 'string' && value.isWellFormed() ? value : undefined;
    case 'number':
    case 'boolean':
      return typeof value === kind ? String(value) : undefined;
    case 'json':
      return await layOutJson(value, path);
  }
}

/** Without what JSON would silently write as something else: `NaN`, a Map, a File. */
async function layOutJson(value: unknown, path: string): Promise<string | undefined> {
  if (!isJson(value, [])) return undefined;
  await writeFile(path, JSON.stringify(value), { flag: 'wx' });
  return path;
}

function isJson(value: unknown, above: readonly unknown[]): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (above.includes(value)) return false;
  const within = [...above, value];
  if (Array.isArray(value)) return Array.from(value).every((it) => isJson(it, within));
  if (!isPlainObject(value)) return false;
  // A property that is `undefined` is as good as none.
  return Object.values(value).every((it) => it === undefined || isJson(it, within));
}

function recordOf(given: unknown, command: string): Readonly<Record<string, unknown>> {
  if (given === undefined) return {};
  if (isPlainObject(given)) return given;
  throw invalidInput(command, 'a command takes one object with its inputs', [
    ['given', quote(given)],
  ]);
}

function invalidInput(
  command: string,
  headline: string,
  facts: readonly (readonly [string, string])[],
): FailureError {
  const all = [['command', command] as const, ...facts];
  return new FailureError({ code: 'input-invalid', kind: 'usage', headline, facts: all });
}
