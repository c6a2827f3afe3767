import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { printLock, type ImageLock } from './lock.ts';
import { isLockFault, parseLock } from './parse-lock.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const LOCK: ImageLock = {
  images: new Map([
    ['python:3.12', new Map([['linux/amd64', { digest: digest('b') }]])],
    [
      'ghcr.io/acme/x:1.4',
      new Map([
        ['linux/arm64', { digest: digest('c'), node: '26.1.0' }],
        ['linux/amd64', { digest: digest('d') }],
      ]),
    ],
  ]),
  recipes: new Map([
    [
      digest('e'),
      {
        name: 'langid',
        platform: 'linux/amd64',
        reference: `localhost:5000/langid@${digest('f')}`,
        digest: digest('f'),
        node: '24.21.0',
      },
    ],
  ]),
};

const TEXT = `{
  "version": 1,
  "images": {
    "ghcr.io/acme/x:1.4": {
      "linux/amd64": {
        "digest": "${digest('d')}"
      },
      "linux/arm64": {
        "digest": "${digest('c')}",
        "node": "26.1.0"
      }
    },
    "python:3.12": {
      "linux/amd64": {
        "digest": "${digest('b')}"
      }
    }
  },
  "recipes": {
    "${digest('e')}": {
      "name": "langid",
      "platform": "linux/amd64",
      "reference": "localhost:5000/langid@${digest('f')}",
      "digest": "${digest('f')}",
      "node": "24.21.0"
    }
  }
}
`;

function problemOf(text: string): string {
  const read = parseLock(text);
  if (isLockFault(read)) return read.problem;
  throw new Error('it was understood');
}

test('the file is written sorted, in one form, and reads back', () => {
  expect(printLock(LOCK)).toBe(TEXT);
  const read = parseLock(TEXT);
  expect(isLockFault(read)).toBe(false);
  if (!isLockFault(read)) expect(printLock(read)).toBe(TEXT);
});

test('format 1 keeps reading, and is written as it was', () => {
  const golden = readFileSync(new URL('../golden/images-v1.json', import.meta.url), 'utf8');
  const read = parseLock(golden);
  expect(read).toEqual(LOCK);
  if (!isLockFault(read)) expect(printLock(read)).toBe(golden);
});

test('a merge conflict is said to be one, with its line', () => {
  const at = TEXT.indexOf('    "python');
  const conflict = `${TEXT.slice(0, at)}<<<<<<< HEAD\n${TEXT.slice(at)}>>>>>>> main\n`;
  expect(parseLock(conflict)).toEqual({
    problem: 'line 13 is a marker of a merge conflict',
    hint: expect.stringContaining('keep either side') as unknown,
  });
});

test('an entry that a merge left twice is not taken for one', () => {
  const entry = /    "python[^]*?\n    \}/.exec(TEXT)?.[0] ?? '';
  expect(problemOf(TEXT.replace(entry, `${entry},\n${entry}`))).toBe(
    '"python:3.12" stands in it twice',
  );
});

test('a newer version says what to do', () => {
  expect(parseLock(TEXT.replace('1,', '2,'))).toEqual({
    problem: 'version 2, known is 1',
    hint: 'use a newer Skein',
  });
});

test.each([
  ['', /JSON/],
  [TEXT.slice(0, 200), /JSON/],
  ['[]', /the file is no object/],
  ['{}', /"version" has to be 1/],
  [TEXT.replace('"version": 1', '"version": "1"'), /"version" has to be 1/],
  [TEXT.replace('"images"', '"pictures"'), /the file has a field "pictures"/],
  [TEXT.replace('python:3.12', 'Python'), /"Python" is no reference/],
  [TEXT.replaceAll('linux/amd64', 'linux'), /"linux": this is no platform/],
  [TEXT.replaceAll(digest('b'), digest('B')), /"python:3\.12" on "linux\/amd64": "digest" is not/],
  [TEXT.replaceAll('26.1.0', '18.0.0'), /"node" is no version/],
  [TEXT.replace('"node"', '"nod"'), /has a field "nod"/],
  [TEXT.replace(digest('e'), 'langid'), /"langid" is no digest of a recipe/],
  [TEXT.replace(`localhost:5000/langid@${digest('f')}`, ''), /"reference" is none/],
  [TEXT.replace('"langid"', '7'), /"name" is no text/],
  ['{"version":1,"images":{"x":{}}}', /"x" has no platform/],
  ['{"version":1,"images":{"x":[]}}', /"x" is no object/],
  ['{"version":1,"images":null}', /"images" is no object/],
])('whatever is not understood is a fault: %#', (text, problem) => {
  expect(problemOf(text)).toMatch(problem);
});
