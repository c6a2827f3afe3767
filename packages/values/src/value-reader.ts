import type { Codec, CodecData } from './codec.ts';
import { DecodingError } from './decoding-error.ts';
import { ByteReader } from './reader.ts';
import type { Reference } from './reference.ts';
import { MAX_DEPTH } from './tags.ts';

/** How to decode. */
export interface DecodeOptions {
  /** Makes the value for a reference; unless given, it is the plain reference object itself. */
  readonly revive?: (reference: Reference) => unknown;
  /** Used instead of the registered codecs. */
  readonly codecs?: readonly Codec[];
  /** Makes the value for data whose codec is unknown; unless given, that is an error. */
  readonly opaque?: (data: CodecData) => unknown;
  /**
   * `Uint8Array` and `Encoded` share memory with the bytes instead of copying it: for bytes that
   * nobody changes.
   */
  readonly views?: boolean;
}

/** Where the readers of the kinds meet: the bytes, the options, the depth. */
export abstract class ValueReader {
  readonly in: ByteReader;
  readonly options: DecodeOptions;
  private depth = 0;

  constructor(bytes: Uint8Array, options: DecodeOptions) {
    this.in = new ByteReader(bytes);
    this.options = options;
  }

  /** Reads any value. */
  abstract value(): unknown;
  /** Reads an object of named properties. */
  abstract properties(): Record<string, unknown>;

  /** Steps into a container; counts as the writer does. */
  enter(): void {
    if (++this.depth > MAX_DEPTH) this.in.fail(`values lie deeper than ${MAX_DEPTH} levels`);
  }

  leave(): void {
    this.depth--;
  }

  /** Any failure as a `DecodingError`. */
  protected failure(cause: unknown): DecodingError {
    if (cause instanceof DecodingError) return cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    return new DecodingError(said, this.in.position, { cause });
  }
}
