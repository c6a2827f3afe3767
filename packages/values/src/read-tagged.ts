import { codecNamed } from './codec.ts';
import { Encoded } from './encoded.ts';
import { errorOf } from './error-kind.ts';
import { readReference } from './read-reference.ts';
import {
  ARRAY,
  MAP,
  TAG_ARRAY_BUFFER,
  TAG_BIGINT,
  TAG_BOXED,
  TAG_CODEC,
  TAG_DATA_VIEW,
  TAG_DATE,
  TAG_ENCODED,
  TAG_ERROR,
  TAG_MAP,
  TAG_NEGATIVE_BIGINT,
  TAG_REGEXP,
  TAG_SET,
  TAG_SPARSE,
  TAG_UTF16,
  UNSIGNED,
} from './tags.ts';
import { typedArrayKindByTag } from './typed-array.ts';
import type { ValueReader } from './value-reader.ts';

const MAX_LENGTH = 2 ** 32 - 1;

const readers: ReadonlyMap<number, (reader: ValueReader) => unknown> = new Map([
  [TAG_BIGINT, (reader) => readMagnitude(reader)],
  [TAG_NEGATIVE_BIGINT, (reader) => -1n - readMagnitude(reader)],
  [TAG_ENCODED, readEncoded],
  [TAG_SET, readSet],
  [TAG_MAP, readMap],
  [TAG_UTF16, (reader) => reader.in.utf16()],
  [TAG_DATE, readDate],
  [TAG_REGEXP, readRegExp],
  [TAG_SPARSE, readSparse],
  [TAG_BOXED, readBoxed],
  [TAG_ERROR, readError],
  [TAG_ARRAY_BUFFER, readBuffer],
  [TAG_DATA_VIEW, (reader) => new DataView(readBuffer(reader))],
  [TAG_CODEC, readCodec],
] satisfies [number, (reader: ValueReader) => unknown][]);

/** The value after its tag. */
export function readTagged(reader: ValueReader, tag: number): unknown {
  const at = reader.in.position;
  const read = readers.get(tag);
  if (read !== undefined) return read(reader);
  const kind = typedArrayKindByTag.get(tag);
  if (kind !== undefined) {
    const buffer = readBuffer(reader);
    if (buffer.byteLength % kind.elementBytes !== 0) reader.in.fail('half an element', at);
    return kind.over(buffer);
  }
  const reference = readReference(reader.in, tag);
  if (reference === undefined) return reader.in.fail(`the unknown tag ${tag}`, at);
  const { revive } = reader.options;
  return revive === undefined ? reference : revive(reference);
}

function readMagnitude(reader: ValueReader): bigint {
  const at = reader.in.position;
  const bytes = reader.in.bytesInPlace();
  if (bytes.length === 0) return 0n;
  if (bytes[0] === 0) reader.in.fail('a number that has a shorter form', at);
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`);
}

function readBuffer(reader: ValueReader): ArrayBuffer {
  return new Uint8Array(reader.in.bytesInPlace()).buffer;
}

function readEncoded(reader: ValueReader): Encoded {
  const bytes = reader.in.bytesInPlace();
  return new Encoded(reader.options.views === true ? bytes : new Uint8Array(bytes));
}

function readSet(reader: ValueReader): Set<unknown> {
  const from = reader.in;
  const at = from.position;
  const initial = from.byte();
  if ((initial & 0xe0) !== ARRAY) from.fail('the elements of a Set are due', at);
  const size = from.count(initial, 1);
  const set = new Set<unknown>();
  reader.enter();
  for (let index = 0; index < size; index++) set.add(readKey(reader));
  reader.leave();
  if (set.size !== size) from.fail('a Set with an element twice', at);
  return set;
}

function readMap(reader: ValueReader): Map<unknown, unknown> {
  const from = reader.in;
  const at = from.position;
  const initial = from.byte();
  if ((initial & 0xe0) !== MAP) from.fail('the entries of a Map are due', at);
  const size = from.count(initial, 2);
  const map = new Map<unknown, unknown>();
  reader.enter();
  for (let index = 0; index < size; index++) map.set(readKey(reader), reader.value());
  reader.leave();
  if (map.size !== size) from.fail('a Map with a key twice', at);
  return map;
}

function readKey(reader: ValueReader): unknown {
  const at = reader.in.position;
  const key = reader.value();
  if (Object.is(key, -0)) reader.in.fail('-0, which no Map or Set holds', at);
  return key;
}

function readDate(reader: ValueReader): Date {
  const at = reader.in.position;
  const time = reader.value();
  if (typeof time !== 'number') return reader.in.fail('milliseconds are due', at);
  const date = new Date(time);
  if (!Object.is(date.getTime(), time)) reader.in.fail('a time out of range', at);
  return date;
}

function readRegExp(reader: ValueReader): RegExp {
  const at = reader.in.position;
  reader.in.exactly(ARRAY, 2);
  const source = reader.in.string();
  const flags = reader.in.string();
  const pattern = new RegExp(source, flags);
  if (pattern.source !== source || pattern.flags !== flags) {
    reader.in.fail('a RegExp in another form than its own', at);
  }
  return pattern;
}

function readSparse(reader: ValueReader): unknown[] {
  const from = reader.in;
  const at = from.position;
  const initial = from.byte();
  if ((initial & 0xe0) !== ARRAY) from.fail('the parts of an array are due', at);
  const parts = from.count(initial, 1);
  const length = from.head(UNSIGNED);
  const elements = (parts - 1) / 2;
  if (!Number.isInteger(elements) || elements >= length || length > MAX_LENGTH) {
    from.fail('the parts of no array with holes', at);
  }
  const array = emptyArray(length);
  reader.enter();
  let last = -1;
  for (let index = 0; index < elements; index++) {
    const position = from.head(UNSIGNED);
    if (position <= last || position >= length) from.fail('an index out of order');
    last = position;
    array[position] = reader.value();
  }
  reader.leave();
  return array;
}

/** An array of holes that takes no memory for them, whatever its length. */
export function emptyArray(length: number): unknown[] {
  const array: unknown[] = [];
  // An element at the far end makes the engine keep elements in a table, also after it is gone.
  array[MAX_LENGTH - 1] = undefined;
  array.length = length;
  return array;
}

function readBoxed(reader: ValueReader): object {
  const at = reader.in.position;
  const initial = reader.in.peek();
  if ((initial & 0xe0) === ARRAY || (initial & 0xe0) === MAP) reader.in.fail('a primitive is due');
  const primitive = reader.value();
  if (primitive === undefined || primitive === null || typeof primitive === 'object') {
    return reader.in.fail('a primitive is due', at);
  }
  return Object(primitive) as object;
}

function readError(reader: ValueReader): Error {
  const at = reader.in.position;
  reader.in.exactly(ARRAY, 3);
  reader.enter();
  const kind = reader.in.string();
  const hidden = reader.properties();
  const fields = reader.properties();
  reader.leave();
  return errorOf({ kind, hidden, fields }) ?? reader.in.fail('the parts of no error', at);
}

function readCodec(reader: ValueReader): unknown {
  const at = reader.in.position;
  reader.in.exactly(ARRAY, 3);
  const name = reader.in.string();
  const version = reader.in.head(UNSIGNED);
  reader.enter();
  const data = reader.value();
  reader.leave();
  const codec = codecNamed(name, reader.options.codecs);
  if (codec !== undefined) return codec.decode(data, version);
  const { opaque } = reader.options;
  return opaque === undefined
    ? reader.in.fail(`no codec "${name}" is registered`, at)
    : opaque({ name, version, data });
}
