import { isAscii } from 'node:buffer';

import { DecodingError } from './decoding-error.ts';
import { BYTES, DOUBLE, HALF, SINGLE, TAG, TAG_UTF16, TEXT } from './tags.ts';

/** Of Node's Buffer, but not in its types: `toString` without looking up the encoding. */
interface TextBuffer extends Buffer {
  latin1Slice(start: number, end: number): string;
}

/** Of ES2025, not yet in the configured library. */
interface HalfView extends DataView {
  getFloat16(offset: number): number;
}

/** Up to here a loop in JavaScript beats a call into Node. */
const LOOP_LENGTH = 24;
const KEY_SLOTS = 1 << 10;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Short texts seen lately, by a hash of their bytes: the keys of objects, mostly. */
const knownTexts: (string | undefined)[] = Array.from({ length: KEY_SLOTS }, () => undefined);

/**
 * Reads CBOR data items from a buffer, in the one form that is written: any other is an error, as
 * is anything beyond the end. Allocates nothing before it has seen that the bytes are there.
 */
export class ByteReader {
  position = 0;
  readonly end: number;
  private readonly bytes: TextBuffer;
  private readonly view: HalfView;

  constructor(content: Uint8Array) {
    const { buffer, byteOffset, byteLength } = content;
    this.bytes = Buffer.from(buffer, byteOffset, byteLength) as TextBuffer;
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.end = byteLength;
  }

  fail(reason: string, at = this.position): never {
    throw new DecodingError(reason, at);
  }

  byte(): number {
    if (this.position >= this.end) this.fail('the bytes end too early');
    return this.bytes[this.position++] as number;
  }

  /** The initial byte ahead, not consumed. */
  peek(): number {
    if (this.position >= this.end) this.fail('the bytes end too early');
    return this.bytes[this.position] as number;
  }

  /** The argument that belongs to an initial byte just read. */
  argument(initial: number): number {
    const short = initial & 0x1f;
    if (short < 24) return short;
    const at = this.position;
    const size = short === 24 ? 1 : short === 25 ? 2 : short === 26 ? 4 : 8;
    if (short > 27) this.fail('an argument of no definite form', at - 1);
    if (at + size > this.end) this.fail('the bytes end too early');
    this.position = at + size;
    const value = this.unsigned(at, size);
    const least = size === 1 ? 24 : size === 8 ? 2 ** 32 : 2 ** (size * 4);
    if (value < least) this.fail('an argument is longer than it need be', at - 1);
    return value;
  }

  /** Consumes an item's head, which has to be of the major type; gives its argument. */
  head(major: number): number {
    const initial = this.byte();
    if ((initial & 0xe0) !== major) this.fail('an item of another kind is due', this.position - 1);
    return this.argument(initial);
  }

  /** Consumes the head of an array or a map of exactly this size. */
  exactly(major: number, size: number): void {
    const at = this.position;
    if (this.head(major) !== size) this.fail(`an item of size ${size} is due`, at);
  }

  tag(tag: number): void {
    const at = this.position;
    if (this.head(TAG) !== tag) this.fail(`the tag ${tag} is due`, at);
  }

  /** A number of items that the rest of the bytes could hold. */
  count(initial: number, itemBytes: number): number {
    const at = this.position - 1;
    const count = this.argument(initial);
    if (count * itemBytes > this.end - this.position) this.fail('the bytes end too early', at);
    return count;
  }

  /** The content of a byte string, in place. */
  bytesInPlace(): Uint8Array {
    const initial = this.byte();
    if ((initial & 0xe0) !== BYTES) this.fail('a byte string is due', this.position - 1);
    return this.span(initial);
  }

  /** The content of a string whose initial byte was just read, in place. */
  span(initial: number): Uint8Array {
    const size = this.count(initial, 1);
    const start = this.position;
    this.position = start + size;
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, size);
  }

  hex(bytes: number): string {
    const at = this.position;
    if (this.head(BYTES) !== bytes || this.end - this.position < bytes) {
      this.fail(`${bytes} bytes are due`, at);
    }
    this.position += bytes;
    return this.bytes.toString('hex', this.position - bytes, this.position);
  }

  /** A string, in either of its two forms. */
  string(): string {
    const initial = this.byte();
    if ((initial & 0xe0) === TEXT) return this.text(initial);
    if ((initial & 0xe0) === TAG && this.argument(initial) === TAG_UTF16) return this.utf16();
    return this.fail('a string is due', this.position - 1);
  }

  /** The text whose initial byte was just read. */
  text(initial: number): string {
    const short = initial & 0x1f;
    const size = short < 24 ? short : this.argument(initial);
    const start = this.position;
    const stop = start + size;
    if (stop > this.end) this.fail('the bytes end too early');
    this.position = stop;
    return size <= LOOP_LENGTH ? this.shortText(start, stop) : this.longText(start, stop);
  }

  /** The string with a lone surrogate whose tag was just read. */
  utf16(): string {
    const at = this.position;
    const size = this.head(BYTES);
    const start = this.position;
    if (start + size > this.end) this.fail('the bytes end too early');
    if (size % 2 !== 0) this.fail('half a code unit', at);
    this.position = start + size;
    const text = this.bytes.toString('utf16le', start, start + size);
    if (text.isWellFormed()) this.fail('a string that has a shorter form', at);
    return text;
  }

  /** The float whose initial byte was just read. */
  float(initial: number): number {
    const at = this.position;
    const size = initial === HALF ? 2 : initial === SINGLE ? 4 : 8;
    if (initial < HALF || initial > DOUBLE) this.fail('an unknown simple value', at - 1);
    if (at + size > this.end) this.fail('the bytes end too early');
    this.position = at + size;
    const { view } = this;
    const value =
      size === 2 ? view.getFloat16(at) : size === 4 ? view.getFloat32(at) : view.getFloat64(at);
    if (!this.isShortestFloat(value, size, at))
      this.fail('a number that has a shorter form', at - 1);
    return value;
  }

  private isShortestFloat(value: number, size: number, at: number): boolean {
    if (Number.isNaN(value)) return size === 2 && this.view.getUint16(at) === 0x7e00;
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return false;
    if (size === 8) return Math.fround(value) !== value;
    return size === 2 || !isHalf(value);
  }

  private unsigned(at: number, size: number): number {
    const { bytes, view } = this;
    if (size === 1) return bytes[at] as number;
    if (size === 2) return view.getUint16(at);
    if (size === 4) return view.getUint32(at);
    const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
    if (value > Number.MAX_SAFE_INTEGER) this.fail('a number out of range', at - 1);
    return value;
  }

  private shortText(start: number, stop: number): string {
    const { bytes } = this;
    let hash = stop - start;
    for (let at = start; at < stop; at++) {
      const unit = bytes[at] as number;
      if (unit > 0x7f) return this.longText(start, stop);
      hash = (Math.imul(hash, 31) + unit) | 0;
    }
    const slot = (hash ^ (hash >>> 10)) & (KEY_SLOTS - 1);
    const known = knownTexts[slot];
    if (known !== undefined && known.length === stop - start) {
      let at = start;
      while (at < stop && known.charCodeAt(at - start) === bytes[at]) at++;
      if (at === stop) return known;
    }
    const text = bytes.latin1Slice(start, stop);
    knownTexts[slot] = text;
    return text;
  }

  private longText(start: number, stop: number): string {
    const content = this.bytes.subarray(start, stop);
    if (isAscii(content)) return this.bytes.latin1Slice(start, stop);
    try {
      return utf8.decode(content);
    } catch (cause) {
      throw new DecodingError('text that is not UTF-8', start, { cause });
    }
  }
}

const halfView = new DataView(new ArrayBuffer(2)) as HalfView & {
  setFloat16(offset: number, value: number): void;
};

function isHalf(value: number): boolean {
  halfView.setFloat16(0, value);
  return halfView.getFloat16(0) === value;
}
