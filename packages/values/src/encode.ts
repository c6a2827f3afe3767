import { types } from 'node:util';

import { writeArray } from './array.ts';
import { builtInWriter, nativeName } from './built-in.ts';
import { codecFor } from './codec.ts';
import type { Codec } from './codec.ts';
import { Refusal } from './encoding-error.ts';
import { Step } from './path.ts';
import { REFERENCE } from './reference.ts';
import type { Reference } from './reference.ts';
import { ARRAY, FALSE, NULL, TAG_CODEC, TRUE, UNDEFINED } from './tags.ts';
import { ValueWriter } from './value-writer.ts';
import { referenceOf, writeReference } from './write-reference.ts';

/** Names what a function or an object without `REFERENCE` stands for, or `undefined`. */
export type ReferenceEncoder = (value: object) => Reference | undefined;

/** How to encode. */
export interface EncodeOptions {
  /** What the value is called in the path of an error; `value` unless given. */
  readonly path?: string;
  /** Asked about functions and about objects that nothing else knows. */
  readonly references?: ReferenceEncoder;
  /** Used instead of the registered codecs. */
  readonly codecs?: readonly Codec[];
  /** Asked about every string and key; a reason given back refuses the value (O7). */
  readonly refuseText?: (text: string) => string | undefined;
}

/** A finished call's encoder, for the next one; calls within calls make their own. */
let idle: Encoder | undefined;

/**
 * The one byte form of a value and its order (V1): equal values in equal order give equal bytes,
 * others different ones. Throws `EncodingError`, and nothing else, with the path of what cannot be
 * encoded (V2). Objects are read as structured clone reads them: own enumerable string keys,
 * getters evaluated. A shared object is written once for each place that refers to it.
 */
export function encode(value: unknown, options?: EncodeOptions): Uint8Array {
  const encoder = idle ?? new Encoder();
  idle = undefined;
  const bytes = encoder.encode(value, options);
  idle = encoder;
  return bytes;
}

class Encoder extends ValueWriter {
  private options: EncodeOptions | undefined;

  encode(value: unknown, options: EncodeOptions | undefined): Uint8Array {
    this.options = options;
    this.begin(options?.path);
    try {
      this.value(value);
      return this.out.take();
    } catch (error) {
      throw this.failure(error);
    } finally {
      this.end();
      this.options = undefined;
    }
  }

  override value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.text(value);
        return;
      case 'number':
        this.out.number(value);
        return;
      case 'object':
        if (value === null) this.out.byte(NULL);
        else this.object(value);
        return;
      case 'boolean':
        this.out.byte(value ? TRUE : FALSE);
        return;
      case 'undefined':
        this.out.byte(UNDEFINED);
        return;
      case 'bigint':
        this.out.bigint(value);
        return;
      case 'function':
        if (!this.reference(value)) throw new Refusal(functionReason(value));
        return;
      case 'symbol':
        throw new Refusal(`a symbol, ${String(value)}`);
      default:
        throw new Refusal(`a ${typeof value}`);
    }
  }

  override text(text: string): void {
    const refuse = this.options?.refuseText;
    if (refuse !== undefined) {
      const reason = refuse(text);
      if (reason !== undefined) throw new Refusal(reason);
    }
    this.out.text(text);
  }

  private object(value: object): void {
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) {
      if ((value as Carrier)[REFERENCE] === undefined) this.plain(value);
      else writeReference(this.out, referenceOf(value));
    } else if (prototype === Array.prototype && Array.isArray(value)) {
      writeArray(this, value);
    } else {
      this.other(value, prototype);
    }
  }

  private plain(value: object): void {
    this.enter(value);
    this.properties(value);
    this.leave();
  }

  private other(value: object, prototype: object | null): void {
    const write = prototype === null ? undefined : builtInWriter(prototype);
    if (write !== undefined) {
      write(this, value as never);
    } else if (!this.reference(value) && !this.withCodec(value)) {
      if (prototype === null && !types.isModuleNamespaceObject(value)) this.plain(value);
      else if (Array.isArray(value) && isNative(prototype, 'Array')) writeArray(this, value);
      else if (isNative(prototype, 'Object')) this.plain(value);
      else throw new Refusal(objectReason(value));
    }
  }

  private reference(value: object): boolean {
    const reference = referenceOf(value) ?? this.options?.references?.(value);
    if (reference === undefined) return false;
    writeReference(this.out, reference);
    return true;
  }

  private withCodec(value: object): boolean {
    const codec = codecFor(value, this.options?.codecs);
    if (codec === undefined) return false;
    this.out.tag(TAG_CODEC);
    this.out.head(ARRAY, 3);
    this.out.text(codec.name);
    this.out.number(codec.version ?? 1);
    this.enter(value);
    this.at(new Step(`<${codec.name}>`));
    this.value(codec.encode(value));
    this.leave();
    return true;
  }
}

type Carrier = { readonly [REFERENCE]?: unknown };

function isNative(prototype: object | null, name: string): boolean {
  return prototype !== null && nativeName(prototype) === name;
}

function functionReason(value: { readonly name: unknown }): string {
  const name = typeof value.name === 'string' && value.name !== '' ? ` "${value.name}"` : '';
  return `the function${name} (only tasks may be values)`;
}

function objectReason(value: object): string {
  if (types.isPromise(value)) return 'a promise (await it first)';
  if (types.isSharedArrayBuffer(value)) return 'a SharedArrayBuffer (hand on a copy)';
  if (types.isModuleNamespaceObject(value)) return 'the namespace of a module';
  const Class: unknown = Reflect.get(value, 'constructor');
  const name = typeof Class === 'function' ? Class.name : '';
  if (name === '' || name === 'Object') return 'an object with a prototype of its own';
  return `an instance of ${name} (return plain data, or register a codec for the class)`;
}
