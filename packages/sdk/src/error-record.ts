import { types } from 'node:util';
import type { ErrorRecord, ThrownRecord } from '@skein/model';
import { decode, digestOf, encode, EncodingError } from '@skein/values';
import type { DecodeOptions, Digest } from '@skein/values';
import type { Registry } from './host.ts';
import { recordedStack } from './stack.ts';

/** Causes within causes, at most: a chain made in a loop must not fill the journal. */
const MAX_DEPTH = 16;
/** Members of an AggregateError, at most. */
const MAX_MEMBERS = 100;
/** Recorded apart from the other fields, whatever their enumerability. */
const APART = new Set(['message', 'stack', 'cause', 'errors']);

interface Recording {
  readonly registry: Registry;
  /** The errors that the present one is a cause or member of. */
  readonly above: readonly unknown[];
}

/**
 * What was thrown, as data (X7): class by identity, message, own enumerable fields, cause and
 * members. What cannot be encoded, is circular or is too much leaves a short text in its place.
 */
export function recordError(thrown: unknown, registry: Registry): ThrownRecord {
  return recordThrown(thrown, { registry, above: [] });
}

/** The bytes of a record, and the digest that tells outcomes apart: it covers no stack (T4). */
export function encodeThrown(record: ThrownRecord): {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
} {
  const digest = digestOf('value', encode(withoutStacks(record)));
  return { bytes: encode(record), digest };
}

/** The record in an `ErrorOutcome`'s bytes. `revive` makes values of the references in it. */
export function decodeThrown(bytes: Uint8Array, options?: DecodeOptions): ThrownRecord {
  return decode(bytes, options) as ThrownRecord;
}

function recordThrown(thrown: unknown, recording: Recording): ThrownRecord {
  if (!isError(thrown)) return { kind: 'value', value: keepable(thrown) };
  const { above } = recording;
  if (above.includes(thrown)) return { kind: 'value', value: notKept('the chain is circular') };
  if (above.length === MAX_DEPTH) return { kind: 'value', value: notKept('the chain goes on') };
  const inner = { ...recording, above: [...above, thrown] };
  try {
    return { kind: 'error', error: recordOf(thrown, inner) };
  } catch {
    return { kind: 'value', value: notKept('reading it throws') };
  }
}

function recordOf(error: Error, recording: Recording): ErrorRecord {
  const { registry } = recording;
  const members = Object.hasOwn(error, 'errors') ? read(error, 'errors') : undefined;
  const id = registry.classIdOf(error) ?? 'Error';
  const stack = read(error, 'stack');
  return {
    class: id,
    name: classNameOf(error, id, registry),
    message: textOf(read(error, 'message')),
    fields: fieldsOf(error),
    ...(Object.hasOwn(error, 'cause') && { cause: recordThrown(read(error, 'cause'), recording) }),
    ...(Array.isArray(members) && { errors: recordMembers(members, recording) }),
    stack: typeof stack === 'string' ? recordedStack(stack) : '',
  };
}

/** A known class goes by the author's name for it, which a bundler may have changed. */
function classNameOf(error: Error, id: string, registry: Registry): string {
  const Class: unknown = read(error, 'constructor');
  if (typeof Class !== 'function' || Class === registry.errorClass(id)) return bareName(id);
  return Class.name === '' ? bareName(id) : Class.name;
}

function recordMembers(members: readonly unknown[], recording: Recording): ThrownRecord[] {
  const records = members
    .slice(0, MAX_MEMBERS)
    .map((member): ThrownRecord => recordThrown(member, recording));
  const more = members.length - records.length;
  if (more > 0) records.push({ kind: 'value', value: notKept(`${more} more`) });
  return records;
}

function fieldsOf(error: Error): Record<string, unknown> {
  const names = Object.keys(error).filter((name) => !APART.has(name));
  // What kind of DOMException it is, only its name tells, which is no own property.
  if (error instanceof DOMException) names.unshift('name');
  return Object.fromEntries(names.map((name) => [name, keepable(read(error, name))]));
}

/** The value, or where it cannot be encoded a text that says why. */
function keepable(value: unknown): unknown {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') {
    return value;
  }
  try {
    encode(value);
    return value;
  } catch (error) {
    return notKept(error instanceof EncodingError ? error.message : 'reading it throws');
  }
}

/** A getter of the author's may throw: that must not hide the error it belongs to. */
function read(error: Error, name: string): unknown {
  try {
    return Reflect.get(error, name);
  } catch {
    return notKept('reading it throws');
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return notKept('it makes no text');
  }
}

function notKept(why: string): string {
  return `[not kept: ${why}]`;
}

function isError(thrown: unknown): thrown is Error {
  if (types.isNativeError(thrown)) return true;
  try {
    return thrown instanceof Error;
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}

/** The name in a class id: `ParseError` of `src/parse.ts#ParseError`. */
export function bareName(id: string): string {
  return id.slice(id.lastIndexOf('#') + 1);
}

function withoutStacks(record: ThrownRecord): unknown {
  if (record.kind === 'value') return record;
  const { stack: _stack, cause, errors, ...rest } = record.error;
  return {
    kind: record.kind,
    error: {
      ...rest,
      ...(cause !== undefined && { cause: withoutStacks(cause) }),
      ...(errors !== undefined && { errors: errors.map(withoutStacks) }),
    },
  };
}
