import { expect, test, vi } from 'vitest';

import { decode } from './decode.ts';
import { DecodingError } from './decoding-error.ts';
import { digestOf } from './digest.ts';
import { dirReference } from './dir.ts';
import { fileReference } from './file.ts';
import { fromJson } from './from-json.ts';
import { ARRAY, TAG_DIR, TRUE } from './tags.ts';
import { UnsafePathError } from './unsafe-path.ts';
import { ByteWriter } from './writer.ts';

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
  'x'.repeat(256),
  `a/${'\u00e9'.repeat(128)}`,
  'a/'.repeat(2_048) + 'a',
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
  ['a/b/c', 'a/B/d'],
  ['a/b', 'A'],
  ['x/y', 'x/y/z'],
])('D4: %j and %j, one path on some file system, are refused', (...pair) => {
  expect(() => dirReference(pair.map((path) => entry(path)))).toThrow(UnsafePathError);
});

test('D4: many long paths are looked at in proportion to their length', () => {
  const paths = Array.from({ length: 500 }, (_, index) => `${'a/'.repeat(1_800)}${index}`);
  expect(dirReference(paths.map((path) => entry(path))).entries).toHaveLength(500);
});

test('V6: names that are well everywhere but on Windows are names', () => {
  const paths = ['CON', 'aux.c', 'nul/data', 'at 12:30', 'trailing.', 'trailing ', 'line\nend'];
  expect(dirReference(paths.map((path) => entry(path))).entries).toHaveLength(paths.length);
});

/** The bytes of a folder with these entries, as a writer without our checks makes them. */
function encodedDir(entries: readonly (readonly [path: string, size?: number])[]): Uint8Array {
  const out = new ByteWriter();
  out.tag(TAG_DIR);
  out.head(ARRAY, entries.length);
  for (const [path, size = 3] of entries) {
    out.head(ARRAY, 4);
    out.text(path);
    out.hex('ab'.repeat(32));
    out.number(size);
    out.byte(TRUE);
  }
  return out.take();
}

test('what a foreign writer encodes of a safe folder is a folder', () => {
  const revive = vi.fn((reference: unknown) => reference);
  decode(encodedDir([['a/b'], ['c']]), { revive });
  expect(revive.mock.lastCall?.[0]).toMatchObject({ entries: [{ path: 'a/b' }, { path: 'c' }] });
});

const hostile: readonly (readonly [what: string, paths: readonly string[]])[] = [
  ['a way out', ['../escaped']],
  ['a way out below', ['a/../../escaped']],
  ['a way out at the end', ['a/..']],
  ['the folder itself', ['.']],
  ['a step to itself', ['a/./b']],
  ['no name', ['']],
  ['no name within', ['a//b']],
  ['a folder', ['a/']],
  ['a root', ['/etc/passwd']],
  ['a drive', ['C:\\Windows']],
  ['a drive-relative path', ['c:a']],
  ['a server', ['\\\\server\\share']],
  ['a backslash', ['a\\..\\b']],
  ['a zero byte', ['a\0/../b']],
  ['a name twice', ['a', 'a']],
  ['names that fold', ['A', 'a']],
  ['folders that fold', ['A/x', 'a/y']],
  ['a file and a folder', ['a', 'a/b']],
  ['a file and a folder that fold', ['A/b', 'a']],
  ['composed and decomposed letters', ['cafe\u0301', 'caf\u00e9']],
  ['a name longer than any', ['x'.repeat(256)]],
  ['a path longer than any', ['a/'.repeat(600_000) + 'a']],
];

test.each(hostile)('D4: an encoded folder with %s is not decoded', (_, paths) => {
  const bytes = encodedDir(paths.map((path) => [path] as const));
  const thrown = caught(() => decode(bytes));
  expect(thrown).toBeInstanceOf(DecodingError);
  // Twice the same name is out of order already.
  const isUnsafe = (thrown as Error).cause instanceof UnsafePathError;
  expect(isUnsafe || String(thrown).includes('not in order')).toBe(true);
  const entries = paths.map((path) => entry(path));
  const read = caught(() => fromJson({ $type: 'dir', value: { entries } }));
  expect(read).toBeInstanceOf(DecodingError);
  expect((read as Error).cause).toBeInstanceOf(UnsafePathError);
  expect(String(read).length).toBeLessThan(500);
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

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
