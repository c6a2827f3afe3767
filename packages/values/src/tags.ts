/*
 * Version 1 of the encoding: deterministic CBOR (RFC 8949, section 4.2), but objects, Maps and
 * Sets keep their order (V1).
 *
 *   number      integer where it is a safe integer and not -0, else the shortest of the floats
 *   string      text; with a lone surrogate UTF16(bytes, little-endian)
 *   object      map of its keys, in the order of Object.keys
 *   Uint8Array  byte string; the other typed arrays by RFC 8746, little-endian
 *
 * Every other kind is one of the tags below. Tags 2, 3, 24, 258, 259 and RFC 8746 are registered
 * with IANA; ours are numbers nobody has registered.
 */

/** Major types, in place in an initial byte. */
export const UNSIGNED = 0x00;
export const NEGATIVE = 0x20;
export const BYTES = 0x40;
export const TEXT = 0x60;
export const ARRAY = 0x80;
export const MAP = 0xa0;
export const TAG = 0xc0;

/** Whole initial bytes of major type 7. */
export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
export const UNDEFINED = 0xf7;
export const HALF = 0xf9;
export const SINGLE = 0xfa;
export const DOUBLE = 0xfb;

/** Magnitude, big-endian without leading zeros; the second holds -1 - n. */
export const TAG_BIGINT = 2;
export const TAG_NEGATIVE_BIGINT = 3;
/** A byte string that is itself an encoding. */
export const TAG_ENCODED = 24;
/** An array of the elements. */
export const TAG_SET = 258;
/** A CBOR map of any keys. */
export const TAG_MAP = 259;
/** Code units of a string with a lone surrogate, 16 bits each, little-endian. */
export const TAG_UTF16 = 43600;
/** Milliseconds since the epoch; NaN is the invalid date. */
export const TAG_DATE = 43601;
/** [source, flags] */
export const TAG_REGEXP = 43602;
/** [length, index, element, index, element, …]: an array with holes. */
export const TAG_SPARSE = 43603;
/** The primitive in a Boolean, Number, String or BigInt object. */
export const TAG_BOXED = 43604;
/** [kind, { own not enumerable properties }, { own enumerable properties }] */
export const TAG_ERROR = 43605;
/** Bytes of an ArrayBuffer, and of the part of one that a DataView shows. */
export const TAG_ARRAY_BUFFER = 43606;
export const TAG_DATA_VIEW = 43607;
/** [name, SHA-256, size] */
export const TAG_FILE = 43608;
/** [[path, SHA-256, size, executable], …] */
export const TAG_DIR = 43609;
/** The id. */
export const TAG_TASK = 43610;
/** [name, version, data] */
export const TAG_CODEC = 43611;

/** Containers within containers, at most. */
export const MAX_DEPTH = 1000;
/** Bytes of one encoding, at most: above, a value is content and belongs in a `File`. */
export const MAX_ENCODED_BYTES = 2 ** 31 - 1;
