import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changedIn, namesOf, openWorkspace } from '../test/observed.ts';
import type { Workspace } from '../test/observed.ts';

type Probe = (path: string) => unknown;

let workspace: Workspace;

beforeEach(() => {
  workspace = openWorkspace();
  fs.mkdirSync(workspace.path('lib/deep'), { recursive: true });
  fs.writeFileSync(workspace.path('lib/a.txt'), 'a');
  fs.writeFileSync(workspace.path('lib/b.json'), '{}');
  fs.writeFileSync(workspace.path('lib/deep/c.txt'), 'c');
  fs.symlinkSync('a.txt', workspace.path('lib/link'));
});

afterEach(() => workspace.close());

const STATS: Readonly<Record<string, Probe>> = {
  statSync: (path) => fs.statSync(path).size,
  'statSync without an error': (path) => fs.statSync(path, { throwIfNoEntry: false })?.size,
  'statSync as bigints': (path) => Number(fs.statSync(path, { bigint: true }).size),
  stat: async (path) => (await promisify(fs.stat)(path)).size,
  'promises.stat': async (path) => (await fsPromises.stat(path)).size,
};

describe.each(Object.entries(STATS))('O1: %s', (_, probe) => {
  test('observes type, size and executable bit, but no times', async () => {
    const path = workspace.path('lib/a.txt');
    const seen = await workspace.watch(async () => expect(await probe(path)).toBe(1));
    expect(namesOf(seen)).toEqual(['stat lib/a.txt']);
    fs.writeFileSync(path, 'b');
    fs.utimesSync(path, 1, 1);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    fs.chmodSync(path, 0o755);
    expect(await changedIn(workspace.world(), seen)).toEqual(['stat lib/a.txt']);
    fs.chmodSync(path, 0o640);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    fs.appendFileSync(path, 'b');
    expect(await changedIn(workspace.world(), seen)).toEqual(['stat lib/a.txt']);
    expect(seen.impurities).toEqual([]);
  });

  test('observes that nothing is there', async () => {
    const path = workspace.path('lib/none');
    const seen = await workspace.watch(async () => {
      await Promise.resolve(path)
        .then(probe)
        .catch(() => undefined);
    });
    expect(namesOf(seen)).toEqual(['stat lib/none']);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    fs.mkdirSync(path);
    expect(await changedIn(workspace.world(), seen)).toEqual(['stat lib/none']);
  });
});

const EXISTENCE: Readonly<Record<string, Probe>> = {
  existsSync: (path) => fs.existsSync(path),
  exists: (path) => new Promise((resolve) => fs.exists(path, resolve)),
  'exists as a promise': (path) => promisify(fs.exists)(path),
  accessSync: (path) => succeeds(() => fs.accessSync(path)),
  access: (path) => succeeds(() => promisify(fs.access)(path)),
  'promises.access': (path) => succeeds(() => fsPromises.access(path)),
};

async function succeeds(probe: () => unknown): Promise<boolean> {
  try {
    await probe();
    return true;
  } catch {
    return false;
  }
}

describe.each(Object.entries(EXISTENCE))('O1: %s', (_, probe) => {
  test.each([
    ['lib/a.txt', true],
    ['lib/deep', true],
    ['lib/none', false],
    ['lib/a.txt/none', false],
  ])('observes whether %s is there', async (name, isThere) => {
    const path = workspace.path(name);
    const seen = await workspace.watch(async () => expect(await probe(path)).toBe(isThere));
    expect(namesOf(seen)).toEqual([`exists ${name}`]);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    fs.rmSync(workspace.path('lib'), { recursive: true });
    if (!isThere) fs.mkdirSync(path, { recursive: true });
    expect(await changedIn(workspace.world(), seen)).toEqual([`exists ${name}`]);
  });
});

test('O1: what may be done with a file is observed as its permissions', async () => {
  const path = workspace.path('lib/a.txt');
  const seen = await workspace.watch(() => fs.accessSync(path, fs.constants.R_OK));
  expect(namesOf(seen)).toEqual(['mode lib/a.txt']);
  fs.chmodSync(path, 0o000);
  expect(await changedIn(workspace.world(), seen)).toEqual(['mode lib/a.txt']);
});

const LSTATS: Readonly<Record<string, Probe>> = {
  lstatSync: (path) => fs.lstatSync(path).isSymbolicLink(),
  lstat: async (path) => (await promisify(fs.lstat)(path)).isSymbolicLink(),
  'promises.lstat': async (path) => (await fsPromises.lstat(path)).isSymbolicLink(),
};

test.each(Object.entries(LSTATS))('O1: %s does not follow links', async (_, probe) => {
  const path = workspace.path('lib/link');
  const seen = await workspace.watch(async () => expect(await probe(path)).toBe(true));
  expect(namesOf(seen)).toEqual(['lstat lib/link']);
  fs.appendFileSync(workspace.path('lib/a.txt'), 'more');
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.rmSync(path);
  fs.writeFileSync(path, '');
  expect(await changedIn(workspace.world(), seen)).toEqual(['lstat lib/link']);
});

const LINKS: Readonly<Record<string, Probe>> = {
  readlinkSync: (path) => fs.readlinkSync(path),
  'readlinkSync as bytes': (path) => fs.readlinkSync(path, 'buffer').toString(),
  readlink: (path) => promisify(fs.readlink)(path),
  'promises.readlink': (path) => fsPromises.readlink(path),
};

test.each(Object.entries(LINKS))('O1: %s observes where a link points', async (_, probe) => {
  const path = workspace.path('lib/link');
  const seen = await workspace.watch(async () => expect(await probe(path)).toBe('a.txt'));
  expect(namesOf(seen)).toEqual(['link lib/link']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.rmSync(path);
  fs.symlinkSync('b.json', path);
  expect(await changedIn(workspace.world(), seen)).toEqual(['link lib/link']);
});

const REALS: Readonly<Record<string, Probe>> = {
  realpathSync: (path) => fs.realpathSync(path),
  'realpathSync.native': (path) => fs.realpathSync.native(path),
  realpath: (path) => promisify(fs.realpath)(path),
  'realpath.native': (path) => promisify(fs.realpath.native)(path),
  'promises.realpath': (path) => fsPromises.realpath(path),
};

test.each(Object.entries(REALS))('O1 O2: %s observes where a path leads', async (_, probe) => {
  const path = workspace.path('lib/link');
  const real = workspace.path('lib/a.txt');
  const seen = await workspace.watch(async () => expect(await probe(path)).toBe(real));
  expect(namesOf(seen)).toEqual(['real lib/link']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.rmSync(path);
  fs.symlinkSync('b.json', path);
  expect(await changedIn(workspace.world(), seen)).toEqual(['real lib/link']);
});

const NAMES = ['a.txt', 'b.json', 'deep', 'link'];

const LISTINGS: Readonly<Record<string, Probe>> = {
  readdirSync: (path) => fs.readdirSync(path),
  'readdirSync with types': (path) =>
    fs.readdirSync(path, { withFileTypes: true }).map(({ name }) => name),
  'readdirSync as bytes': (path) => fs.readdirSync(path, 'buffer').map((name) => name.toString()),
  'readdirSync as hex': (path) =>
    fs.readdirSync(path, 'hex').map((name) => Buffer.from(name, 'hex').toString()),
  readdir: (path) => promisify(fs.readdir)(path),
  'promises.readdir': (path) => fsPromises.readdir(path),
  'promises.readdir with types': async (path) =>
    (await fsPromises.readdir(path, { withFileTypes: true })).map(({ name }) => name),
  opendirSync: (path) => {
    const names: string[] = [];
    const dir = fs.opendirSync(path);
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
      names.push(entry.name);
    }
    dir.closeSync();
    return names;
  },
  'opendir and a loop': async (path) => {
    const names: string[] = [];
    for await (const { name } of await promisify(fs.opendir)(path, {})) names.push(name);
    return names;
  },
  'promises.opendir and callbacks': async (path) => {
    const dir = await fsPromises.opendir(path);
    const read = (): Promise<fs.Dirent | null> =>
      new Promise((resolve) => dir.read((_, entry) => resolve(entry)));
    const names: string[] = [];
    for (let entry = await read(); entry !== null; entry = await read()) names.push(entry.name);
    await dir.close();
    await expect(async () => await dir.read()).rejects.toMatchObject({ code: 'ERR_DIR_CLOSED' });
    return names;
  },
};

describe.each(Object.entries(LISTINGS))('O1: %s', (_, probe) => {
  test('observes the names and types in a folder, and nothing below it', async () => {
    const path = workspace.path('lib');
    const seen = await workspace.watch(async () => expect(await probe(path)).toEqual(NAMES));
    expect(namesOf(seen)).toEqual(['listing lib']);
    fs.writeFileSync(join(path, 'a.txt'), 'other');
    fs.writeFileSync(join(path, 'deep/new'), '');
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    fs.writeFileSync(join(path, 'new'), '');
    expect(await changedIn(workspace.world(), seen)).toEqual(['listing lib']);
    fs.rmSync(join(path, 'new'));
    fs.rmSync(join(path, 'a.txt'));
    fs.mkdirSync(join(path, 'a.txt'));
    expect(await changedIn(workspace.world(), seen)).toEqual(['listing lib']);
  });

  test('O2: does not show the state directory', async () => {
    const seen = await workspace.watch(async () =>
      expect(await probe(workspace.root)).toEqual(['lib']),
    );
    expect(namesOf(seen)).toEqual(['listing .']);
    fs.rmSync(workspace.state, { recursive: true });
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
  });

  test('observes that there is no such folder', async () => {
    const path = workspace.path('none');
    const seen = await workspace.watch(async () => {
      await expect(async () => await probe(path)).rejects.toMatchObject({ code: 'ENOENT' });
    });
    expect(namesOf(seen)).toEqual(['listing none']);
    fs.mkdirSync(path);
    expect(await changedIn(workspace.world(), seen)).toEqual(['listing none']);
  });
});

const TREES: Readonly<Record<string, Probe>> = {
  'readdirSync, recursively': (path) => fs.readdirSync(path, { recursive: true }),
  'readdirSync, recursively with types': (path) =>
    fs
      .readdirSync(path, { recursive: true, withFileTypes: true })
      .map(({ name, parentPath }) => join(parentPath, name).slice(path.length + 1)),
  'readdir, recursively': (path) => promisify(fs.readdir)(path, { recursive: true }),
  'promises.readdir, recursively': (path) => fsPromises.readdir(path, { recursive: true }),
  'opendir, recursively': async (path) => {
    const names: string[] = [];
    for await (const { name, parentPath } of await fsPromises.opendir(path, { recursive: true })) {
      names.push(join(parentPath, name).slice(path.length + 1));
    }
    return names;
  },
  globSync: (path) => fs.globSync('**', { cwd: path }).filter((name) => name !== '.'),
  glob: async (path) => {
    const found = await new Promise<string[]>((resolve, reject) => {
      fs.glob('**', { cwd: path }, (error, names) => (error ? reject(error) : resolve(names)));
    });
    return found.filter((name) => name !== '.');
  },
  'promises.glob': async (path) => {
    const found: string[] = [];
    for await (const name of fsPromises.glob('**', { cwd: path })) {
      if (name !== '.') found.push(name);
    }
    return found;
  },
};

describe.each(Object.entries(TREES))('O1: %s', (_, probe) => {
  test('observes each folder that was listed', async () => {
    const path = workspace.path('lib');
    const seen = await workspace.watch(async () => {
      const names = (await probe(path)) as string[];
      expect(names.toSorted()).toEqual([...NAMES, 'deep/c.txt'].toSorted());
    });
    expect(namesOf(seen)).toEqual(expect.arrayContaining(['listing lib', 'listing lib/deep']));
    expect(seen.untraceable).toEqual([]);
    expect(seen.impurities).toEqual([]);
    expect(await changedIn(workspace.world(), seen)).toEqual([]);
    fs.writeFileSync(join(path, 'deep/new'), '');
    expect(await changedIn(workspace.world(), seen)).toEqual(['listing lib/deep']);
  });
});

test('O2: links are not resolved: a path through one is named as it was asked for', async () => {
  fs.symlinkSync('lib/deep', workspace.path('short'));
  fs.writeFileSync(workspace.path('lib/x'), 'in lib');
  fs.writeFileSync(workspace.path('x'), 'in the root');
  const seen = await workspace.watch(() => {
    expect(fs.readFileSync(workspace.path('short/c.txt'), 'utf8')).toBe('c');
    expect(fs.readFileSync(`${workspace.root}/short/../x`, 'utf8')).toBe('in lib');
  });
  expect(namesOf(seen)).toEqual(['file short/c.txt', 'file short/../x']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
  fs.writeFileSync(workspace.path('lib/x'), 'changed');
  expect(await changedIn(workspace.world(), seen)).toEqual(['file short/../x']);
});

test('O2: nothing is observed of the state, scratch, and what the system makes up', async () => {
  fs.writeFileSync(join(workspace.scratch, 'made'), '1');
  const seen = await workspace.watch(async () => {
    fs.readFileSync(join(workspace.scratch, 'made'));
    fs.writeFileSync(join(workspace.scratch, 'more'), '2');
    fs.readdirSync(workspace.state);
    fs.readFileSync('/proc/self/status');
    fs.existsSync('/dev/null');
    await fsPromises.writeFile('/dev/null', 'x');
  });
  expect(seen).toMatchObject({ observations: [], wrote: [], untraceable: [] });
});

test('O2: a path outside the workspace is named whole', async () => {
  const seen = await workspace.watch(() => fs.existsSync('/etc/passwd'));
  expect(namesOf(seen)).toEqual(['exists /etc/passwd']);
});

test('O1: an error that is no absence is observed by its code', async () => {
  const path = workspace.path('lib');
  const seen = await workspace.watch(() => {
    expect(() => fs.readFileSync(path)).toThrow('EISDIR');
    expect(() => fs.readlinkSync(path)).toThrow('EINVAL');
    expect(() => fs.readdirSync(join(path, 'a.txt'))).toThrow('ENOTDIR');
  });
  expect(namesOf(seen)).toEqual(['file lib', 'link lib', 'listing lib/a.txt']);
  expect(await changedIn(workspace.world(), seen)).toEqual([]);
});
