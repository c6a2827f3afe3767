import { defineField } from './error-kind.ts';
import { readTagged } from './read-tagged.ts';
import { ARRAY, BYTES, FALSE, MAP, NEGATIVE, NULL, TAG, TEXT, TRUE } from './tags.ts';
import { UNDEFINED, UNSIGNED } from './tags.ts';
import { ValueReader } from './value-reader.ts';
import type { DecodeOptions } from './value-reader.ts';

const NO_OPTIONS: DecodeOptions = {};
const MAX_INDEX = 2 ** 32 - 2;
const MOST_NEGATIVE_ARGUMENT = Number.MAX_SAFE_INTEGER - 1;

/**
 * The value that `encode` made the bytes of, as a copy. Throws `DecodingError`, and nothing else,
 * on any bytes that `encode` does not make: truncated, followed by others, in another form, of an
 * unknown tag. Memory is taken in proportion to the bytes.
 */
export function decode(bytes: Uint8Array, options: DecodeOptions = NO_OPTIONS): unknown {
  return new Decoder(bytes, options).decode();
}

class Decoder extends ValueReader {
  decode(): unknown {
    try {
      const value = this.value();
      if (this.in.position !== this.in.end) this.in.fail('bytes follow the value');
      return value;
    } catch (error) {
      throw this.failure(error);
    }
  }

  override value(): unknown {
    const initial = this.in.byte();
    switch (initial & 0xe0) {
      case UNSIGNED:
        return this.in.argument(initial);
      case NEGATIVE:
        return this.negative(initial);
      case BYTES: {
        const content = this.in.span(initial);
        return this.options.views === true ? content : new Uint8Array(content);
      }
      case TEXT:
        return this.in.text(initial);
      case ARRAY:
        return this.array(initial);
      case MAP:
        return this.object(initial);
      case TAG:
        return readTagged(this, this.in.argument(initial));
      default:
        return this.simple(initial);
    }
  }

  override properties(): Record<string, unknown> {
    const initial = this.in.byte();
    if ((initial & 0xe0) !== MAP) this.in.fail('properties are due', this.in.position - 1);
    return this.record(initial);
  }

  private negative(initial: number): number {
    const argument = this.in.argument(initial);
    if (argument > MOST_NEGATIVE_ARGUMENT) this.in.fail('a number out of range');
    return -1 - argument;
  }

  private simple(initial: number): unknown {
    switch (initial) {
      case FALSE:
        return false;
      case TRUE:
        return true;
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      default:
        return this.in.float(initial);
    }
  }

  private array(initial: number): unknown[] {
    const count = this.in.count(initial, 1);
    const array: unknown[] = [];
    this.enter();
    for (let index = 0; index < count; index++) array.push(this.value());
    this.leave();
    return array;
  }

  private object(initial: number): Record<string, unknown> {
    this.enter();
    const record = this.record(initial);
    this.leave();
    return record;
  }

  /** Keys that are array indices come first in every object, by size: no other order is written. */
  private record(initial: number): Record<string, unknown> {
    const at = this.in.position - 1;
    const count = this.in.count(initial, 2);
    const record: Record<string, unknown> = {};
    let lastIndex = -1;
    for (let position = 0; position < count; position++) {
      const key = this.in.string();
      const index = indexOf(key);
      if (index >= 0) {
        if (index <= lastIndex) this.in.fail(`the key "${key}" out of order`, at);
        lastIndex = index;
      } else {
        lastIndex = MAX_INDEX;
      }
      const value = this.value();
      if (key === '__proto__') defineField(record, key, value);
      else record[key] = value;
    }
    if (count > 1 && Object.keys(record).length !== count) this.in.fail('a key twice', at);
    return record;
  }
}

/** The array index that a key is, or -1. */
function indexOf(key: string): number {
  const first = key.charCodeAt(0);
  if (!(first >= 0x30 && first <= 0x39)) return -1;
  const index = Number(key);
  const isIndex = Number.isInteger(index) && index <= MAX_INDEX && String(index) === key;
  return isIndex ? index : -1;
}
