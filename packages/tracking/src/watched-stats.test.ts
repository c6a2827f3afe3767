import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';
import { isExecutable } from '../test/skein-code.ts';

let workspace: Workspace;
let path: string;

beforeEach(() => {
  workspace = openWorkspace();
  path = workspace.path('file');
  fs.writeFileSync(path, 'content');
  // Bigints are rounded to milliseconds in another way.
  fs.utimesSync(path, 1e9, 1e9);
});

afterEach(() => workspace.close());

type AnyStats = fs.Stats | fs.BigIntStats;

const STATS: Readonly<Record<string, () => AnyStats | Promise<AnyStats>>> = {
  statSync: () => fs.statSync(path),
  'statSync as bigints': () => fs.statSync(path, { bigint: true }),
  stat: () => promisify(fs.stat)(path),
  'promises.stat': () => fsPromises.stat(path),
  fstatSync: () => {
    const file = fs.openSync(path, 'r');
    try {
      return fs.fstatSync(file);
    } finally {
      fs.closeSync(file);
    }
  },
  'FileHandle.stat': async () => {
    await using file = await fsPromises.open(path);
    return await file.stat();
  },
};

describe.each(Object.entries(STATS))('O8: the stats of %s', (_, ask) => {
  test('are stats to all appearances', async () => {
    const plain = fs.statSync(path);
    await workspace.watch(async () => {
      const stats = await ask();
      expect(stats.isFile()).toBe(true);
      expect(stats.isDirectory()).toBe(false);
      expect(Number(stats.size)).toBe(7);
      expect(Number(stats.mode)).toBe(plain.mode);
      expect(stats.mtime).toEqual(plain.mtime);
      expect(Number(stats.ino)).toBe(plain.ino);
      expect(Object.keys(stats)).toContain('mtimeMs');
      if (typeof stats.size === 'number') expect(stats).toBeInstanceOf(fs.Stats);
      expect(Object.prototype.toString.call(stats)).toBe('[object Object]');
    });
  });

  test('are no impurity as long as no time is read', async () => {
    const seen = await workspace.watch(async () => {
      const stats = await ask();
      return [stats.size, stats.isFile(), stats.isSymbolicLink(), stats.uid];
    });
    expect(seen.impurities).toEqual([]);
  });

  test.each(['mtimeMs', 'atime', 'ctime', 'birthtimeMs', 'ino', 'dev', 'nlink'] as const)(
    'are an impurity with the line that reads %s',
    async (name) => {
      const seen = await workspace.watch(async () => {
        const stats = await ask();
        return [stats[name], stats[name]];
      });
      expect(seen.impurities).toEqual([
        { kind: 'clock', what: `stat().${name}`, at: 'watched-stats.test.ts' },
      ]);
    },
  );

  test('are observed with all permissions once the mode is read', async () => {
    const seen = await workspace.watch(async () => (await ask()).mode);
    expect(namesOf(seen)).toEqual(expect.arrayContaining(['stat file', 'mode file']));
    expect(seen.impurities).toEqual([]);
    fs.chmodSync(path, 0o600);
    expect(await changedIn(workspace.world(), seen)).toEqual(['mode file']);
  });
});

test('V6: of the mode Skein itself reads no more than the executable bit', async () => {
  const seen = await workspace.watch(() => expect(isExecutable(fs.statSync(path))).toBe(false));
  expect(namesOf(seen)).toEqual(['stat file']);
});

test('O8: how much a folder takes on the disk is no property of it', async () => {
  const seen = await workspace.watch(() => fs.statSync(workspace.root).size);
  expect(seen.impurities).toMatchObject([{ kind: 'clock', what: 'stat().size' }]);
});

test.each([
  ['statfs()', () => fs.statfsSync(path)],
  ['watchFile()', () => fs.watchFile(path, () => undefined).unref()],
  ['watch()', () => fs.watch(path).close()],
])('O8: %s is an impurity', async (what, use) => {
  const seen = await workspace.watch(use);
  expect(seen.impurities).toMatchObject([{ kind: 'clock', what }]);
  fs.unwatchFile(path);
});
