import { digestOf, dirReference, fileReference } from '@skein/values';
import { expect, test } from 'vitest';
import { shorten, unfold } from './value.ts';

test('a short value is written as its author would', () => {
  const value = {
    text: 'a\n"b"',
    list: [1, -0, 2n, undefined, null],
    map: new Map([['k', new Set([1])]]),
    'a-b': new Date(0),
    bits: new Uint8Array(3),
  };
  expect(shorten(value, 200)).toBe(
    '{ text: "a\\n\\"b\\"", list: [1, -0, 2n, undefined, null], ' +
      'map: Map { "k" => Set { 1 } }, "a-b": 1970-01-01T00:00:00.000Z, bits: Uint8Array(3 bytes) }',
  );
});

test('files, folders and tasks are named, not listed', () => {
  const digest = digestOf('blob', 'x'.repeat(12_300));
  const file = fileReference({ name: 'a.html', digest });
  const dir = dirReference([{ path: 'a.html', digest, size: 12_300, executable: false }]);
  expect(shorten([file, dir, () => 1])).toBe('[File("a.html", 12.3 kB), Dir(1 file), a function]');
});

test('what does not fit is counted', () => {
  expect(
    shorten(
      Array.from({ length: 10_000 }, (_, index) => index),
      30,
    ),
  ).toBe('[0, 1, 2, 3, 4, … 9,995 more]');
  expect(shorten({ rows: 'x'.repeat(1_000), next: 1 }, 24)).toBe('{ rows: "xxxxxxxxxx…", …');
});

test('only as much is looked at as is shown', () => {
  let reads = 0;
  const rows = new Proxy(
    Array.from({ length: 1_000_000 }, () => 1),
    {
      get: (target, key, receiver): unknown => {
        reads += 1;
        return Reflect.get(target, key, receiver);
      },
    },
  );
  shorten(rows, 40);
  expect(reads).toBeLessThan(60);
});

test('a value over several lines', () => {
  const value = {
    accuracy: 0.97,
    report: 'first line\nsecond line',
    rows: Array.from({ length: 3 }, (_, index) => ({ language: `language ${index}`, share: 0.5 })),
    names: Array.from({ length: 400 }, (_, index) => `name-${index}`),
  };
  expect(unfold(value, { width: 50, lines: 12 }).join('\n')).toMatchInlineSnapshot(`
    "accuracy: 0.97
    report:
      first line
      second line
    rows:
      - { language: "language 0", share: 0.5 }
      … 2 more
    names:
      - "name-0"
      … 399 more"
  `);
});

test('a long list leaves room for what comes after it', () => {
  const value = { rows: Array.from({ length: 400 }, (_, index) => `row ${index}`), last: 'seen' };
  expect(unfold(value, { width: 50, lines: 10 }).join('\n')).toMatchInlineSnapshot(`
    "rows:
      - "row 0"
      - "row 1"
      - "row 2"
      - "row 3"
      - "row 4"
      … 395 more
    last: "seen""
  `);
});

test('a value that fits is one line', () => {
  expect(unfold({ a: 1 })).toEqual(['{ a: 1 }']);
  expect(unfold('plain')).toEqual(['"plain"']);
});
