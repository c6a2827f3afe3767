import fs, { createReadStream } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';
import { packagesSeen } from './packages-seen.ts';

const require = createRequire(import.meta.url);

let workspace: Workspace;

beforeEach(() => {
  workspace = openWorkspace();
});

afterEach(() => workspace.close());

const FORMS: readonly ((path: string) => unknown)[] = [
  (path) => fs.readFileSync(path, 'utf8'),
  (path) => promisify(fs.readFile)(path),
  (path) => fsPromises.readFile(path),
  async (path) => {
    for await (const _ of createReadStream(path, { highWaterMark: 9999 }));
  },
  async (path) => {
    await using file = await fsPromises.open(path);
    for await (const _ of file.readLines());
  },
  async (path) => {
    const file = await promisify(fs.open)(path, 'r');
    await sleep(1);
    await promisify(fs.read)(file, Buffer.alloc(5), 0, 5, 0);
    fs.closeSync(file);
  },
];

test('O9: no access of 64 actions at once is attributed to another', async () => {
  const actions = Array.from({ length: 64 }, (_, index) => index);
  for (const index of actions) fs.writeFileSync(workspace.path(`own-${index}`), `${index}\n`);
  fs.writeFileSync(workspace.path('all'), 'x'.repeat(200_000));
  const all = await Promise.all(
    actions.map((index) =>
      workspace.watch(async () => {
        for (let round = 0; round < FORMS.length; round++) {
          const form = FORMS[(index + round) % FORMS.length];
          await form?.(workspace.path(`own-${index}`));
          await form?.(workspace.path('all'));
          if (round % 2 === 0) await sleep(index % 3);
        }
      }),
    ),
  );
  const world = workspace.world();
  for (const [index, seen] of all.entries()) {
    expect(namesOf(seen)).toEqual([`file own-${index}`, 'file all']);
    expect(await changedIn(world, seen)).toEqual([]);
    expect(seen.untraceable).toEqual([]);
  }
});

test('O9: a descriptor that actions share is observed by each that reads from it', async () => {
  fs.writeFileSync(workspace.path('shared'), 'x'.repeat(100));
  let file = 0;
  const opener = await workspace.watch(() => {
    file = fs.openSync(workspace.path('shared'), 'r');
  });
  const reader = await workspace.watch(() => fs.readSync(file, Buffer.alloc(10)));
  fs.closeSync(file);
  expect(namesOf(opener)).toEqual(['file shared']);
  expect(namesOf(reader)).toEqual(['file shared']);
});

test('O1: what nobody watches is told to nobody, and costs no other result', () => {
  fs.writeFileSync(workspace.path('file'), 'x');
  expect(fs.readFileSync(workspace.path('file'), 'utf8')).toBe('x');
  expect(fs.statSync(workspace.path('file')).mtimeMs).toBeGreaterThan(0);
});

/** A package as it is installed, which Node itself loads. */
function install(name: string, code: string): Record<string, (path: string) => unknown> {
  const folder = workspace.path('node_modules', name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(`${folder}/index.cjs`, code);
  return require(`${folder}/index.cjs`) as Record<string, (path: string) => unknown>;
}

const READER = `
const fs = require('node:fs');
exports.sync = (path) => fs.readFileSync(path, 'utf8');
exports.later = async (path) => { await null; return fs.promises.readFile(path, 'utf8'); };
exports.stream = async (path) => { for await (const _ of fs.createReadStream(path)); };
exports.glob = async (path) => { for await (const _ of fs.promises.glob('*', { cwd: path })); };
exports.call = (read) => read();
`;

test('O3: a package that takes part in a read is named', async () => {
  packagesSeen.any = true;
  const keeper = install('keeper', READER);
  const path = workspace.path('file');
  fs.writeFileSync(path, 'x');
  for (const name of ['sync', 'later', 'stream']) {
    const seen = await workspace.watch(() => keeper[name]?.(path));
    expect(namesOf(seen)).toEqual(['file file']);
    expect(seen.throughs).toContain('keeper');
  }
  const listed = await workspace.watch(() => keeper['glob']?.(workspace.root));
  expect(namesOf(listed)).toContain('listing .');
  expect(new Set(listed.throughs)).toEqual(new Set(['keeper']));
  const own = await workspace.watch(() => fs.readFileSync(path));
  expect(own.throughs).toEqual([null]);
});

test('O3: the author reads on behalf of a package that called him', async () => {
  packagesSeen.any = true;
  const caller = install('caller', READER)['call'] as unknown as (read: () => unknown) => unknown;
  fs.writeFileSync(workspace.path('file'), 'x');
  const seen = await workspace.watch(() => caller(() => fs.readFileSync(workspace.path('file'))));
  expect(seen.throughs).toEqual(['caller']);
});

test('O3: a package that passes reads through is not named', async () => {
  workspace.close();
  workspace = openWorkspace({ passThrough: ['window'] });
  packagesSeen.any = true;
  const pane = install('window', READER);
  fs.writeFileSync(workspace.path('file'), 'x');
  const seen = await workspace.watch(() => pane['sync']?.(workspace.path('file')));
  expect(seen.throughs).toEqual([null]);
});

test('O3: what the author opened and a package reads is told for the package too', async () => {
  packagesSeen.any = true;
  const keeper = install('late', 'exports.read = (read) => read();');
  fs.writeFileSync(workspace.path('file'), 'xyz');
  const seen = await workspace.watch(() => {
    const file = fs.openSync(workspace.path('file'), 'r');
    (keeper['read'] as unknown as (read: () => unknown) => unknown)(() =>
      fs.readSync(file, Buffer.alloc(1)),
    );
    fs.closeSync(file);
  });
  expect(seen.throughs).toEqual([null, 'late']);
});

interface FsExtra {
  readJson(path: string): Promise<unknown>;
  readJsonSync(path: string): unknown;
  pathExists(path: string): Promise<boolean>;
  readdir(path: string): Promise<string[]>;
  outputJson(path: string, value: unknown): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  ensureDir(path: string): Promise<void>;
  createReadStream(path: string): AsyncIterable<Buffer>;
}

test('O1 O3: fs-extra, which stands on graceful-fs, is seen through', async () => {
  packagesSeen.any = true;
  const extra = require('fs-extra') as FsExtra;
  const path = workspace.path('config/x.json');
  fs.mkdirSync(workspace.path('config'));
  fs.writeFileSync(path, '{"a":1}');
  const seen = await workspace.watch(async () => {
    expect(await extra.readJson(path)).toEqual({ a: 1 });
    expect(extra.readJsonSync(path)).toEqual({ a: 1 });
    expect(await extra.pathExists(workspace.path('config/none'))).toBe(false);
    expect(await extra.readdir(workspace.path('config'))).toEqual(['x.json']);
    await extra.ensureDir(workspace.path('config'));
    for await (const chunk of extra.createReadStream(path)) expect(String(chunk)).toBe('{"a":1}');
  });
  expect(namesOf(seen)).toEqual([
    'file config/x.json',
    'exists config/none',
    'listing config',
    'exists config',
  ]);
  expect(new Set(seen.throughs)).toEqual(new Set([null]));
  expect(seen.untraceable).toEqual([]);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  const copied = await workspace.watch(() => extra.copy(path, `${workspace.scratch}/x.json`));
  expect(copied).toMatchObject({ wrote: [], impurities: [], untraceable: [] });
  expect(namesOf(copied)).toContain('file config/x.json');
  const wrote = await workspace.watch(async () => {
    await extra.outputJson(workspace.path('out/y.json'), {});
    await extra.copy(path, workspace.path('out/z.json'));
    await extra.remove(workspace.path('out'));
  });
  expect(new Set(wrote.wrote)).toEqual(new Set(['out', 'out/y.json', 'out/z.json']));
});

test('O2: what is read inside an installed package counts as that package', async () => {
  install('lists', READER);
  const folder = workspace.path('node_modules/lists');
  fs.writeFileSync(`${folder}/package.json`, '{"name":"lists","version":"1.0.0"}');
  fs.writeFileSync(`${folder}/words.txt`, 'a\nb\n');
  const seen = await workspace.watch(() => {
    fs.readFileSync(`${folder}/words.txt`);
    fs.readFileSync(`${folder}/index.cjs`);
  });
  expect(namesOf(seen)).toEqual(['module lists from .']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.appendFileSync(`${folder}/words.txt`, 'c\n');
  expect(await changedIn(workspace.world(), seen)).toEqual(['module lists from .']);
  // It was known by what it held before: what was read since counts by itself.
  const again = await workspace.watch(() => fs.readFileSync(`${folder}/words.txt`));
  expect(await changedIn(workspace.world(), again)).toEqual([]);
});
