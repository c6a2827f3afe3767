import { types } from 'node:util';

import { Encoded } from './encoded.ts';
import { Refusal } from './encoding-error.ts';
import { DOM_EXCEPTION, errorKinds, errorParts } from './error-kind.ts';
import {
  ARRAY,
  MAP,
  TAG_ARRAY_BUFFER,
  TAG_BOXED,
  TAG_DATA_VIEW,
  TAG_DATE,
  TAG_ENCODED,
  TAG_ERROR,
  TAG_MAP,
  TAG_REGEXP,
  TAG_SET,
} from './tags.ts';
import { typedArrayKinds } from './typed-array.ts';
import type { ValueWriter } from './value-writer.ts';

/** Writes an object of one built-in class. */
export type BuiltInWriter = (writer: ValueWriter, value: never) => void;

/** Writers by the name of the class, which is the same in every realm. */
const byName = new Map<string, BuiltInWriter>();
/** Writers by prototype, of this realm. */
const byPrototype = new Map<object, BuiltInWriter>();

/** The writer for objects of exactly this prototype; subclasses are the author's. */
export function builtInWriter(prototype: object): BuiltInWriter | undefined {
  return byPrototype.get(prototype) ?? foreignWriter(prototype);
}

/** The name of the class, of whatever realm, whose prototype this is, if it is native. */
export function nativeName(prototype: object): string | undefined {
  const Class: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof Class !== 'function' || Class.prototype !== prototype) return undefined;
  const native =
    Function.prototype.toString.call(Class) === `function ${Class.name}() { [native code] }`;
  return native ? Class.name : undefined;
}

function foreignWriter(prototype: object): BuiltInWriter | undefined {
  const name = nativeName(prototype);
  return name === undefined ? undefined : byName.get(name);
}

function register(name: string, writer: BuiltInWriter): void {
  byName.set(name, writer);
  const Class: unknown = Reflect.get(globalThis, name);
  if (typeof Class === 'function') byPrototype.set(Class.prototype as object, writer);
}

function writeMap(writer: ValueWriter, map: Map<unknown, unknown>): void {
  const { size } = map;
  writer.out.tag(TAG_MAP);
  writer.out.head(MAP, size);
  writer.enter(map);
  let step = 0;
  for (const [key, value] of Map.prototype.entries.call(map)) {
    writer.at(step++);
    writer.value(key);
    writer.at(step++);
    writer.value(value);
  }
  writer.at(undefined);
  refuseChanged(step === size * 2);
  writer.leave();
}

function writeSet(writer: ValueWriter, set: Set<unknown>): void {
  const { size } = set;
  writer.out.tag(TAG_SET);
  writer.out.head(ARRAY, size);
  writer.enter(set);
  let step = 0;
  for (const element of Set.prototype.values.call(set)) {
    writer.at(step++);
    writer.value(element);
  }
  writer.at(undefined);
  refuseChanged(step === size);
  writer.leave();
}

function refuseChanged(same: boolean): void {
  if (!same) throw new Refusal('it changed while it was read');
}

function writeDate(writer: ValueWriter, date: Date): void {
  writer.out.tag(TAG_DATE);
  writer.out.number(Date.prototype.getTime.call(date));
}

function writeRegExp(writer: ValueWriter, pattern: RegExp): void {
  if (!types.isRegExp(pattern)) throw new Refusal('it only looks like a RegExp');
  writer.out.tag(TAG_REGEXP);
  writer.out.head(ARRAY, 2);
  writer.text(pattern.source);
  writer.text(pattern.flags);
}

function writeBoxed(writer: ValueWriter, boxed: object): void {
  if (!types.isBoxedPrimitive(boxed)) throw new Refusal('it only looks like a wrapper object');
  writer.out.tag(TAG_BOXED);
  writer.value(boxed.valueOf());
}

function writeError(writer: ValueWriter, error: Error, kind: string): void {
  if (kind !== DOM_EXCEPTION && !types.isNativeError(error)) {
    throw new Refusal(`it only looks like a ${kind}`);
  }
  writer.enter(error);
  const { hidden, fields } = errorParts(error, kind);
  writer.out.tag(TAG_ERROR);
  writer.out.head(ARRAY, 3);
  writer.out.text(kind);
  writer.properties(hidden);
  writer.properties(fields);
  writer.leave();
}

/** The bytes a view shows; those around them are not part of the value. */
function shownBytes(view: ArrayBufferView): Uint8Array {
  const { byteLength } = view;
  if (byteLength === 0 && (view.buffer as ArrayBuffer).detached) throw detached();
  return new Uint8Array(view.buffer, view.byteOffset, byteLength);
}

function detached(): Refusal {
  return new Refusal('its ArrayBuffer was transferred away');
}

function writeUint8Array(writer: ValueWriter, bytes: Uint8Array): void {
  writer.out.bytesOf(bytes.length === 0 ? shownBytes(bytes) : bytes);
}

function writeArrayBuffer(writer: ValueWriter, buffer: ArrayBuffer): void {
  if (buffer.detached) throw detached();
  if (buffer.resizable) throw new Refusal('a resizable ArrayBuffer (hand on the bytes in it)');
  writer.out.tag(TAG_ARRAY_BUFFER);
  writer.out.bytesOf(new Uint8Array(buffer));
}

function writeDataView(writer: ValueWriter, view: DataView): void {
  const bytes = shownBytes(view);
  writer.out.tag(TAG_DATA_VIEW);
  writer.out.bytesOf(bytes);
}

function writeEncoded(writer: ValueWriter, { bytes }: Encoded): void {
  writer.out.tag(TAG_ENCODED);
  writer.out.bytesOf(bytes);
}

register('Map', writeMap);
register('Set', writeSet);
register('Date', writeDate);
register('RegExp', writeRegExp);
for (const name of ['Boolean', 'Number', 'String', 'BigInt']) register(name, writeBoxed);
for (const kind of [...errorKinds, DOM_EXCEPTION]) {
  register(kind, (writer, error: Error) => writeError(writer, error, kind));
}
register('Uint8Array', writeUint8Array);
byPrototype.set(Buffer.prototype, writeUint8Array);
for (const { name, tag } of typedArrayKinds) {
  register(name, (writer, view: ArrayBufferView) => {
    const bytes = shownBytes(view);
    writer.out.tag(tag);
    writer.out.bytesOf(bytes);
  });
}
register('ArrayBuffer', writeArrayBuffer);
register('DataView', writeDataView);
byPrototype.set(Encoded.prototype, writeEncoded);
