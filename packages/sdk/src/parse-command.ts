import type { PlainInput, PlainOutput } from './command-spec.ts';
import { placeholdersOf, readTemplate } from './command-template.ts';
import type { Placeholder, Template } from './command-template.ts';
import { quote, throwInvalidOption } from './invalid-option.ts';
import { isJsonKind } from './json-kind.ts';
import { below, oneOf, parseRecord, text } from './option-parser.ts';
import type { OptionPlace } from './option-parser.ts';
import { parseOptions } from './options.ts';
import type { GivenOptions } from './options.ts';
import { shellQuote } from './shell-line.ts';
import { placesOf } from './shell-quotes.ts';

/** An input as it is declared. */
export interface DeclaredInput {
  readonly kind: PlainInput;
  readonly optional: boolean;
}

/** A command as it is declared, checked. */
export interface DeclaredCommand {
  /** As it is written: `python3`, or `/bin/sh` for a line. */
  readonly program: string;
  /** Of a line nothing; of a program groups of arguments, that are left out as a whole. */
  readonly args: readonly (readonly Template[])[];
  /** For `sh -euc`. */
  readonly line: Template | undefined;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly outputs: ReadonlyMap<string, PlainOutput>;
  readonly stdin: Template | undefined;
  readonly exitCodes: ReadonlySet<number>;
  /** For people: as it is declared, in one line. */
  readonly text: string;
}

const SHELL = '/bin/sh';
const INPUTS = ['file', 'dir', 'string', 'number', 'boolean', 'json'] as const;
const OUTPUTS = [
  ...(['file', 'dir', 'json', 'text', 'number', 'boolean'] as const),
  ...(['stdout', 'stderr', 'exitCode'] as const),
] as const;
const PRINTED: readonly PlainOutput[] = ['stdout', 'stderr', 'exitCode'];

/** Splits what `env.command` takes into command and options; throws `option-invalid`. */
export function parseCommand(
  input: unknown,
  owner: string,
): { readonly command: DeclaredCommand; readonly options: GivenOptions } {
  const at = { owner, path: '' };
  const wanted = "an object such as { command: ['python3', 'train.py'] }";
  const spec = parseRecord(input, at, wanted);
  const { command, inputs = {}, outputs = {}, stdin, exitCodes = [0], ...options } = spec;
  const declared = {
    inputs: parseInputs(inputs, below(at, 'inputs')),
    outputs: parseOutputs(outputs, below(at, 'outputs')),
  };
  const known: Known = {
    ...declared,
    template: (value, where) => template(value, where, declared),
  };
  return {
    command: {
      ...declared,
      ...parseProgram(command, below(at, 'command'), known),
      stdin: stdin === undefined ? undefined : parseStdin(stdin, below(at, 'stdin'), known),
      exitCodes: parseExitCodes(exitCodes, below(at, 'exitCodes')),
    },
    options: parseOptions(options, owner),
  };
}

type Declared = Pick<DeclaredCommand, 'inputs' | 'outputs'>;

interface Known extends Declared {
  readonly template: (value: unknown, at: OptionPlace) => Template;
}

function parseProgram(
  value: unknown,
  at: OptionPlace,
  known: Known,
): Pick<DeclaredCommand, 'program' | 'args' | 'line' | 'text'> {
  const { template } = known;
  if (typeof value === 'string') {
    if (value.trim() === '') throwInvalidOption({ ...at, given: value, wanted: 'a line to run' });
    return { program: SHELL, args: [], line: parseLine(value, at, known), text: value };
  }
  const [program, ...rest] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (!Array.isArray(value) || value.length === 0) {
    const wanted = "a program with its arguments, ['python3', 'train.py'], or one line of a shell";
    throwInvalidOption({ ...at, given: value, wanted });
  }
  const first = below(at, '0');
  const name = text(program, first);
  if (template(name, first).some((it) => typeof it !== 'string')) {
    throwInvalidOption({ ...first, given: name, wanted: 'the name of a program, or its path' });
  }
  const args = rest.map((it, index) => {
    const here = below(at, String(index + 1));
    if (!Array.isArray(it)) return [template(it, here)];
    return it.map((word, within) => template(word, below(here, String(within))));
  });
  const words = [program, ...rest].flat().map((it) => readableWord(String(it)));
  return { program: name, args, line: undefined, text: words.join(' ') };
}

function parseLine(value: string, at: OptionPlace, { template }: Known): Template {
  const line = template(value, at);
  for (const it of placesOf(line)) {
    if (typeof it === 'string' || it.quotes !== 'verbatim') continue;
    const given = `{${it.placeholder.of}.${it.placeholder.name}}`;
    const wanted = 'a place where a shell puts something in: <<EOF, without quotes or backslash';
    throwInvalidOption({ ...at, given, wanted });
  }
  return line;
}

function readableWord(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : shellQuote(word);
}

/** Only names that are declared may stand in it, and only where there is something to put in. */
function template(value: unknown, at: OptionPlace, { inputs, outputs }: Declared): Template {
  if (typeof value !== 'string' || value.includes('\0')) {
    throwInvalidOption({ ...at, given: value, wanted: 'a string, without zero bytes' });
  }
  const read = readTemplate(value);
  for (const { of, name } of placeholdersOf(read)) {
    const given = `{${of}.${name}}`;
    const names = [...(of === 'inputs' ? inputs : outputs).keys()];
    if (!names.includes(name)) {
      const wanted = `one of its ${of}: ${names.join(', ') || 'it has none'}`;
      throwInvalidOption({ ...at, given, wanted });
    }
    const printed = of === 'outputs' ? outputs.get(name) : undefined;
    if (printed !== undefined && PRINTED.includes(printed)) {
      throwInvalidOption({ ...at, given, wanted: `an output with a path, '${printed}' has none` });
    }
  }
  return read;
}

function parseStdin(value: unknown, at: OptionPlace, { template, inputs }: Known): Template {
  const read = template(value, at);
  for (const it of placeholdersOf(read)) {
    if (isContent(it, read, inputs)) continue;
    const given = `{${it.of}.${it.name}}`;
    throwInvalidOption({ ...at, given, wanted: 'a file or JSON alone, or a text with scalars' });
  }
  return read;
}

function isContent(
  { of, name }: Placeholder,
  all: Template,
  inputs: ReadonlyMap<string, DeclaredInput>,
): boolean {
  if (of === 'outputs') return false;
  const kind = inputs.get(name)?.kind;
  return kind === 'file' || kind === 'json' ? all.length === 1 : kind !== 'dir';
}

function parseInputs(value: unknown, at: OptionPlace): ReadonlyMap<string, DeclaredInput> {
  const record = parseRecord(value, at, "an object such as { rows: 'file' }");
  return new Map(
    Object.entries(record).map(([name, kind]): [string, DeclaredInput] => {
      const here = below(at, name);
      checkName({ name, at, names: INPUT_NAME });
      if (isJsonKind(kind)) return [name, { kind: 'json', optional: kind.optional }];
      const optional = typeof kind === 'string' && kind.endsWith('?');
      const plain = optional ? kind.slice(0, -1) : kind;
      return [name, { kind: kindOf(INPUTS, plain, { ...here, given: kind }), optional }];
    }),
  );
}

function parseOutputs(value: unknown, at: OptionPlace): ReadonlyMap<string, PlainOutput> {
  const record = parseRecord(value, at, "an object such as { model: 'file' }");
  return new Map(
    Object.entries(record).map(([name, kind]): [string, PlainOutput] => {
      const here = below(at, name);
      checkName({ name, at, names: OUTPUT_NAME });
      if (isJsonKind(kind) && !kind.optional) return [name, 'json'];
      return [name, kindOf(OUTPUTS, kind, { ...here, given: kind })];
    }),
  );
}

function kindOf<const T extends string>(
  kinds: readonly T[],
  kind: unknown,
  at: OptionPlace & { readonly given: unknown },
): T {
  const found = kinds.find((it) => it === kind);
  return found ?? oneOf(...kinds)(at.given, at);
}

const INPUT_NAME = /^[A-Za-z_][\w-]*$/;
/** It becomes the name of a file. */
const OUTPUT_NAME = /^[A-Za-z_][\w.-]*$/;

function checkName(it: {
  readonly name: string;
  readonly at: OptionPlace;
  readonly names: RegExp;
}): void {
  if (it.names.test(it.name) && it.name.length <= 100 && it.name !== '__proto__') return;
  const wanted = 'names of letters, digits, "_" and "-"';
  throwInvalidOption({ ...it.at, given: it.name, wanted });
}

function parseExitCodes(value: unknown, at: OptionPlace): ReadonlySet<number> {
  const isCode = (it: unknown): it is number =>
    typeof it === 'number' && Number.isInteger(it) && it >= 0 && it <= 255;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isCode)) {
    const given = Array.isArray(value) ? `[${value.map(quote).join(', ')}]` : value;
    throwInvalidOption({ ...at, given, wanted: 'an array of numbers from 0 to 255' });
  }
  return new Set(value);
}
