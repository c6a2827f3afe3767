import { DURATION_WANTED, parseDuration } from './duration.ts';
import { throwInvalidOption } from './invalid-option.ts';
import { SIZE_WANTED, parseSize } from './size.ts';

/** Where an option stands, for messages. */
export interface OptionPlace {
  readonly owner: string;
  readonly path: string;
}

/** Checks and normalises one option; throws `option-invalid`. */
export type OptionParser<T> = (value: unknown, at: OptionPlace) => T;

/** For each property of the result: the name authors write, and its parser. */
export type OptionFields<T> = {
  readonly [K in keyof T]-?: readonly [name: string, parse: OptionParser<Exclude<T[K], undefined>>];
};

type Present<T> = { -readonly [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * Reads a plain object by its fields, in their order whatever the author's, so that equal
 * options have equal encodings. A property that is `undefined` counts as not given.
 */
export function parseFields<T>(
  fields: OptionFields<T>,
  value: unknown,
  at: OptionPlace,
): Present<T> {
  const record = parseRecord(value, at, 'an object');
  const keys = Object.keys(fields) as (keyof T & string)[];
  const known = keys.map((key) => fields[key][0]);
  for (const name of Object.keys(record)) {
    if (known.includes(name)) continue;
    throwInvalidOption({
      ...below(at, name),
      given: record[name],
      wanted: `no such option, but one of ${known.join(', ')}`,
    });
  }
  const parsed: Present<T> = {};
  for (const key of keys) {
    const [name, parse] = fields[key];
    if (record[name] !== undefined) parsed[key] = parse(record[name], below(at, name));
  }
  return parsed;
}

export function below(at: OptionPlace, name: string): OptionPlace {
  return { owner: at.owner, path: at.path === '' ? name : `${at.path}.${name}` };
}

export function parseRecord(
  value: unknown,
  at: OptionPlace,
  wanted: string,
): Readonly<Record<string, unknown>> {
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    throwInvalidOption({ ...at, given: value, wanted });
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A record of any names, sorted by name: its order has no meaning. */
export function recordOf<T>(parse: OptionParser<T>, wanted: string) {
  return (value: unknown, at: OptionPlace): Readonly<Record<string, T>> => {
    const record = parseRecord(value, at, wanted);
    const names = Object.keys(record).toSorted();
    return Object.fromEntries(names.map((name) => [name, parse(record[name], below(at, name))]));
  };
}

/** A list of names, sorted, each once: its order has no meaning. */
export function namesOf(value: unknown, at: OptionPlace): readonly string[] {
  if (!Array.isArray(value)) {
    throwInvalidOption({ ...at, given: value, wanted: 'an array of names' });
  }
  const names = value.map((name, index) => text(name, below(at, String(index))));
  return [...new Set(names)].toSorted();
}

export function text(value: unknown, at: OptionPlace): string {
  if (typeof value !== 'string' || value === '') {
    throwInvalidOption({ ...at, given: value, wanted: 'a string that is not empty' });
  }
  return value;
}

export function anyText(value: unknown, at: OptionPlace): string {
  if (typeof value !== 'string') throwInvalidOption({ ...at, given: value, wanted: 'a string' });
  return value;
}

export function flag(value: unknown, at: OptionPlace): boolean {
  if (typeof value !== 'boolean') {
    throwInvalidOption({ ...at, given: value, wanted: 'true or false' });
  }
  return value;
}

export function oneOf<const T extends string>(...choices: readonly T[]): OptionParser<T> {
  return (value, at) =>
    choices.find((choice) => choice === value) ??
    throwInvalidOption({
      ...at,
      given: value,
      wanted: choices.map((choice) => `'${choice}'`).join(' or '),
    });
}

export function wholeNumber(least: number): OptionParser<number> {
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
      throwInvalidOption({ ...at, given: value, wanted: `a whole number of at least ${least}` });
    }
    return value;
  };
}

export function numberFrom(least: number): OptionParser<number> {
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
      throwInvalidOption({ ...at, given: value, wanted: `a finite number of at least ${least}` });
    }
    return value;
  };
}

/** Milliseconds. */
export function duration(value: unknown, at: OptionPlace): number {
  return (
    parseDuration(value) ?? throwInvalidOption({ ...at, given: value, wanted: DURATION_WANTED })
  );
}

/** Milliseconds, more than none: a bound of zero would end everything. */
export function bound(value: unknown, at: OptionPlace): number {
  const ms = duration(value, at);
  if (ms === 0) throwInvalidOption({ ...at, given: value, wanted: 'a duration above zero' });
  return ms;
}

/** Bytes, more than none. */
export function size(value: unknown, at: OptionPlace): number {
  const bytes = parseSize(value);
  if (bytes === undefined || bytes === 0) {
    throwInvalidOption({ ...at, given: value, wanted: SIZE_WANTED });
  }
  return bytes;
}
