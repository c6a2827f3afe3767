import { types } from 'node:util';

import type { CodecData } from './codec.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import type { EncodeOptions } from './encode.ts';
import { Encoded } from './encoded.ts';
import { defineField, DOM_EXCEPTION, errorParts } from './error-kind.ts';
import { numberWords, typed } from './json.ts';
import type { JsonValue } from './json.ts';
import { REFERENCE } from './reference.ts';
import type { Reference } from './reference.ts';

/** How to write a value as JSON. */
export interface ToJsonOptions extends EncodeOptions {
  /** Where a file or folder lies, if anywhere, for people and programs that read the JSON. */
  readonly locate?: (reference: Reference) => string | undefined;
}

type Locate = NonNullable<ToJsonOptions['locate']>;

/**
 * The JSON form of a value, which `fromJson` reads back to an equal one; only `undefined` itself
 * (the result of a task that returns nothing) is `null`. Throws `EncodingError`, as `encode` does.
 */
export function toJson(value: unknown, options: ToJsonOptions = {}): JsonValue {
  if (value === undefined) return null;
  const opaque = (data: CodecData): Opaque => new Opaque(data);
  // A decoded copy has no proxies, getters, cycles or classes any more: only the kinds below.
  const copy = decode(encode(value, options), { codecs: [], opaque });
  return render(copy, options.locate ?? (() => undefined));
}

class Opaque {
  readonly data: CodecData;

  constructor(data: CodecData) {
    this.data = data;
  }
}

function render(value: unknown, locate: Locate): JsonValue {
  if (value === undefined) return { $type: 'undefined' };
  if (typeof value === 'bigint') return typed('bigint', String(value));
  if (typeof value === 'number') {
    const word = Object.is(value, -0) ? '-0' : String(value);
    return numberWords.has(word) ? typed('number', word) : value;
  }
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return renderObject(value, locate);
}

function renderObject(value: object, locate: Locate): JsonValue {
  const inner = (part: unknown): JsonValue => render(part, locate);
  if (Array.isArray(value)) return renderArray(value, inner);
  if (ArrayBuffer.isView(value)) return renderView(value, inner);
  if (value instanceof ArrayBuffer) return typed('arraybuffer', base64(new Uint8Array(value)));
  if (value instanceof Map) {
    return typed(
      'map',
      [...value].map(([key, part]) => [inner(key), inner(part)]),
    );
  }
  if (value instanceof Set) return typed('set', [...value].map(inner));
  if (value instanceof Date) {
    return typed('date', Number.isNaN(value.getTime()) ? null : value.toISOString());
  }
  if (value instanceof RegExp) {
    return typed('regexp', { source: value.source, flags: value.flags });
  }
  if (types.isBoxedPrimitive(value)) return typed('boxed', inner(value.valueOf()));
  if (value instanceof Error) return renderError(value, inner);
  if (value instanceof Encoded) return typed('encoded', base64(value.bytes));
  if (value instanceof Opaque) {
    const { name, version, data } = value.data;
    return typed('codec', { name, version, data: inner(data) });
  }
  if (Object.hasOwn(value, REFERENCE)) return renderReference(value as Reference, locate);
  const rendered = renderProperties(value, inner);
  return Object.hasOwn(value, '$type') ? typed('object', rendered) : rendered;
}

function renderProperties(value: object, inner: (part: unknown) => JsonValue): JsonValue {
  const rendered: Record<string, JsonValue> = {};
  for (const [key, part] of Object.entries(value)) defineField(rendered, key, inner(part));
  return rendered;
}

function renderArray(array: readonly unknown[], inner: (part: unknown) => JsonValue): JsonValue {
  const indices = Object.keys(array);
  if (indices.length === array.length) return array.map(inner);
  const elements = indices.map((index) => [Number(index), inner(array[Number(index)])]);
  return typed('array', { length: array.length, elements });
}

function renderView(view: ArrayBufferView, inner: (part: unknown) => JsonValue): JsonValue {
  if (view instanceof Uint8Array) return typed('bytes', base64(view));
  if (view instanceof DataView) {
    return typed('dataview', base64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)));
  }
  const numbers = view as unknown as Iterable<number | bigint>;
  return typed(view.constructor.name.toLowerCase(), Array.from(numbers, inner));
}

function renderError(error: Error, inner: (part: unknown) => JsonValue): JsonValue {
  const isDom = error instanceof DOMException;
  const kind = isDom ? DOM_EXCEPTION : (Object.getPrototypeOf(error) as Error).constructor.name;
  const { hidden, fields } = errorParts(error, kind);
  const rendered = renderProperties({ class: kind, ...hidden }, inner) as Record<string, JsonValue>;
  if (Object.keys(fields).length > 0) rendered['fields'] = renderProperties(fields, inner);
  return typed('error', rendered);
}

function renderReference(reference: Reference, locate: Locate): JsonValue {
  if (reference.kind === 'task') return typed('task', reference.id);
  const path = locate(reference);
  const located = path === undefined ? {} : { path };
  if (reference.kind === 'file') {
    const { name, size, digest } = reference;
    return typed('file', { ...located, name, size, digest });
  }
  const { digest, entries } = reference;
  return typed('dir', { ...located, digest, entries: entries.map((entry) => ({ ...entry })) });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
