import type { InputSchema, ParameterType } from '@skein/analysis';
import type { Failure } from '@skein/model';
import type { JsonValue } from '@skein/values';
import { coerce } from './coerce.ts';
import { describeType } from './describe-type.ts';
import { flagNamed, flagsOf, type Flag } from './flag.ts';
import { readJson, readText } from './read-text.ts';
import { commandNamed } from './specs.ts';
import { flagValue, unknownFlag } from './usage.ts';

/** What the flags of a task say, by parameter name, in JSON form. */
export interface FlagInputs {
  readonly whole: ReadonlyMap<string, JsonValue>;
  /** Properties of a single object parameter that were given one by one. */
  readonly properties: ReadonlyMap<string, JsonValue>;
  readonly failures: readonly Failure[];
}

/** Reads the flags of a task. All that is wrong is told at once. */
export function readFlags(schema: InputSchema, tokens: readonly string[]): FlagInputs {
  const flags = flagsOf(schema);
  const given = new Map<Flag, (string | boolean)[]>();
  const failures: Failure[] = [];
  for (let at = 0; at < tokens.length;) {
    const read = readToken(flags, tokens, at);
    at = read.next;
    if (!read.ok) failures.push(read.failure);
    else given.set(read.flag, [...(given.get(read.flag) ?? []), read.value]);
  }
  const whole = new Map<string, JsonValue>();
  const properties = new Map<string, JsonValue>();
  for (const [flag, values] of given) {
    const json = valueOf(flag, values);
    if (json === undefined) failures.push(misfit(flag, values));
    else if (flag.property === undefined) whole.set(flag.parameter, json);
    else properties.set(flag.property, json);
  }
  return { whole, properties, failures };
}

type Token =
  | {
      readonly ok: true;
      readonly flag: Flag;
      readonly value: string | boolean;
      readonly next: number;
    }
  | { readonly ok: false; readonly failure: Failure; readonly next: number };

function readToken(flags: readonly Flag[], tokens: readonly string[], at: number): Token {
  const token = tokens[at] ?? '';
  if (!token.startsWith('--')) return { ok: false, failure: stray(token), next: at + 1 };
  const equals = token.indexOf('=');
  const spelled = token.slice(2, equals < 0 ? undefined : equals);
  const flag = flagNamed(flags, spelled);
  const following = tokens[at + 1];
  const present = equals < 0 && following !== undefined && !following.startsWith('--');
  if (flag === undefined) return readNegated(flags, { token, spelled, at, present });
  if (equals >= 0) return { ok: true, flag, value: token.slice(equals + 1), next: at + 1 };
  if (isSwitch(flag.type)) {
    const said = following === 'true' || following === 'false';
    return said
      ? { ok: true, flag, value: following, next: at + 2 }
      : { ok: true, flag, value: true, next: at + 1 };
  }
  if (present) return { ok: true, flag, value: following, next: at + 2 };
  const wanted = describeType(flag.type);
  const hint = `a value that begins with "--" is written "--${flag.name}=--…"`;
  const failure = flagValue(flag.name, { given: 'nothing', wanted, hint });
  return { ok: false, failure, next: at + 1 };
}

interface Unknown {
  readonly token: string;
  readonly spelled: string;
  readonly at: number;
  /** True where a value may follow, which then belongs to what is unknown. */
  readonly present: boolean;
}

/** `--no-x` of a boolean `x`, or nothing that is known. */
function readNegated(flags: readonly Flag[], { token, spelled, at, present }: Unknown): Token {
  const flag = spelled.startsWith('no-') ? flagNamed(flags, spelled.slice(3)) : undefined;
  if (flag !== undefined && isSwitch(flag.type) && !token.includes('=')) {
    return { ok: true, flag, value: false, next: at + 1 };
  }
  const ours = commandNamed('run')?.options.map(({ name }) => name) ?? [];
  const known = [...flags.map(({ name }) => name), ...ours];
  const next = at + (present ? 2 : 1);
  return { ok: false, failure: unknownFlag(`--${spelled}`, known, 'the task'), next };
}

/** A boolean, or a union of booleans and nothing. */
export function isSwitch(type: ParameterType): boolean {
  if (type.kind === 'boolean') return true;
  if (type.kind === 'literal') return typeof type.value === 'boolean';
  const nothing = (member: ParameterType): boolean =>
    member.kind === 'undefined' || member.kind === 'null';
  return type.kind === 'union' && type.types.every((member) => nothing(member) || isSwitch(member));
}

/** A list may be given as JSON, or item by item; of anything else the last one counts. */
function valueOf(flag: Flag, values: readonly (string | boolean)[]): JsonValue | undefined {
  const list = listIn(flag.type);
  const texts = values.map(String);
  if (list === undefined) return readText(flag.type, texts.at(-1) ?? '');
  const [only, second] = texts;
  if (only !== undefined && second === undefined) {
    const json = readJson(only);
    if (Array.isArray(json)) return coerce(flag.type, json);
  }
  const items = texts.map((text) => readText(list, text));
  const read = items.filter((item) => item !== undefined);
  return read.length === items.length ? coerce(flag.type, read) : undefined;
}

/** The item type, where a flag can be repeated. */
export function listIn(type: ParameterType): ParameterType | undefined {
  if (type.kind === 'list' || type.kind === 'set') return type.item;
  if (type.kind !== 'union') return undefined;
  return type.types.map(listIn).find((item) => item !== undefined);
}

function misfit(flag: Flag, values: readonly (string | boolean)[]): Failure {
  const given = values.map((value) => JSON.stringify(String(value))).join(', ');
  return flagValue(flag.name, { given, wanted: describeType(flag.type) });
}

function stray(word: string): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: `"${word}" belongs to no flag`,
    facts: [['given', `"${word}"`]],
    hint: 'write the task before its flags, and each value behind its flag',
  };
}
