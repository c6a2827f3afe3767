import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { coversPath, outermost } from './nested-paths.ts';
import { foldersOfPackages } from './packages-seen.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'skein-packages-')));

afterAll(() => rmSync(base, { recursive: true, force: true }));

function file(path: string): string {
  const whole = join(base, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, '{}');
  return whole;
}

function link(path: string, to: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  symlinkSync(join(base, to), join(base, path));
}

const names = (folders: readonly string[]): readonly string[] =>
  folders.filter((it) => coversPath(base, it)).map((it) => it.slice(base.length + 1));

test('C6: an installation elsewhere, and every package that is linked into it', () => {
  const entry = file('home/packages/skein/dist/worker.js');
  file('home/packages/skein/package.json');
  file('home/packages/model/package.json');
  file('home/node_modules/tar/package.json');
  link('home/node_modules/@skein/model', 'home/packages/model');
  link('home/node_modules/gone', 'nowhere');
  file('linked/deep/package.json');
  file('linked/node_modules/other/package.json');
  file('work/package.json');
  link('work/node_modules/deep', 'linked/deep');
  const root = join(base, 'work');
  expect(names(foldersOfPackages(entry, root))).toEqual([
    'home/node_modules',
    'home/packages/model',
    'home/packages/skein',
    'linked/deep',
    'linked/node_modules',
  ]);
});

test('a workspace that holds the worker’s package has nothing more to mount', () => {
  const entry = join(base, 'home/packages/skein/dist/worker.js');
  expect(names(foldersOfPackages(entry, join(base, 'home')))).toEqual([]);
});

test('of paths in one another the outer one is left', () => {
  expect(outermost(['/a/b', '/a', '/ab', '/a', '/c/d'])).toEqual(['/a', '/ab', '/c/d']);
  expect([coversPath('/', '/a'), coversPath('/a', '/ab'), coversPath('/a', '/a')]).toEqual([
    true,
    false,
    true,
  ]);
});
