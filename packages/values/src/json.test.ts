import { expect, test } from 'vitest';

import { DecodingError } from './decoding-error.ts';
import { digestOf } from './digest.ts';
import { EncodingError } from './encoding-error.ts';
import { fileReference } from './file.ts';
import { fromJson } from './from-json.ts';
import { toJson } from './to-json.ts';

test('JSON is itself where it has a word; the rest has a $type', () => {
  expect(toJson({ a: [1, 'x', null, true] })).toEqual({ a: [1, 'x', null, true] });
  expect(
    toJson({
      map: new Map([['a', 1n]]),
      set: new Set([1]),
      date: new Date(0),
      bytes: Buffer.from('hi'),
      none: undefined,
      numbers: [Number.NaN, -0, -Infinity],
      pattern: /a/g,
      floats: Float32Array.of(0.5, Infinity),
      error: Object.assign(new TypeError('bad'), { code: 7 }),
    }),
  ).toEqual({
    map: { $type: 'map', value: [['a', { $type: 'bigint', value: '1' }]] },
    set: { $type: 'set', value: [1] },
    date: { $type: 'date', value: '1970-01-01T00:00:00.000Z' },
    bytes: { $type: 'bytes', value: 'aGk=' },
    none: { $type: 'undefined' },
    numbers: ['NaN', '-0', '-Infinity'].map((value) => ({ $type: 'number', value })),
    pattern: { $type: 'regexp', value: { source: 'a', flags: 'g' } },
    floats: { $type: 'float32array', value: [0.5, { $type: 'number', value: 'Infinity' }] },
    error: { $type: 'error', value: { class: 'TypeError', message: 'bad', fields: { code: 7 } } },
  });
});

test('the result of a task that returns nothing is null', () => {
  expect(toJson(undefined)).toBe(null);
});

test('an object that has a $type of its own comes back', () => {
  const value = { $type: 'map', value: { $type: 'date' } };
  expect(fromJson(toJson(value))).toEqual(value);
});

test('a file has its path where it is known, and may be given by path alone', () => {
  const file = fileReference({ name: 'a.txt', digest: digestOf('blob', 'abc') });
  const json = toJson([file], { locate: () => '/tmp/a.txt' });
  const { name, size, digest } = file;
  expect(json).toEqual([{ $type: 'file', value: { path: '/tmp/a.txt', name, size, digest } }]);
  expect(fromJson(json)).toEqual([file]);
  expect(fromJson(json, { revive: (_, path) => path })).toEqual(['/tmp/a.txt']);
  const byPath = { $type: 'file', value: { path: 'x/a.txt' } };
  expect(() => fromJson(byPath)).toThrow(DecodingError);
  expect(fromJson(byPath, { open: (path) => path })).toEqual({ kind: 'file', path: 'x/a.txt' });
});

test('what cannot be encoded is an EncodingError with its path', () => {
  expect(() => toJson({ a: () => 1 }, { path: 'result' })).toThrow(/result\.a/);
  expect(() => toJson(Symbol('s'))).toThrow(EncodingError);
});

test.each([
  { $type: 'date', value: 'tomorrow' },
  { $type: 'nothing', value: 1 },
  { $type: 7 },
  { $type: 'bigint', value: '1.5' },
  { $type: 'regexp', value: { source: '(' } },
  { $type: 'array', value: { length: 2 ** 40, elements: [] } },
  { $type: 'bytes', value: '#' },
])('a value that does not fit its $type is a DecodingError', (json) => {
  expect(() => fromJson(json)).toThrow(DecodingError);
});
