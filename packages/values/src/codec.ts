/** Any class, to be asked with `instanceof`. */
export type Class<T> = abstract new (...args: never[]) => T;

/** How values of a class of the author's, or of a library's, become plain values and back (V2). */
export interface Codec<T = unknown> {
  /** Stands in the bytes, so it is one name for one class for ever. */
  readonly name: string;
  /** Of the data's form, a whole number, 1 unless given; stands in the bytes. */
  readonly version?: number;
  /** The class, or a predicate. Asked only about objects the encoding does not know by itself. */
  readonly test: Class<T> | ((value: object) => boolean);
  /** The data: any encodable value, other codecs' included. */
  readonly encode: (value: T) => unknown;
  readonly decode: (data: unknown, version: number) => T;
}

/** A value whose codec is not at hand, as `DecodeOptions.opaque` gets it. */
export interface CodecData {
  readonly name: string;
  readonly version: number;
  readonly data: unknown;
}

const registry = new Map<string, Codec>();

/**
 * Registers a codec for this process and returns it. A second one of the same name replaces the
 * first (a module loaded twice registers twice). Throws a `TypeError` on a name or version that
 * is none.
 */
export function defineCodec<T>(codec: Codec<T>): Codec<T> {
  const { name, version = 1 } = codec;
  if (typeof name !== 'string' || name === '') throw new TypeError('a codec needs a name');
  if (!Number.isSafeInteger(version) || version < 0) {
    throw new TypeError(`codec "${name}": the version is a whole number, not ${String(version)}`);
  }
  registry.set(name, codec as unknown as Codec);
  return codec;
}

/** All registered codecs, in the order of their registration. */
export function registeredCodecs(): Iterable<Codec> {
  return registry.values();
}

/** The codec of that name, among `codecs` if given, else among the registered ones. */
export function codecNamed(name: string, codecs?: readonly Codec[]): Codec | undefined {
  return codecs === undefined ? registry.get(name) : codecs.find((codec) => codec.name === name);
}

/** The first codec that knows the object. */
export function codecFor(value: object, codecs?: readonly Codec[]): Codec | undefined {
  for (const codec of codecs ?? registry.values()) {
    const { test } = codec;
    const known = isClass(test) ? value instanceof test : test(value);
    if (known) return codec;
  }
  return undefined;
}

/** Only a class has a `prototype` that cannot be assigned. */
function isClass(test: Codec['test']): test is Class<unknown> {
  return Object.getOwnPropertyDescriptor(test, 'prototype')?.writable === false;
}
