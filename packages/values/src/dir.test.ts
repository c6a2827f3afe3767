import { expect, test } from 'vitest';

import { digestOf } from './digest.ts';
import { dirReference } from './dir.ts';
import { fileReference } from './file.ts';
import { UnsafePathError } from './unsafe-path.ts';

const entry = (path: string, content = path, executable = false) => ({
  path,
  size: Buffer.byteLength(content),
  digest: digestOf('blob', content),
  executable,
});

test('V6: a folder counts by paths, contents and executable bits, in no order', () => {
  const one = dirReference([entry('b'), entry('a/c')]);
  expect(dirReference([entry('a/c'), entry('b')])).toEqual(one);
  expect(one.entries.map(({ path }) => path)).toEqual(['a/c', 'b']);
  const others = [
    dirReference([entry('a/c'), entry('b', 'x')]),
    dirReference([entry('a/c'), entry('b', 'b', true)]),
    dirReference([entry('a/d', 'a/c'), entry('b')]),
    dirReference([entry('b')]),
    dirReference([]),
  ];
  expect(new Set([one, ...others].map(({ digest }) => digest)).size).toBe(6);
});

test('V6: entries are sorted by the bytes of their paths', () => {
  const paths = ['\u{1F600}', '\uff5e', 'a.b', 'a/b', 'a-b', 'B'];
  expect(dirReference(paths.map((path) => entry(path))).entries.map(({ path }) => path)).toEqual([
    'B',
    'a-b',
    'a.b',
    'a/b',
    '\uff5e',
    '\u{1F600}',
  ]);
});

const unsafe = [
  '',
  '/a',
  'C:/a',
  'a/../b',
  '..',
  '.',
  'a//b',
  'a/',
  'a\\b',
  './a',
  'a\0b',
  '\ud800',
];

test.each(unsafe)('D4: the path %j, which would not stay or not exist, is refused', (path) => {
  expect(() => dirReference([entry(path)])).toThrow(UnsafePathError);
});

test.each([
  ['a', 'a'],
  ['a', 'A'],
  ['x/é', 'x/e\u0301'],
  ['a', 'a/b'],
  ['A/b', 'a/c'],
  ['ß', 'SS'],
])('D4: %j and %j, one path on some file system, are refused', (...pair) => {
  expect(() => dirReference(pair.map((path) => entry(path)))).toThrow(UnsafePathError);
});

test('D5: an entry whose size is not that of its digest is refused', () => {
  expect(() => dirReference([{ ...entry('a'), size: 7 }])).toThrow(UnsafePathError);
});

test('V6: the name of a file is one segment', () => {
  const digest = digestOf('blob', 'abc');
  expect(fileReference({ name: 'a.txt', digest })).toEqual({
    kind: 'file',
    name: 'a.txt',
    size: 3,
    digest,
  });
  for (const name of ['', '.', '..', 'a/b', 'a\\b', 'a\0']) {
    expect(() => fileReference({ name, digest })).toThrow(UnsafePathError);
  }
});
