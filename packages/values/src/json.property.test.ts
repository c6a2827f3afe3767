import assert from 'node:assert/strict';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { DecodingError } from './decoding-error.ts';
import { encode } from './encode.ts';
import { fromJson } from './from-json.ts';
import { toJson } from './to-json.ts';
import { anyValues } from './value.arbitrary.ts';

test('fromJson(toJson(x)) equals x, through the text of JSON', () => {
  fc.assert(
    fc.property(anyValues, (value) => {
      fc.pre(value !== undefined);
      const back = fromJson(JSON.parse(JSON.stringify(toJson(value))));
      assert.deepEqual(back, value);
      expect(Buffer.from(encode(back)).equals(encode(value))).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

test('any JSON gives a value or a DecodingError', () => {
  const types = fc.constantFrom(
    'map',
    'set',
    'date',
    'bigint',
    'bytes',
    'file',
    'dir',
    'error',
    'regexp',
    'array',
    'number',
    'boxed',
    'codec',
    'task',
    'object',
    'float64array',
    'bigint64array',
    'x',
  );
  const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.record({ $type: types, value: tie('value') }),
      fc.record({ path: tie('value'), name: fc.string(), source: fc.string(), length: fc.nat() }),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      try {
        fromJson(value);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodingError);
      }
    }),
    { numRuns: 5000 },
  );
});
