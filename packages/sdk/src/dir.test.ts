import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@skein/values';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Dir } from './dir.ts';
import { createRegistry, reviveReference } from './registry.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-dir-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tree(name: string, files: Record<string, string>): string {
  const root = join(folder, name);
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const pathsOf = (dir: Dir): string[] => dir.files().map(({ path }) => path);

test('a directory is its files by relative path', async () => {
  const dir = await Dir.from(tree('a', { 'z.txt': 'z', 'sub/deep/b.txt': 'b', 'sub/a.txt': 'a' }));
  expect(pathsOf(dir)).toEqual(['sub/a.txt', 'sub/deep/b.txt', 'z.txt']);
  const file = dir.file('sub/deep/b.txt');
  expect([file.name, await file.text()]).toEqual(['b.txt', 'b']);
  expect(readFileSync(join(await dir.path(), 'sub/a.txt'), 'utf8')).toBe('a');
  expect(() => dir.file('sub/none')).toThrow(RangeError);
});

test('V6: it counts by paths, contents and executable bits alone', async () => {
  const one = tree('one', { 'a.txt': 'a', 'sub/b.txt': 'b' });
  const other = tree('other', { 'sub/b.txt': 'b', 'a.txt': 'a' });
  mkdirSync(join(other, 'empty'));
  utimesSync(join(other, 'a.txt'), 1, 1);
  chmodSync(join(other, 'a.txt'), 0o600);
  const { digest } = await Dir.from(one);
  expect((await Dir.from(other)).digest).toBe(digest);
  chmodSync(join(other, 'a.txt'), 0o700);
  expect((await Dir.from(other)).digest).not.toBe(digest);
});

test('it is a copy, and crosses the encoding', async () => {
  const root = tree('a', { 'a.txt': 'before' });
  const dir = await Dir.from(root);
  writeFileSync(join(root, 'a.txt'), 'after');
  const registry = createRegistry();
  const copy = decode(encode(dir), {
    revive: (reference) => reviveReference(reference, registry),
  }) as Dir;
  expect(copy).toBeInstanceOf(Dir);
  expect(copy.digest).toBe(dir.digest);
  expect(await copy.file('a.txt').text()).toBe('before');
});

test('a link within the directory counts as what it leads to', async () => {
  const root = tree('a', { 'real/a.txt': 'a' });
  symlinkSync('real/a.txt', join(root, 'file'));
  symlinkSync('real', join(root, 'folder'));
  const dir = await Dir.from(root);
  expect(pathsOf(dir)).toEqual(['file', 'folder/a.txt', 'real/a.txt']);
  expect(await dir.file('file').text()).toBe('a');
});

test('the directory itself may be reached through a link', async () => {
  symlinkSync(tree('real', { 'a.txt': 'a' }), join(folder, 'link'));
  expect(pathsOf(await Dir.from(join(folder, 'link')))).toEqual(['a.txt']);
});

const refusals: [what: string, spoil: (root: string) => void][] = [
  ['a link that leads out of the directory', (root) => symlinkSync('../outside', join(root, 'x'))],
  ['a link that leads out of the directory', (root) => symlinkSync('/etc', join(root, 'x'))],
  ['a link that leads nowhere', (root) => symlinkSync('none', join(root, 'x'))],
  ['a link that leads round in circles', (root) => symlinkSync('.', join(root, 'x'))],
  ['a link that leads round in circles', (root) => symlinkSync('x', join(root, 'x'))],
  ['a pipe', (root) => execFileSync('mkfifo', [join(root, 'x')])],
];
test.each(refusals)('%s is refused', async (what, spoil) => {
  tree('outside', { secret: 's' });
  const root = tree('a', { 'a.txt': 'a' });
  spoil(root);
  await expect(Dir.from(root)).rejects.toMatchObject({
    failure: {
      code: 'dir-entry-refused',
      facts: [
        ['path', expect.stringMatching(/^x/)],
        ['is', what],
      ],
    },
  });
});

test('a sibling whose name begins alike is outside', async () => {
  tree('ab', { secret: 's' });
  const root = tree('a', {});
  symlinkSync('../ab/secret', join(root, 'x'));
  await expect(Dir.from(root)).rejects.toMatchObject({ failure: { code: 'dir-entry-refused' } });
});

test('a socket is refused', async () => {
  const root = tree('a', {});
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'x'), resolve));
  await expect(Dir.from(root)).rejects.toThrow("'x' is a socket");
  await new Promise((resolve) => server.close(resolve));
});

test('paths that cannot lie beside each other everywhere are refused', async () => {
  const root = tree('a', { 'A.txt': '1', 'a.txt': '2' });
  const failure = { code: 'dir-entry-refused' };
  await expect(Dir.from(root)).rejects.toMatchObject({ failure });
});
