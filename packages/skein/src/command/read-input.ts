import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { InputSchema } from '@skein/analysis';
import type { Failure } from '@skein/model';
import type { JsonValue } from '@skein/values';
import type { CommandIo } from './io.ts';
import { nearest } from './nearest.ts';
import type { Failures } from './session.ts';
import { flagValue } from './usage.ts';

export type InputObject =
  | { readonly ok: true; readonly value: Readonly<Record<string, JsonValue>> }
  | { readonly ok: false; readonly failures: Failures };

/** The object of `--input`: of a file, or of standard input for `-`, by parameter name. */
export async function readInputObject(
  io: CommandIo,
  source: string,
  schema: InputSchema,
): Promise<InputObject> {
  const text = await readSource(io, source);
  if (typeof text !== 'string') return { ok: false, failures: [text] };
  const json = parseJson(text);
  if (!json.ok) return { ok: false, failures: [unreadable(source, json.message)] };
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
    return { ok: false, failures: [unreadable(source, `it is ${kind}`)] };
  }
  const object = value as Readonly<Record<string, JsonValue>>;
  const names = schema.parameters.map(({ name }) => name);
  const [first, ...others] = Object.keys(object)
    .filter((key) => !names.includes(key))
    .map((key) => unknownKey(key, names));
  if (first !== undefined) return { ok: false, failures: [first, ...others] };
  return { ok: true, value: object };
}

async function readSource(io: CommandIo, source: string): Promise<string | Failure> {
  if (source === '-') {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of io.stdin) {
      text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }
  try {
    return await readFile(resolve(io.cwd, source), 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return flagValue('input', {
      given: `"${source}"`,
      wanted: 'a file to read, or "-"',
      hint: why,
    });
  }
}

type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function unreadable(source: string, why: string): Failure {
  return {
    code: 'input-invalid',
    kind: 'usage',
    headline: 'the input is no JSON object',
    facts: [
      ['source', source === '-' ? 'standard input' : `"${source}"`],
      ['why', why],
    ],
    hint: 'wanted is an object by parameter name: { "rows": [1, 2], "epochs": 3 }',
  };
}

function unknownKey(key: string, names: readonly string[]): Failure {
  const meant = nearest(key, names);
  return {
    code: 'input-invalid',
    kind: 'usage',
    headline: `the task has no parameter "${key}"`,
    facts: [['parameters', names.length === 0 ? 'none' : names.join(', ')]],
    ...(meant === undefined ? {} : { hint: `did you mean "${meant}"?` }),
  };
}
