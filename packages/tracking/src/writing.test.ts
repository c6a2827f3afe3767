import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';

interface Paths {
  /** There is a file. */
  readonly old: string;
  /** There is nothing. */
  readonly fresh: string;
  /** There is an empty folder. */
  readonly folder: string;
}

type Write = (paths: Paths) => unknown;

/** By the function that is named to the author; `fresh` and the like: what is written. */
const WRITES: readonly (readonly [by: string, written: readonly (keyof Paths)[], write: Write])[] =
  [
    ['writeFileSync', ['fresh'], ({ fresh }) => fs.writeFileSync(fresh, 'x')],
    ['writeFile', ['fresh'], ({ fresh }) => promisify(fs.writeFile)(fresh, 'x')],
    ['writeFile', ['old'], ({ old }) => fsPromises.writeFile(old, 'x')],
    ['appendFileSync', ['old'], ({ old }) => fs.appendFileSync(old, 'x')],
    ['appendFile', ['old'], ({ old }) => promisify(fs.appendFile)(old, 'x')],
    ['appendFile', ['old'], ({ old }) => fsPromises.appendFile(old, 'x')],
    ['open', ['fresh'], ({ fresh }) => usingHandle(fresh, 'w', (file) => file.writeFile('x'))],
    ['open', ['old'], ({ old }) => usingHandle(old, 'a', (file) => file.write('x'))],
    ['openSync', ['fresh'], ({ fresh }) => writeAt(fs.openSync(fresh, 'wx'))],
    ['openSync', ['fresh'], ({ fresh }) => writeAt(fs.openSync(fresh, NUMBERED))],
    ['createWriteStream', ['fresh'], ({ fresh }) => end(fs.createWriteStream(fresh))],
    ['createWriteStream', ['old'], ({ old }) => end(fs.createWriteStream(old, { flags: 'a' }))],
    ['createWriteStream', ['old'], ({ old }) => end(Reflect.construct(fs.WriteStream, [old]))],
    ['truncateSync', ['old'], ({ old }) => fs.truncateSync(old)],
    ['truncate', ['old'], ({ old }) => promisify(fs.truncate)(old, 0)],
    ['truncate', ['old'], ({ old }) => fsPromises.truncate(old)],
    ['chmodSync', ['old'], ({ old }) => fs.chmodSync(old, 0o755)],
    ['chmod', ['old'], ({ old }) => fsPromises.chmod(old, 0o755)],
    ['utimesSync', ['old'], ({ old }) => fs.utimesSync(old, 1, 1)],
    ['lutimes', ['old'], ({ old }) => fsPromises.lutimes(old, 1, 1)],
    ['mkdirSync', ['fresh'], ({ fresh }) => fs.mkdirSync(fresh)],
    ['mkdir', ['fresh'], ({ fresh }) => fsPromises.mkdir(fresh, { recursive: true })],
    ['rmSync', ['old'], ({ old }) => fs.rmSync(old)],
    ['rm', ['folder'], ({ folder }) => promisify(fs.rm)(folder, { recursive: true })],
    ['rm', ['folder'], ({ folder }) => fsPromises.rm(folder, { recursive: true })],
    ['rmdirSync', ['folder'], ({ folder }) => fs.rmdirSync(folder)],
    ['unlinkSync', ['old'], ({ old }) => fs.unlinkSync(old)],
    ['unlink', ['old'], ({ old }) => fsPromises.unlink(old)],
    ['renameSync', ['old', 'fresh'], ({ old, fresh }) => fs.renameSync(old, fresh)],
    ['rename', ['old', 'fresh'], ({ old, fresh }) => fsPromises.rename(old, fresh)],
    ['linkSync', ['fresh'], ({ old, fresh }) => fs.linkSync(old, fresh)],
    ['symlink', ['fresh'], ({ fresh }) => fsPromises.symlink('elsewhere', fresh)],
    ['copyFileSync', ['fresh'], ({ old, fresh }) => fs.copyFileSync(old, fresh)],
    ['copyFile', ['fresh'], ({ old, fresh }) => fsPromises.copyFile(old, fresh)],
    ['cpSync', ['fresh'], ({ folder, fresh }) => fs.cpSync(folder, fresh, { recursive: true })],
    ['cp', ['fresh'], ({ folder, fresh }) => fsPromises.cp(folder, fresh, { recursive: true })],
    ['cp', ['fresh'], ({ old, fresh }) => promisify(fs.cp)(old, fresh)],
    ['Utf8Stream', ['fresh'], ({ fresh }) => writeUtf8(fresh)],
  ];

const { O_WRONLY, O_CREAT } = fs.constants;
const NUMBERED = O_WRONLY | O_CREAT;

async function usingHandle(
  path: string,
  flags: string,
  use: (file: fsPromises.FileHandle) => Promise<unknown>,
): Promise<void> {
  await using file = await fsPromises.open(path, flags);
  await use(file);
}

function writeAt(file: number): void {
  fs.writeSync(file, 'x');
  fs.writevSync(file, [Buffer.from('y')]);
  fs.closeSync(file);
}

async function end(stream: fs.WriteStream): Promise<void> {
  stream.end('x');
  await once(stream, 'close');
}

interface Utf8 {
  write(text: string): boolean;
  end(): void;
}

async function writeUtf8(dest: string): Promise<void> {
  const { Utf8Stream } = fs as unknown as { Utf8Stream: new (options: object) => Utf8 & fs.Stats };
  const stream = new Utf8Stream({ dest }) as unknown as Utf8 & NodeJS.EventEmitter;
  stream.write('x');
  stream.end();
  await once(stream, 'close');
}

let workspace: Workspace;
let paths: Paths;

beforeEach(() => {
  workspace = openWorkspace();
  paths = prepare(workspace);
});

afterEach(() => workspace.close());

function prepare({ path }: Workspace): Paths {
  const out = path('out');
  fs.mkdirSync(join(out, 'folder'), { recursive: true });
  fs.writeFileSync(join(out, 'old'), 'old');
  return { old: join(out, 'old'), fresh: join(out, 'fresh'), folder: join(out, 'folder') };
}

describe.each(WRITES)('O5: %s', (by, written, write) => {
  const names = written.map((it) => `out/${it}`);

  test(`is told before it touches ${written.join(' and ')}`, async () => {
    const seen = await workspace.watch(() => write(paths));
    expect(seen.wrote).toEqual(names);
    const said = by === 'Utf8Stream' ? 'open' : by;
    expect(seen.writes).toEqual(names.map((name) => `${name} by ${said}, at writing.test.ts`));
    expect(seen.untraceable).toEqual([]);
  });

  test('is the business of nobody below scratch', async () => {
    const inScratch = prepare({
      ...workspace,
      path: (...parts) => join(workspace.scratch, ...parts),
    });
    const seen = await workspace.watch(() => write(inScratch));
    expect(seen).toMatchObject({ wrote: [], untraceable: [], observations: [] });
  });
});

test.each(WRITES)(
  'O5: under strict, %s fails in its own way and touches nothing',
  async (...row) => {
    const [, , write] = row;
    workspace.close();
    workspace = openWorkspace({ strict: true });
    paths = prepare(workspace);
    const before = shape(workspace.path('out'));
    let returned: unknown;
    const seen = await workspace.watch(async () => {
      await expect(async () => {
        returned = write(paths);
        await returned;
      }).rejects.toThrow('was written by');
    });
    expect(seen.wrote).toHaveLength(1);
    expect(shape(workspace.path('out'))).toEqual(before);
  },
);

function shape(folder: string): readonly unknown[] {
  return fs.readdirSync(folder).map((name) => {
    const { mode, size, mtimeMs } = fs.statSync(join(folder, name));
    return { name, mode, size, mtimeMs };
  });
}

test('O5: opening for both is both', async () => {
  const { old } = paths;
  const seen = await workspace.watch(async () => {
    await using file = await fsPromises.open(old, 'r+');
    await file.readFile();
  });
  expect(seen.wrote).toEqual(['out/old']);
  expect(namesOf(seen)).toEqual(['file out/old']);
});

test('O5: a descriptor that another action opened is written by whoever writes', async () => {
  let file = 0;
  await workspace.watch(() => {
    file = fs.openSync(paths.old, 'a');
  });
  const seen = await workspace.watch(() => {
    fs.writeSync(file, 'x');
    fs.writeSync(file, 'y');
    fs.closeSync(file);
  });
  expect(seen.wrote).toEqual(['out/old']);
});

test('O5: a descriptor that was opened while nobody watched is known by its path', async () => {
  const file = fs.openSync(paths.old, 'r+');
  const handle = await fsPromises.open(paths.old, 'r');
  const seen = await workspace.watch(async () => {
    fs.ftruncateSync(file);
    await handle.readFile();
  });
  fs.closeSync(file);
  await handle.close();
  expect(seen.wrote).toEqual(['out/old']);
  expect(namesOf(seen)).toEqual(['file out/old']);
});

test('O5: what is there is not created, and what is not there is not removed', async () => {
  const { folder, fresh, old } = paths;
  const seen = await workspace.watch(async () => {
    fs.mkdirSync(folder, { recursive: true });
    await fsPromises.rm(fresh, { force: true });
    expect(() => fs.unlinkSync(fresh)).toThrow('ENOENT');
    expect(() => fs.mkdirSync(old)).toThrow('EEXIST');
  });
  expect(seen).toMatchObject({ wrote: [], untraceable: [] });
  expect(namesOf(seen)).toEqual(['exists out/folder', 'lstat out/fresh', 'exists out/old']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
});

test('O1 O5: what is copied into scratch was read', async () => {
  fs.writeFileSync(join(paths.folder, 'inner'), '1');
  const seen = await workspace.watch(() =>
    fsPromises.cp(workspace.path('out'), join(workspace.scratch, 'copy'), { recursive: true }),
  );
  expect(seen).toMatchObject({ wrote: [], untraceable: [] });
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.appendFileSync(join(paths.folder, 'inner'), '2');
  expect(await changedIn(workspace.world(), seen)).toEqual([
    'lstat out/folder/inner',
    'file out/folder/inner',
  ]);
});

test('O5: what is linked into scratch could be read unseen, so there is no trace', async () => {
  const seen = await workspace.watch(() => {
    fs.symlinkSync(paths.old, join(workspace.scratch, 'linked'));
    fs.linkSync(paths.old, join(workspace.scratch, 'hard'));
  });
  expect(seen.wrote).toEqual([]);
  expect(seen.untraceable).toEqual([
    'it linked "out/old" into its scratch folder by symlinkSync, at writing.test.ts',
    'it linked "out/old" into its scratch folder by linkSync, at writing.test.ts',
  ]);
});

test('O5: what is written by way of a link is told by its own name too', async () => {
  fs.symlinkSync('out', workspace.path('linked'));
  fs.symlinkSync('old', workspace.path('out/alias'));
  const seen = await workspace.watch(() => {
    fs.writeFileSync(workspace.path('linked/fresh'), '1');
    fs.appendFileSync(workspace.path('out/alias'), '2');
  });
  expect(seen.wrote).toEqual(['linked/fresh', 'out/fresh', 'out/alias', 'out/old']);
});
