import { Refusal } from './encoding-error.ts';
import {
  BYTES,
  DOUBLE,
  HALF,
  MAX_ENCODED_BYTES,
  NEGATIVE,
  SINGLE,
  TAG,
  TAG_BIGINT,
  TAG_NEGATIVE_BIGINT,
  TAG_UTF16,
  TEXT,
  UNSIGNED,
} from './tags.ts';

/** Of Node's Buffer, but not in its types: `write` without looking up the encoding. */
interface TextBuffer extends Buffer<ArrayBuffer> {
  latin1Write(text: string, offset: number, length: number): number;
  utf8Write(text: string, offset: number, length: number): number;
}

/** Of ES2025, not yet in the configured library. */
interface HalfView extends DataView<ArrayBuffer> {
  getFloat16(offset: number): number;
  setFloat16(offset: number, value: number): void;
}

const FIRST_CAPACITY = 1 << 14;
/** A larger buffer is given back after use. */
const KEPT_CAPACITY = 1 << 22;
const HEAD_BYTES = 9;
/** Up to here a loop in JavaScript beats a call into Node. */
const LOOP_LENGTH = 48;

/** A growing buffer of CBOR data items. Knows the scalars, not the kinds of JavaScript. */
export class ByteWriter {
  position = 0;
  private bytes = allocate(FIRST_CAPACITY);
  private view = viewOf(this.bytes);
  /** The same memory; a Buffer's own `slice` copies nothing. */
  private plain = plainOf(this.bytes);

  reset(): void {
    this.position = 0;
    if (this.bytes.length > KEPT_CAPACITY) this.adopt(allocate(FIRST_CAPACITY));
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.plain, 0, this.position);
  }

  byte(value: number): void {
    if (this.position === this.bytes.length) this.grow(1);
    this.bytes[this.position++] = value;
  }

  /** The initial byte of a major type with its argument in the shortest form. */
  head(major: number, argument: number): void {
    if (this.position + HEAD_BYTES > this.bytes.length) this.grow(HEAD_BYTES);
    const { bytes } = this;
    let at = this.position;
    if (argument < 24) {
      bytes[at++] = major | argument;
    } else if (argument < 0x100) {
      bytes[at++] = major | 24;
      bytes[at++] = argument;
    } else if (argument < 0x10000) {
      bytes[at++] = major | 25;
      bytes[at++] = argument >>> 8;
      bytes[at++] = argument;
    } else if (argument < 0x100000000) {
      bytes[at++] = major | 26;
      this.view.setUint32(at, argument);
      at += 4;
    } else {
      bytes[at++] = major | 27;
      this.view.setUint32(at, Math.floor(argument / 0x100000000));
      this.view.setUint32(at + 4, argument >>> 0);
      at += 8;
    }
    this.position = at;
  }

  tag(tag: number): void {
    this.head(TAG, tag);
  }

  number(value: number): void {
    if (Number.isSafeInteger(value)) {
      if (value > 0) this.head(UNSIGNED, value);
      else if (value < 0) this.head(NEGATIVE, -1 - value);
      else if (Object.is(value, -0)) this.float(value);
      else this.byte(UNSIGNED);
    } else {
      this.float(value);
    }
  }

  bigint(value: bigint): void {
    const negative = value < 0n;
    const magnitude = negative ? -1n - value : value;
    this.tag(negative ? TAG_NEGATIVE_BIGINT : TAG_BIGINT);
    if (magnitude === 0n) {
      this.head(BYTES, 0);
      return;
    }
    const digits = magnitude.toString(16);
    this.hex(digits.length % 2 === 0 ? digits : `0${digits}`);
  }

  /** A byte string from hexadecimal digits. */
  hex(digits: string): void {
    const size = digits.length / 2;
    this.head(BYTES, size);
    this.reserve(size);
    this.bytes.write(digits, this.position, size, 'hex');
    this.position += size;
  }

  bytesOf(content: Uint8Array): void {
    const size = content.length;
    this.head(BYTES, size);
    this.reserve(size);
    if (size > LOOP_LENGTH) {
      this.bytes.set(content, this.position);
    } else {
      const { bytes, position } = this;
      for (let index = 0; index < size; index++) bytes[position + index] = content[index] as number;
    }
    this.position += size;
  }

  /** Bytes that are already a data item. */
  append(content: Uint8Array): void {
    this.reserve(content.length);
    this.bytes.set(content, this.position);
    this.position += content.length;
  }

  text(text: string): void {
    const { length } = text;
    if (length > LOOP_LENGTH) {
      this.longText(text);
      return;
    }
    if (this.position + length + 2 > this.bytes.length) this.grow(length + 2);
    const { bytes } = this;
    let at = this.position;
    if (length < 24) {
      bytes[at++] = TEXT | length;
    } else {
      bytes[at++] = TEXT | 24;
      bytes[at++] = length;
    }
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        this.longText(text);
        return;
      }
      bytes[at++] = unit;
    }
    this.position = at;
  }

  private longText(text: string): void {
    const size = Buffer.byteLength(text, 'utf8');
    if (size === text.length) {
      this.head(TEXT, size);
      this.reserve(size);
      this.position += this.bytes.latin1Write(text, this.position, size);
    } else if (text.isWellFormed()) {
      this.head(TEXT, size);
      this.reserve(size);
      this.position += this.bytes.utf8Write(text, this.position, size);
    } else {
      const units = text.length * 2;
      this.tag(TAG_UTF16);
      this.head(BYTES, units);
      this.reserve(units);
      this.position += this.bytes.write(text, this.position, units, 'utf16le');
    }
  }

  private float(value: number): void {
    this.reserve(HEAD_BYTES);
    const { bytes, position, view } = this;
    if (Math.fround(value) !== value && !Number.isNaN(value)) {
      bytes[position] = DOUBLE;
      view.setFloat64(position + 1, value);
      this.position = position + 9;
      return;
    }
    view.setFloat16(position + 1, value);
    if (Number.isNaN(value)) {
      // The one NaN: its payload is no part of a value.
      view.setUint16(position + 1, 0x7e00);
    } else if (view.getFloat16(position + 1) !== value) {
      bytes[position] = SINGLE;
      view.setFloat32(position + 1, value);
      this.position = position + 5;
      return;
    }
    bytes[position] = HALF;
    this.position = position + 3;
  }

  private reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.grow(count);
  }

  private grow(count: number): void {
    const needed = this.position + count;
    if (needed > MAX_ENCODED_BYTES) {
      throw new Refusal('the value takes more than 2 GiB (hand on large content as a File)');
    }
    const larger = allocate(Math.min(Math.max(needed, this.bytes.length * 2), MAX_ENCODED_BYTES));
    larger.set(this.bytes.subarray(0, this.position));
    this.adopt(larger);
  }

  private adopt(bytes: TextBuffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.plain = plainOf(bytes);
  }
}

function allocate(size: number): TextBuffer {
  return Buffer.allocUnsafeSlow(size) as TextBuffer;
}

function viewOf(bytes: TextBuffer): HalfView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function plainOf(bytes: TextBuffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
