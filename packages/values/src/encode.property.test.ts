import assert from 'node:assert/strict';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { anyValues, clonableValues } from './value.arbitrary.ts';

/** Deep equality, the order of keys included, which Node's own does not look at. */
function assertSame(actual: unknown, expected: unknown): void {
  assert.deepEqual(actual, expected);
  if (typeof actual !== 'object' || actual === null) return;
  const other = expected as object;
  assert.deepEqual(Object.keys(actual), Object.keys(other));
  const insides = (value: object): unknown[] =>
    value instanceof Map
      ? [...value].flat()
      : value instanceof Set
        ? [...value]
        : ArrayBuffer.isView(value)
          ? []
          : Object.values(value);
  const theirs = insides(other);
  for (const [index, inside] of insides(actual).entries()) assertSame(inside, theirs[index]);
}

// Injective, too: `decode` is a function, so equal bytes of different values are impossible.
test('V1: every value comes back equal, in the same order', () => {
  fc.assert(
    fc.property(anyValues, (value) => {
      assertSame(decode(encode(value)), value);
    }),
    { numRuns: 1500 },
  );
});

test('V1: equal values have equal bytes: a copy encodes as the original does', () => {
  fc.assert(
    fc.property(anyValues, (value) => {
      const bytes = encode(value);
      expect(Buffer.from(encode(decode(bytes))).equals(bytes)).toBe(true);
      expect(Buffer.from(encode(value)).equals(bytes)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('V2: what comes back is what structured clone would give', () => {
  fc.assert(
    fc.property(clonableValues, (value) => {
      fc.pre(!hasErrors(value));
      assertSame(decode(encode(value)), structuredClone(value));
    }),
    { numRuns: 1000 },
  );
});

test('V1: different values have different bytes', () => {
  fc.assert(
    fc.property(fc.array(anyValues, { minLength: 20, maxLength: 60, size: 'max' }), (values) => {
      const seen = new Map<string, unknown>();
      for (const value of values) {
        const bytes = Buffer.from(encode(value)).toString('hex');
        if (seen.has(bytes)) assertSame(value, seen.get(bytes));
        seen.set(bytes, value);
      }
    }),
  );
});

test('V1: objects, Maps and Sets in another order have other bytes', () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(keys, (names) => {
      const turned = names.toReversed();
      for (const make of [asObject, asMap, asSet]) {
        expect(encode(make(names))).not.toEqual(encode(make(turned)));
      }
    }),
  );
});

test('V1: a value encodes the same wherever it stands', () => {
  fc.assert(
    fc.property(anyValues, (value) => {
      const alone = Buffer.from(encode(value));
      expect(
        Buffer.from(encode([value]))
          .subarray(1)
          .equals(alone),
      ).toBe(true);
    }),
  );
});

const asObject = (names: string[]) => Object.fromEntries(names.map((name) => [name, 1]));
const asMap = (names: string[]) => new Map(names.map((name) => [name, 1]));
const asSet = (names: string[]) => new Set(names);

/** Structured clone drops the fields of errors. */
function hasErrors(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (value instanceof Error) return true;
  if (value instanceof Map) return [...value].flat().some(hasErrors);
  return (value instanceof Set ? [...value] : Object.values(value)).some(hasErrors);
}
