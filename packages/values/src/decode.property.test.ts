import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decode } from './decode.ts';
import { DecodingError } from './decoding-error.ts';
import { encode } from './encode.ts';
import { referencesIn } from './references-in.ts';
import { anyValues } from './value.arbitrary.ts';

/** The value, or `undefined` after a `DecodingError`; anything else thrown fails the test. */
function tryDecode(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: decode(bytes) };
  } catch (error) {
    expect(error).toBeInstanceOf(DecodingError);
    return undefined;
  }
}

/** Whatever is accepted has to be what `encode` would have written. */
function expectCanonical(bytes: Uint8Array): void {
  const decoded = tryDecode(bytes);
  if (decoded === undefined) return;
  expect(Buffer.from(encode(decoded.value)).toString('hex')).toBe(
    Buffer.from(bytes).toString('hex'),
  );
}

const typical = fc.constantFrom(
  0xd8,
  0xd9,
  0xaa,
  0x50,
  0x51,
  0x52,
  0x53,
  0x54,
  0x55,
  0x56,
  0x57,
  0x58,
  0x59,
  0x5a,
  0x5b,
  0x80,
  0x81,
  0x82,
  0x83,
  0x84,
  0xa0,
  0xa1,
  0xa2,
  0x40,
  0x41,
  0x60,
  0x61,
  0x30,
  0x00,
  0x01,
  0x20,
  0xf4,
  0xf6,
  0xf7,
  0xf9,
  0xfa,
  0xfb,
  0x7e,
  0x18,
  0x19,
  0x1a,
  0x1b,
  0xc2,
  0xc3,
  0xff,
);

test('any bytes give a value that has these bytes, or a DecodingError', () => {
  const bytes = fc.array(fc.oneof(typical, fc.nat(255)), { maxLength: 40 });
  fc.assert(
    fc.property(bytes, (list) => expectCanonical(Uint8Array.from(list))),
    { numRuns: 20_000 },
  );
});

test('mutated encodings give a value that has these bytes, or a DecodingError', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(typical, fc.nat(255))), { maxLength: 3 });
  fc.assert(
    fc.property(anyValues, changes, (value, list) => {
      const bytes = encode(value);
      for (const [position, byte] of list) bytes[position % bytes.length] = byte;
      expectCanonical(bytes);
    }),
    { numRuns: 4000 },
  );
});

test('truncated and continued encodings are refused', () => {
  fc.assert(
    fc.property(anyValues, fc.nat(), fc.nat(255), (value, cut, more) => {
      const bytes = encode(value);
      expect(tryDecode(bytes.subarray(0, cut % bytes.length))).toBe(undefined);
      expect(tryDecode(Uint8Array.of(...bytes, more))).toBe(undefined);
    }),
    { numRuns: 1000 },
  );
});

test('referencesIn reads any bytes without another error than DecodingError', () => {
  const bytes = fc.array(fc.oneof(typical, fc.nat(255)), { maxLength: 40 });
  fc.assert(
    fc.property(bytes, (list) => {
      try {
        referencesIn(Uint8Array.from(list));
      } catch (error) {
        expect(error).toBeInstanceOf(DecodingError);
      }
    }),
    { numRuns: 5000 },
  );
});
