import { basename } from 'node:path';

import type { Codec } from './codec.ts';
import { codecNamed } from './codec.ts';
import { DecodingError } from './decoding-error.ts';
import { isDigest } from './digest.ts';
import { dirReference } from './dir.ts';
import { Encoded } from './encoded.ts';
import { defineField, errorOf, HIDDEN } from './error-kind.ts';
import { fileReference } from './file.ts';
import { numberWords } from './json.ts';
import { emptyArray } from './read-tagged.ts';
import { markReference } from './reference.ts';
import type { DirEntry, Reference } from './reference.ts';
import { MAX_DEPTH } from './tags.ts';
import { typedArrayKindByName, typedArrayKinds } from './typed-array.ts';

/** A file or folder that JSON names by its path alone. */
export interface JsonPath {
  readonly kind: 'file' | 'dir';
  readonly path: string;
  readonly name: string | undefined;
}

/** How to read JSON. */
export interface FromJsonOptions {
  /** Makes the value for a reference, with the path that came with it, if any. */
  readonly revive?: (reference: Reference, path: string | undefined) => unknown;
  /** Makes the value for a file or folder given by path alone; unless given, that is an error. */
  readonly open?: (path: JsonPath) => unknown;
  /** Used instead of the registered codecs. */
  readonly codecs?: readonly Codec[];
}

type Inner = (part: unknown) => unknown;
type Parts = Readonly<Record<string, unknown>>;

/** Values within values, at most: what `toJson` writes has a scalar at the very bottom. */
const MAX_VALUES = MAX_DEPTH + 2;

/**
 * The value of its JSON form. Throws `DecodingError`, and nothing else, on what is not: an unknown
 * `$type`, or a `value` that does not fit it.
 */
export function fromJson(json: unknown, options: FromJsonOptions = {}): unknown {
  let depth = 0;
  const read = (part: unknown): unknown => {
    if (++depth > MAX_VALUES) throw new DecodingError('JSON that lies too deep');
    const value = readPart(part, read, options);
    depth--;
    return value;
  };
  try {
    return read(json);
  } catch (cause) {
    if (cause instanceof DecodingError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new DecodingError(said, undefined, { cause });
  }
}

function readPart(part: unknown, read: Inner, options: FromJsonOptions): unknown {
  if (Array.isArray(part)) return part.map(read);
  if (typeof part !== 'object' || part === null) return part;
  if (!Object.hasOwn(part, '$type')) return readProperties(part, read);
  const { $type, value } = part as Parts;
  if (typeof $type !== 'string') throw new DecodingError('a "$type" that is no string');
  const reader = readers.get($type);
  if (reader === undefined) throw new DecodingError(`the unknown "$type" "${$type}"`);
  const result = reader(value, read, options);
  if (result === MISFIT) throw new DecodingError(`a "value" that is no ${$type}`);
  return result;
}

/** What a reader gives for a value that does not fit. */
const MISFIT = Symbol('misfit');

function readProperties(part: object, read: Inner): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(part)) defineField(record, key, read(value));
  return record;
}

type Reader = (value: unknown, read: Inner, options: FromJsonOptions) => unknown;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['undefined', () => undefined],
  ['number', (value) => (isText(value) ? (numberWords.get(value) ?? MISFIT) : MISFIT)],
  ['bigint', (value) => (isText(value) && /^-?\d+$/.test(value) ? BigInt(value) : MISFIT)],
  ['object', (value, read) => (isParts(value) ? readProperties(value, read) : MISFIT)],
  ['map', readMap],
  ['set', (value, read) => (isList(value) ? new Set(value.map(read)) : MISFIT)],
  ['date', readDate],
  ['regexp', readRegExp],
  ['array', readSparse],
  ['boxed', readBoxed],
  ['error', readError],
  ['bytes', (value) => fromBase64(value) ?? MISFIT],
  ['arraybuffer', (value) => fromBase64(value)?.buffer ?? MISFIT],
  ['dataview', (value) => whenBytes(value, (bytes) => new DataView(bytes.buffer))],
  ['encoded', (value) => whenBytes(value, (bytes) => new Encoded(bytes))],
  ...typedArrayKinds.map(({ name }): [string, Reader] => [
    name.toLowerCase(),
    (value, read) => (isList(value) ? typedArray(name, value.map(read)) : MISFIT),
  ]),
  ['codec', readCodec],
  ['file', readFile],
  ['dir', readDir],
  ['task', (value, _, options) => (isText(value) ? readTask(value, options) : MISFIT)],
]);

function readMap(value: unknown, read: Inner): unknown {
  if (!isList(value)) return MISFIT;
  const map = new Map<unknown, unknown>();
  for (const entry of value) {
    if (!isList(entry) || entry.length !== 2) return MISFIT;
    map.set(read(entry[0]), read(entry[1]));
  }
  return map;
}

function readDate(value: unknown): unknown {
  if (value === null) return new Date(Number.NaN);
  if (!isText(value)) return MISFIT;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? MISFIT : date;
}

function readRegExp(value: unknown): unknown {
  if (!isParts(value)) return MISFIT;
  const { source, flags = '' } = value;
  return isText(source) && isText(flags) ? new RegExp(source, flags) : MISFIT;
}

function readSparse(value: unknown, read: Inner): unknown {
  if (!isParts(value) || !isList(value['elements'])) return MISFIT;
  const { length, elements } = value;
  if (typeof length !== 'number' || length !== length >>> 0) return MISFIT;
  const array = emptyArray(length);
  for (const entry of elements) {
    if (!isList(entry)) return MISFIT;
    const [index, element] = entry;
    if (typeof index !== 'number' || index !== index >>> 0 || index >= length) return MISFIT;
    array[index] = read(element);
  }
  return array;
}

function readBoxed(value: unknown, read: Inner): unknown {
  const primitive = read(value);
  const none = primitive === null || primitive === undefined || typeof primitive === 'object';
  return none ? MISFIT : (Object(primitive) as unknown);
}

function readError(value: unknown, read: Inner): unknown {
  if (!isParts(value)) return MISFIT;
  const { class: kind = 'Error', fields = {} } = value;
  if (!isText(kind) || !isParts(fields)) return MISFIT;
  const hidden: Record<string, unknown> = {};
  for (const key of HIDDEN) if (Object.hasOwn(value, key)) hidden[key] = read(value[key]);
  return errorOf({ kind, hidden, fields: readProperties(fields, read) }) ?? MISFIT;
}

function typedArray(name: string, elements: readonly unknown[]): unknown {
  const kind = typedArrayKindByName.get(name);
  const due = name.startsWith('Big') ? 'bigint' : 'number';
  if (kind === undefined || elements.some((element) => typeof element !== due)) return MISFIT;
  const view = kind.over(new ArrayBuffer(elements.length * kind.elementBytes));
  (view as unknown as { set: (list: readonly unknown[]) => void }).set(elements);
  return view;
}

function readCodec(value: unknown, read: Inner, { codecs }: FromJsonOptions): unknown {
  if (!isParts(value)) return MISFIT;
  const { name, version = 1, data } = value;
  if (!isText(name) || typeof version !== 'number') return MISFIT;
  const codec = codecNamed(name, codecs);
  if (codec === undefined) throw new DecodingError(`no codec "${name}" is registered`);
  return codec.decode(read(data), version);
}

function readFile(value: unknown, _: Inner, options: FromJsonOptions): unknown {
  if (!isParts(value)) return MISFIT;
  const { path, name, digest } = value;
  if (!isOptionalText(path) || !isOptionalText(name)) return MISFIT;
  if (digest === undefined) return opened('file', path, { name, options });
  const shown = name ?? (path === undefined ? undefined : basename(path));
  if (!isDigest(digest) || shown === undefined) return MISFIT;
  return revived(fileReference({ name: shown, digest }), path, options);
}

function readDir(value: unknown, _: Inner, options: FromJsonOptions): unknown {
  if (!isParts(value)) return MISFIT;
  const { path, digest, entries } = value;
  if (!isOptionalText(path)) return MISFIT;
  if (entries === undefined) return opened('dir', path, { name: undefined, options });
  if (!isList(entries) || !entries.every(isEntry)) return MISFIT;
  const reference = dirReference(entries);
  const same = digest === undefined || digest === reference.digest;
  return same ? revived(reference, path, options) : MISFIT;
}

function readTask(id: string, options: FromJsonOptions): unknown {
  return revived(markReference({ kind: 'task', id }), undefined, options);
}

function revived(reference: Reference, path: string | undefined, { revive }: FromJsonOptions) {
  return revive === undefined ? reference : revive(reference, path);
}

function opened(
  kind: JsonPath['kind'],
  path: string | undefined,
  { name, options }: { name: string | undefined; options: FromJsonOptions },
): unknown {
  if (path === undefined) return MISFIT;
  if (options.open !== undefined) return options.open({ kind, path, name });
  throw new DecodingError(`the ${kind} "${path}" comes without a digest`);
}

function whenBytes(value: unknown, make: (bytes: Uint8Array<ArrayBuffer>) => unknown): unknown {
  const bytes = fromBase64(value);
  return bytes === undefined ? MISFIT : make(bytes);
}

function fromBase64(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (!isText(value) || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return undefined;
  return new Uint8Array(Buffer.from(value, 'base64'));
}

function isEntry(value: unknown): value is DirEntry {
  return isParts(value) && typeof value['executable'] === 'boolean';
}

function isParts(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
