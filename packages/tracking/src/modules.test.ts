import fs from 'node:fs';
import type { ModuleObservation } from '@skein/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Acted, Tracked } from '../test/tracked.ts';
import { moduleDigestNow } from './module-digest.ts';
import { stampsInMemory } from './stamped-digest.ts';

/** What author code does to modules: in a bundle, and with a `require` of a source file. */
const AUTHOR = `
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  const inSource = (root) => createRequire(root + '/src/main.ts');
  export const required = (name) => require(name);
  export const resolved = (name, options) => require.resolve(name, options);
  export const fromSource = (root, name) => inSource(root)(name);
  export const resolvedFromSource = (root, name, options) => inSource(root).resolve(name, options);
  export const imported = async (name) => ({ ...(await import(name)) });
  export const metaResolved = (name) => import.meta.resolve(name);
  export const forgotten = (root, name) => {
    const own = inSource(root);
    delete own.cache[own.resolve(name)];
  };
`;

let tracked: Tracked;
let author: ReturnType<Tracked['bundle']>;
beforeEach(() => {
  tracked = openTracked();
  tracked.write({
    'package.json': '{ "name": "workspace", "type": "module" }',
    ...packageFiles('left', { 'index.js': 'exports.version = 1;' }),
    'src/main.ts': '',
    'src/data.json': '{ "a": 1 }',
    'src/plain.cjs': `exports.value = 'plain';`,
    'src/plain.mjs': `export const value = 'esm';`,
  });
  author = tracked.bundle(AUTHOR);
});
afterEach(() => tracked.close());

function packageFiles(
  name: string,
  files: Readonly<Record<string, string>>,
  manifest: object = {},
): Record<string, string> {
  const folder = `node_modules/${name}`;
  return {
    [`${folder}/package.json`]: JSON.stringify({ name, version: '1.0.0', ...manifest }),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
  };
}

const act = (name: string, ...args: unknown[]): Promise<Acted> =>
  tracked.act(() => author[name]?.(...args));

function lookUpsIn({ seen }: Acted): readonly ModuleObservation[] {
  return seen.observations.filter((it): it is ModuleObservation => it.kind === 'module');
}

function namesIn(acted: Acted): readonly string[] {
  return lookUpsIn(acted).map((it) => `${it.specifier} from ${it.from}`);
}

/** Whether a recorded look-up would find something else now. */
function isChanged(...actions: readonly Acted[]): boolean {
  const { root, settings } = tracked;
  const world = { root, state: settings.state, stamps: stampsInMemory(), now: settings.now };
  return actions.flatMap(lookUpsIn).some((it) => moduleDigestNow(it, world) !== it.digest);
}

const WAYS: Readonly<Record<string, (name: string) => Promise<Acted>>> = {
  'require in a bundle': (name) => act('required', name),
  'require.resolve in a bundle': (name) => act('resolved', name),
  'import()': (name) => act('imported', name),
  'import.meta.resolve': (name) => act('metaResolved', name),
};

describe('O1: a module that is looked up at run time is observed by each action that asks', () => {
  test.each(Object.entries(WAYS))('%s of a package', async (_, ask) => {
    const [first, second] = [await ask('left'), await ask('left')];
    const other = await tracked.act(() => undefined);
    for (const it of [first, second]) {
      expect(it.error).toBeUndefined();
      expect(namesIn(it)).toEqual(['left from .']);
      expect(it.seen.observations).toHaveLength(1);
      expect(it.seen.untraceable).toEqual([]);
      expect(it.seen.throughs).toEqual([null]);
    }
    expect(other.seen.observations).toEqual([]);
    expect(isChanged(first, second)).toBe(false);
    tracked.write({ 'node_modules/left/index.js': 'exports.version = 1; // patched' });
    expect(isChanged(first)).toBe(true);
    expect(isChanged(second)).toBe(true);
  });

  test.each(Object.entries(WAYS))('%s of a package that is not there', async (_, ask) => {
    const [first, second] = [await ask('absent'), await ask('absent')];
    for (const it of [first, second]) {
      expect(String((it.error as NodeJS.ErrnoException).code)).toMatch(/MODULE_NOT_FOUND/);
      expect(lookUpsIn(it)).toEqual([
        { kind: 'module', specifier: 'absent', from: '.', digest: null },
      ]);
    }
    tracked.write(packageFiles('absent', { 'index.js': '' }));
    expect(isChanged(first)).toBe(true);
    expect(namesIn(await ask('absent'))).toEqual(['absent from .']);
  });

  test('a file by its relative name', async () => {
    const { root } = tracked;
    const first = await act('fromSource', root, './data.json');
    const second = await act('fromSource', root, './data.json');
    const third = await act('fromSource', root, './plain');
    expect([first.value, second.value]).toEqual([{ a: 1 }, { a: 1 }]);
    expect(String(third.error)).toContain('Cannot find module');
    expect([first, second, third].map(namesIn)).toEqual([
      ['./data.json from src'],
      ['./data.json from src'],
      ['./plain from src'],
    ]);
    expect(isChanged(first, second, third)).toBe(false);
    tracked.write({ 'src/data.json': '{ "a": 2 }', 'src/plain.js': '' });
    expect([first, second, third].map((it) => isChanged(it))).toEqual([true, true, true]);
  });

  test('a file by its URL, whose name on this machine is not kept', async () => {
    const url = `file://${tracked.path('src/plain.mjs')}`;
    const actions = [await act('imported', url), await act('imported', `${url}?again`)];
    expect(actions.map((it) => it.value)).toEqual([{ value: 'esm' }, { value: 'esm' }]);
    expect(actions.map(namesIn)).toEqual([['./plain.mjs from src'], ['./plain.mjs from src']]);
    expect(isChanged(...actions)).toBe(false);
    tracked.write({ 'src/plain.mjs': 'export const value = 2;' });
    expect(actions.map((it) => isChanged(it))).toEqual([true, true]);
  });

  test('a file of a package by its absolute name', async () => {
    const acted = await act('required', tracked.path('node_modules/left/index.js'));
    expect(namesIn(acted)).toEqual(['left from .']);
    expect(isChanged(acted)).toBe(false);
  });

  test('require.resolve from folders that the code names', async () => {
    const { root } = tracked;
    const paths = [tracked.path('src'), tracked.path('nowhere')];
    const acted = await act('resolvedFromSource', root, 'left', { paths });
    expect(namesIn(acted)).toEqual(['left from src']);
    const absent = await act('resolvedFromSource', root, 'absent', { paths });
    expect(namesIn(absent)).toEqual(['absent from src', 'absent from nowhere']);
    expect(acted.seen.untraceable).toEqual([]);
  });

  test("Node's own modules, and those of the bundle, are no observations", async () => {
    const bundle = tracked.path('.skein/bundles/1/bundle.mjs');
    const actions = [
      await act('required', 'node:fs'),
      await act('imported', 'os'),
      await act('imported', bundle),
      await act('imported', 'data:text/javascript,'),
    ];
    for (const it of actions) {
      expect(it.error).toBeUndefined();
      expect(it.seen.observations).toEqual([]);
    }
  });
});

describe('C6: what a look-up finds is the package as it is installed', () => {
  const changes: Readonly<Record<string, () => void>> = {
    'another version': () => tracked.write(packageFiles('left', {}, { version: '1.0.1' })),
    'a patched file that nobody loaded': () => tracked.write({ 'node_modules/left/more.js': '' }),
    'a copy that comes nearer': () => {
      const [, ...rest] = Object.entries(packageFiles('left', { 'index.js': '' }));
      tracked.write(Object.fromEntries(rest.map(([path, text]) => [`src/${path}`, text])));
      tracked.write({ 'src/node_modules/left/package.json': '{}' });
    },
    'its disappearance': () => fs.rmSync(tracked.path('node_modules/left'), { recursive: true }),
    'a patch in a package it depends on': () =>
      tracked.write({ 'node_modules/right/index.js': 'exports.right = 2;' }),
    'a link in its place': () => {
      fs.renameSync(tracked.path('node_modules/left'), tracked.path('elsewhere'));
      tracked.write({ 'elsewhere/index.js': '' });
      fs.symlinkSync('../elsewhere', tracked.path('node_modules/left'));
    },
  };
  const unchanged: Readonly<Record<string, () => void>> = {
    'new times': () => fs.utimesSync(tracked.path('node_modules/left/index.js'), 1, 1),
    'a copy of node_modules': () => {
      fs.cpSync(tracked.path('node_modules'), tracked.path('copy'), { recursive: true });
      fs.rmSync(tracked.path('node_modules'), { recursive: true });
      fs.renameSync(tracked.path('copy'), tracked.path('node_modules'));
    },
    'a link to the same files': () => {
      fs.renameSync(tracked.path('node_modules/left'), tracked.path('elsewhere'));
      fs.symlinkSync('../elsewhere', tracked.path('node_modules/left'));
    },
    'a package that it does not depend on': () => tracked.write(packageFiles('new', {})),
  };
  const load = async (): Promise<Acted> => {
    const dependencies = { right: '*', missing: '*' };
    tracked.write(packageFiles('left', { 'index.js': 'require("right");' }, { dependencies }));
    tracked.write(packageFiles('right', { 'index.js': 'exports.right = 1;' }));
    const acted = await act('fromSource', tracked.root, 'left');
    expect(namesIn(acted)).toEqual(['left from src']);
    expect(isChanged(acted)).toBe(false);
    return acted;
  };

  test.each(Object.entries(changes))('%s is a change', async (_, change) => {
    const acted = await load();
    change();
    expect(isChanged(acted)).toBe(true);
  });

  test.each(Object.entries(unchanged))('%s is none', async (_, change) => {
    const acted = await load();
    change();
    expect(isChanged(acted)).toBe(false);
  });
});

describe('O3: what is looked up for a module that stays loaded outlives its action', () => {
  test('by a package that does not say what it depends on', async () => {
    tracked.write(packageFiles('host', { 'index.js': 'exports.plugin = require("left");' }));
    const first = await act('required', 'host');
    expect(namesIn(first)).toEqual(['host from .', 'left from node_modules/host']);
    expect(first.seen.throughs).toEqual([null, 'host']);
    const second = await act('required', 'host');
    expect(namesIn(second)).toEqual(['host from .']);
  });

  test('by a package that does not find what it may do without', async () => {
    const code = 'try { require("optional") } catch {} try { require("./native.node") } catch {}';
    tracked.write(packageFiles('host', { 'index.js': code }));
    const acted = await act('required', 'host');
    expect(namesIn(acted)).toEqual(['host from .', 'optional from node_modules/host']);
    const peerDependencies = { optional: '*' };
    tracked.write(packageFiles('peer', { 'index.js': code }, { peerDependencies }));
    const peer = await act('required', 'peer');
    expect(namesIn(peer)).toEqual(['peer from .']);
    tracked.write(packageFiles('optional', {}));
    expect([isChanged(acted), isChanged(peer)]).toEqual([true, true]);
  });

  test('by a file, required or imported', async () => {
    tracked.write({
      'src/outer.cjs':
        'exports.data = require("./data.json"); exports.more = () => require("left");',
      'src/outer.mjs':
        'import "./plain.mjs"; import data from "./data.json" with { type: "json" };',
    });
    const required = await act('fromSource', tracked.root, './outer.cjs');
    const outer = tracked.path('src/outer.cjs');
    expect(namesIn(required)).toEqual(['./outer.cjs from src', './data.json from src']);
    expect(required.seen.throughs).toEqual([null, outer]);
    const imported = await act('imported', tracked.path('src/outer.mjs'));
    expect(imported.error).toBeUndefined();
    expect(namesIn(imported)).toEqual([
      './outer.mjs from src',
      './plain.mjs from src',
      './data.json from src',
    ]);
    expect(imported.seen.throughs[0]).toBeNull();
    expect(imported.seen.throughs.slice(1)).toEqual([
      tracked.path('src/outer.mjs'),
      tracked.path('src/outer.mjs'),
    ]);
    const { more } = required.value as { more: () => unknown };
    const later = await tracked.act(more);
    expect([namesIn(later), later.seen.throughs]).toEqual([['left from src'], [outer]]);
  });

  test('on behalf of a package, unless it only passes on', async () => {
    for (const name of ['caller', 'fs-extra']) {
      tracked.write(packageFiles(name, { 'index.js': 'exports.call = (f) => f();' }));
      const { call } = (await act('required', name)).value as {
        call: (f: () => unknown) => unknown;
      };
      const acted = await tracked.act(() => call(() => author['required']?.('left')));
      expect(namesIn(acted)).toEqual(['left from .']);
      expect(acted.seen.throughs).toEqual([name === 'caller' ? 'caller' : null]);
    }
  });
});

test('O1: the reads by which Node loads modules are no observations of files', async () => {
  tracked.write({
    'src/reads.cjs': `const fs = require('node:fs');
      exports.text = fs.readFileSync(__dirname + '/data.json', 'utf8');`,
  });
  const actions = [
    await act('fromSource', tracked.root, './reads.cjs'),
    await act('required', 'left'),
    await act('imported', tracked.path('src/plain.mjs')),
  ];
  const files = actions.map(({ seen }) =>
    seen.observations
      .filter((it) => it.kind !== 'module')
      .map((it) => ('path' in it ? it.path : '')),
  );
  expect(files).toEqual([['src/data.json'], [], []]);
  expect(actions[0]?.seen.throughs).toEqual([null, tracked.path('src/reads.cjs')]);
});

describe('O4: a module that changes while it is loaded leaves no trace', () => {
  test('a file written before it is looked up is what was observed', async () => {
    tracked.write({
      'src/first.cjs': `const fs = require('node:fs');
        fs.writeFileSync(__dirname + '/second.cjs', 'exports.x = 2');
        require('./second.cjs');`,
      'src/second.cjs': 'exports.x = 1',
    });
    const acted = await act('fromSource', tracked.root, './first.cjs');
    expect(isChanged(acted)).toBe(false);
  });

  test('a file of a package', async () => {
    const index = `const fs = require('node:fs');
      fs.appendFileSync(__dirname + '/lib.js', '//');
      require('./lib.js');`;
    tracked.write(packageFiles('torn', { 'index.js': index, 'lib.js': '' }));
    const acted = await act('required', 'torn');
    expect(acted.seen.untraceable.filter((it) => it.includes('loaded'))).toEqual([
      '"node_modules/torn/lib.js" changed while it was being loaded, at bundle.mjs',
    ]);
  });

  test('a file that is loaded again is observed again', async () => {
    const { root } = tracked;
    const first = await act('fromSource', root, './data.json');
    tracked.write({ 'src/data.json': '{ "a": 2 }' });
    const cached = await act('fromSource', root, './data.json');
    await act('forgotten', root, './data.json');
    const again = await act('fromSource', root, './data.json');
    expect([first.value, cached.value, again.value]).toEqual([{ a: 1 }, { a: 1 }, { a: 2 }]);
    expect([first, cached, again].map((it) => isChanged(it))).toEqual([true, true, false]);
  });
});

test('O8: modules are no impurities', async () => {
  expect(impuritiesOf(await act('required', 'left'))).toEqual([]);
});
