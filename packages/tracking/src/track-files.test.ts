import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as sqlite from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';

const require = createRequire(import.meta.url);

let workspace: Workspace | undefined;

afterEach(() => workspace?.close());

function open(): Workspace {
  return (workspace = openWorkspace());
}

type Holder = Readonly<Record<string, unknown>>;

function functionsOf(holder: object): Map<string, (...args: never[]) => unknown> {
  const found = new Map<string, (...args: never[]) => unknown>();
  for (const name of Object.keys(holder)) {
    const value = (holder as Holder)[name];
    if (typeof value === 'function') found.set(name, value as () => unknown);
  }
  return found;
}

/** Nothing that touches the disk. */
const UNTOUCHED = ['Dirent', 'Stats', 'Dir', '_toUnixTimestamp', 'unwatchFile'];
/** They make use of what is watched, by the names it has in `node:fs`. */
const STREAMS = ['createReadStream', 'createWriteStream', 'Utf8Stream'];
/** What is written was written when the file was opened. */
const SYNCS = ['fsync', 'fsyncSync', 'fdatasync', 'fdatasyncSync'];

test.each([
  ['node:fs', fs],
  ['node:fs/promises', fsPromises],
])('O1: every function that %s offers is watched, under its own name', (_, holder) => {
  const before = functionsOf(holder);
  open();
  const after = functionsOf(holder);
  const same = [...before.keys()].filter((name) => after.get(name) === before.get(name));
  const expected = [...UNTOUCHED, ...STREAMS, ...SYNCS].filter((name) => before.has(name));
  expect(same.toSorted()).toEqual(expected.toSorted());
  const look = (of: Map<string, (...args: never[]) => unknown>): unknown =>
    [...of].map(([name, own]) => [name, own.name, own.length]);
  expect(look(after)).toEqual(look(before));
});

test('O1: everything is as it was when tracking is taken away', () => {
  const before = [functionsOf(fs), functionsOf(fsPromises)];
  open().close();
  workspace = undefined;
  expect([functionsOf(fs), functionsOf(fsPromises)]).toEqual(before);
  const [own = new Map<string, unknown>()] = before;
  expect([...own].filter(([name, it]) => (fs as unknown as Holder)[name] !== it)).toEqual([]);
});

test('O1: promises are those of node:fs/promises, and can be made of callbacks', async () => {
  const { path } = open();
  expect(fs.promises).toBe(require('node:fs/promises'));
  fs.writeFileSync(path('file'), 'abc');
  const file = await promisify(fs.open)(path('file'), 'r');
  const read = await promisify(fs.read)(file, Buffer.alloc(2), 0, 2, 0);
  expect(read.bytesRead).toBe(2);
  await promisify(fs.close)(file);
  expect(await promisify(fs.exists)(path('file'))).toBe(true);
});

test('O1: modules that imported functions by name before are watched too', async () => {
  const { path, watch } = open();
  fs.writeFileSync(path('file'), 'abc');
  fs.writeFileSync(
    path('early.mjs'),
    `import { readFileSync, promises } from 'node:fs';
     import { stat } from 'fs/promises';
     export const read = (path) => readFileSync(path, 'utf8');
     export const both = async (path) => [await stat(path), await promises.readFile(path)];`,
  );
  interface Early {
    readonly read: (path: string) => string;
    readonly both: (path: string) => Promise<unknown>;
  }
  const early = require(path('early.mjs')) as Early;
  const seen = await watch(async () => {
    expect(early.read(path('file'))).toBe('abc');
    await early.both(path('file'));
  });
  expect(namesOf(seen)).toEqual(['file file', 'stat file']);
});

test('O1: what Node refuses, it refuses in its own words', async () => {
  const { path, watch } = open();
  fs.writeFileSync(path('file'), 'abc');
  const seen = await watch(async () => {
    const read = fs.readFileSync as (...args: unknown[]) => unknown;
    expect(() => read(path('file'), 'no encoding')).toThrow('is invalid encoding');
    expect(() => read({})).toThrow(TypeError);
    expect(() => read('a\0b')).toThrow('null bytes');
    const callback = fs.readFile as unknown as (...args: unknown[]) => unknown;
    expect(() => callback(path('file'))).toThrow(TypeError);
    await expect(fsPromises.readFile('')).rejects.toMatchObject({ code: 'ENOENT' });
    const aborted = { signal: AbortSignal.abort() };
    await expect(fsPromises.readFile(path('file'), aborted)).rejects.toThrow('aborted');
  });
  expect(seen.observations).toEqual([]);
});

test('O1: variables that are loaded from a file come from that file', async () => {
  const { path, watch } = open();
  fs.writeFileSync(path('own.env'), 'SKEIN_TEST_FRESH=1\nPATH=2\n');
  const before = process.env['PATH'];
  const seen = await watch(() => process.loadEnvFile(path('own.env')));
  expect(namesOf(seen)).toEqual(['file own.env']);
  expect(process.env['SKEIN_TEST_FRESH']).toBe('1');
  expect(process.env['PATH']).toBe(before);
  delete process.env['SKEIN_TEST_FRESH'];
});

test('O5: a database is read and written unseen, so there is no trace', async () => {
  const { path, scratch, watch } = open();
  const { DatabaseSync } = require('node:sqlite') as typeof sqlite;
  new DatabaseSync(path('there.db')).close();
  const written = await watch(() => new DatabaseSync(path('a.db')).close());
  expect(written.writes).toEqual(['a.db by DatabaseSync, at track-files.test.ts']);
  const read = await watch(() => new DatabaseSync(path('there.db'), { readOnly: true }).close());
  expect(read.untraceable).toEqual(['the database "there.db" was opened, at track-files.test.ts']);
  const own = await watch(() => {
    new DatabaseSync(':memory:').close();
    new DatabaseSync(`${scratch}/own.db`).close();
  });
  expect(own).toMatchObject({ wrote: [], untraceable: [] });
});

test('O1: patterns that Node matched before tracking was there leave no trace', () => {
  const { path } = open();
  const code = `
    import fs from 'node:fs';
    import { installFileTracking } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    const at = (name) => ${JSON.stringify(path())} + name;
    const told = [];
    const watcher = { observe() {}, untraceable: (why) => told.push(why), knows: () => true };
    const settings = { root: at(''), state: at('/s'), scratch: at('/s/x'), passThrough: [] };
    if (process.argv[1] === 'early') fs.globSync('*.none');
    installFileTracking({ ...settings, watcher: () => watcher, place() {}, now: Date.now });
    fs.globSync('*', { cwd: at('') });
    console.log(told.join());
  `;
  const run = (when: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code, when], {
      encoding: 'utf8',
    }).trim();
  expect(run('early')).toBe('nobody could see what globSync looked up');
  expect(run('late')).toBe('');
});
