import assert from 'node:assert/strict';

import { decode as decodeWithCborg } from 'cborg';
import fc from 'fast-check';
import { test } from 'vitest';

import { encode } from './encode.ts';

// An independent witness that the bytes are CBOR: what JSON knows needs none of our tags.
test('V1: another CBOR library reads what JSON knows as the same values', () => {
  const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => !hasProto(value));
  fc.assert(
    fc.property(json, (value) => {
      assert.deepEqual(decodeWithCborg(encode(value)), value);
      assert.equal(JSON.stringify(decodeWithCborg(encode(value))), JSON.stringify(value));
    }),
    { numRuns: 1000 },
  );
});

/** cborg assigns the key instead of defining it. */
function hasProto(value: unknown): boolean {
  return JSON.stringify(value).includes('"__proto__":');
}
