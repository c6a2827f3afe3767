import { cpSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TestWorkspace, emptyFolder, freshCodes } from '../test/workspace.ts';
import { analyse } from './index.ts';
import type { Analysis } from './index.ts';
import type { Files } from '../test/workspace.ts';

const HEAD = "import { environment, map } from 'skein';\nconst env = environment({ name: 'e' });\n";

/** Whether an edit changes the code of the task `a`; the kept and a fresh analysis must agree. */
async function edited(files: Files, change: (workspace: TestWorkspace) => void): Promise<string> {
  const workspace = new TestWorkspace(files);
  const before = await workspace.codes();
  change(workspace);
  const after = await workspace.codes();
  expect(after).toEqual(await freshCodes(workspace));
  return before['a'] === after['a'] ? 'hit' : 'miss';
}

describe('C3: a reference to a task contributes its id', () => {
  const main = (body: string) =>
    `${HEAD}export const b = env.task(async (x: number) => 1);\nconst list = [b];\n` +
    `export const a = env.task(async (x: number) => { ${body} });\n`;
  const cases: [string, string, string][] = [
    ['called', 'return b(x)', 'hit'],
    ['mapped', 'return map(b, [x])', 'hit'],
    ['overridden', 'return b.override({ retries: 1 })(x)', 'hit'],
    ['kept in a table', 'return list[0]!(x)', 'hit'],
    ['forwarded', 'return b.forward(x)', 'miss'],
    ['forwarded from a table', 'return list[0]!.forward(x)', 'miss'],
    ['forwarded by another name', 'const c = b; return c.forward(x)', 'miss'],
    ['forwarded by destructuring', 'const { forward } = b; return forward(x)', 'miss'],
  ];
  test.each(cases)('%s: an edit of its body', async (_, body, expected) => {
    const text = main(body);
    const change = (it: TestWorkspace) => it.write({ 'src/main.ts': text.replace('=> 1', '=> 2') });
    expect(await edited({ 'src/main.ts': text }, change)).toBe(expected);
  });

  test('tasks that forward to each other change with each other', async () => {
    const text = `${HEAD}export const a = env.task(
  async (n: number): Promise<number> => n > 1 ? n : b.forward(n));
export const b = env.task(async (n: number): Promise<number> => a.forward(n + 1));\n`;
    const change = (it: TestWorkspace) =>
      it.write({ 'src/main.ts': text.replace('n + 1', 'n + 2') });
    expect(await edited({ 'src/main.ts': text }, change)).toBe('miss');
  });

  test('an environment may come from a function, another module, a re-export', async () => {
    const workspace = new TestWorkspace({
      'src/env.ts':
        "import { environment } from 'skein';\nexport const make = (name: " +
        'string) => environment({ name });\nexport const shared = ' +
        "make('s');\n",
      'src/all.ts': "export { shared as env } from './env.ts';\n",
      'src/main.ts':
        "import { env } from './all.ts';\nexport const b = env.task(async () " +
        '=> 1);\nexport const a = env.task(async () => b());\n',
    });
    const { manifests } = await workspace.analysis();
    const parts = [...manifests.values()].flatMap((it) => it.parts.map(({ kind }) => kind));
    expect(parts.toSorted()).toEqual(['setting', 'setting', 'symbol', 'symbol', 'task']);
  });

  test('what only may be a task counts by its code too', async () => {
    const files = {
      'src/main.ts':
        `${HEAD}class Queue { task(f: any) { return f } }\nconst q = new ` +
        `Queue() as any;\nexport const b = q.task(() => 1);\nexport const a ` +
        `= env.task(async () => b());\n`,
    };
    const change = (it: TestWorkspace) =>
      it.write({ 'src/main.ts': files['src/main.ts'].replace('() => 1', '() => 2') });
    expect(await edited(files, change)).toBe('miss');
  });
});

describe('C5: resolution is a function of what it consulted', () => {
  const main = `${HEAD}import { f } from './lib';\nexport const a = env.task(async () => f());\n`;

  test('a file that appears beside a folder is a change', async () => {
    const files = { 'src/main.ts': main, 'src/lib/index.ts': 'export const f = () => 1;' };
    expect(
      await edited(files, (it) => it.write({ 'src/lib.ts': 'export const f = () => 2;' })),
    ).toBe('miss');
  });

  test('a file that nothing imports is none', async () => {
    const files = { 'src/main.ts': main, 'src/lib.ts': 'export const f = () => 1;' };
    expect(await edited(files, (it) => it.write({ 'src/other.ts': 'export const g = 1;' }))).toBe(
      'hit',
    );
  });

  test('paths of a tsconfig that is extended', async () => {
    const config = (to: string) =>
      `{ "compilerOptions": { /* ours */ "paths": { "lib": ["./src/${to}.ts"], }, } }`;
    const files = {
      'src/main.ts': main.replace('./lib', 'lib'),
      'src/one.ts': 'export const f = () => 1;',
      'src/two.ts': 'export const f = () => 2;',
      'tsconfig.json': '{ "extends": "./base.json" }',
      'base.json': config('one'),
    };
    expect(await edited(files, (it) => it.write({ 'base.json': config('two') }))).toBe('miss');
  });

  test('a file that appears where an earlier target of paths leads', async () => {
    const files = {
      'src/main.ts': main.replace('./lib', '@/deep/lib'),
      'src/deep/lib.ts': 'export const f = () => 1;',
      'ours/deep/other.ts': 'export const g = 1;',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./ours/*", "./src/*"] } } }',
    };
    const appear = (it: TestWorkspace) =>
      it.write({ 'ours/deep/lib.ts': 'export const f = () => 2;' });
    expect(await edited(files, appear)).toBe('miss');
  });

  test('a package that appears nearer to the module', async () => {
    const files = {
      'src/main.ts': main.replace('./lib', 'p'),
      'src/node_modules/q/package.json': '{ "name": "q" }',
      'node_modules/p/package.json': PACKAGE('1.0.0'),
      'node_modules/p/index.js': 'export const f = () => 1;',
    };
    const appear = (it: TestWorkspace) =>
      it.write({
        'src/node_modules/p/package.json': PACKAGE('1.0.0'),
        'src/node_modules/p/index.js': 'export const f = () => 2;',
      });
    expect(await edited(files, appear)).toBe('miss');
  });

  test('a nearer package that was incomplete and is completed', async () => {
    const files = {
      'src/main.ts': main.replace('./lib', 'p/deep/f'),
      'src/node_modules/p/package.json': PACKAGE('1.0.0'),
      'src/node_modules/p/deep/other.js': '',
      'node_modules/p/package.json': PACKAGE('1.0.0'),
      'node_modules/p/deep/f.js': 'export const f = () => 1;',
    };
    const complete = (it: TestWorkspace) =>
      it.write({ 'src/node_modules/p/deep/f.js': 'export const f = () => 2;' });
    expect(await edited(files, complete)).toBe('miss');
  });

  test('a file that appears in node_modules under the name of a package', async () => {
    const files = {
      'src/main.ts': main.replace('./lib', 'p'),
      'src/node_modules/q/package.json': '{ "name": "q" }',
      'node_modules/p/package.json': PACKAGE('1.0.0'),
      'node_modules/p/index.js': 'export const f = () => 1;',
    };
    const appear = (it: TestWorkspace) =>
      it.write({ 'src/node_modules/p.js': 'export const f = () => 2;' });
    expect(await edited(files, appear)).toBe('miss');
  });

  test('another file of the package that is meant now', async () => {
    const files = {
      'src/main.ts': main.replace('./lib', 'p/f'),
      'node_modules/p/package.json': PACKAGE('1.0.0'),
      'node_modules/p/f/index.js': 'export const f = () => 1;',
    };
    const workspace = new TestWorkspace(files);
    await workspace.codes();
    workspace.write({ 'node_modules/p/f.js': 'export const f = () => 2;' });
    const bundle = await (await workspace.analysis()).ensureBundle();
    expect(bundle.ok && readFileSync(bundle.value.path, 'utf8')).toContain('node_modules/p/f.js');
  });

  test('exports of a workspace package that is linked', async () => {
    const manifest = (to: string) =>
      `{ "name": "@w/lib", "version": "1.0.0", "type": "module", "exports": "./${to}.ts" }`;
    const files = {
      'src/main.ts': main.replace('./lib', '@w/lib'),
      'packages/lib/package.json': manifest('one'),
      'packages/lib/one.ts': 'export const f = () => 1;',
      'packages/lib/two.ts': 'export const f = () => 1;',
      'node_modules/@w/.keep': '',
    };
    const workspace = new TestWorkspace(files);
    symlinkSync('../../packages/lib', join(workspace.root, 'node_modules/@w/lib'));
    const before = await workspace.codes();
    const { modules } = await workspace.analysis();
    expect(modules.map((it) => it.path)).toContain('packages/lib/one.ts');
    workspace.write({ 'packages/lib/one.ts': 'export const f = () => 2;' });
    const second = await workspace.codes();
    workspace.write({ 'packages/lib/package.json': manifest('two') });
    const third = await workspace.codes();
    expect(new Set([before['a'], second['a'], third['a']]).size).toBe(3);
    expect(third).toEqual(await freshCodes(workspace));
  });
});

const TWO_TASKS =
  'export const a = env.task(async () => 1);\nexport const b = env.task(async () => 1);\n';

const PACKAGE = (version: string, dependency = ''): string =>
  `{ "name": "p", "version": "${version}", "type": "module", "main": ` +
  `"index.js", "dependencies": { ${dependency} } }`;

describe('C6: a package counts by name, version and installed files', () => {
  const files = {
    'src/main.ts':
      `${HEAD}import { f } from 'p';\nexport const a = env.task(async () ` +
      `=> f());\nexport const b = env.task(async () => 1);\n`,
    'node_modules/p/package.json': PACKAGE('1.0.0', '"q": "1"'),
    'node_modules/p/index.js': 'export const f = () => 1;',
    'node_modules/q/package.json': '{ "name": "q", "version": "1.0.0", "main": "index.js" }',
    'node_modules/q/index.js': 'module.exports = 1;',
    'node_modules/r/package.json': '{ "name": "r", "version": "1.0.0", "main": "index.js" }',
    'node_modules/r/index.js': 'module.exports = 1;',
  };
  const cases: [string, Files, string][] = [
    ['its version', { 'node_modules/p/package.json': PACKAGE('1.0.1', '"q": "1"') }, 'miss'],
    ['a patched file', { 'node_modules/p/index.js': 'export const f = () => 2;' }, 'miss'],
    ['a generated file', { 'node_modules/p/generated/x.js': '1' }, 'miss'],
    ['a file of a dependency', { 'node_modules/q/index.js': 'module.exports = 2;' }, 'miss'],
    [
      'a dependency of its own that appears',
      { 'node_modules/p/node_modules/q/package.json': '{ "name": "q", "version": "2.0.0" }' },
      'miss',
    ],
    ['a package that nothing imports', { 'node_modules/r/index.js': 'module.exports = 2;' }, 'hit'],
  ];
  test.each(cases)('%s', async (_, edit, expected) => {
    const workspace = new TestWorkspace(files);
    const before = await workspace.codes();
    workspace.write(edit);
    const after = await workspace.codes();
    expect(before['a'] === after['a'] ? 'hit' : 'miss').toBe(expected);
    expect(after['b']).toBe(before['b']);
    expect(after).toEqual(await freshCodes(workspace));
  });

  test('a package imported for what it does counts for every task', async () => {
    const bare = {
      ...files,
      'src/main.ts': `import 'p';\n${HEAD}${TWO_TASKS}`,
    };
    const workspace = new TestWorkspace(bare);
    const before = await workspace.codes();
    workspace.write({ 'node_modules/p/index.js': 'export const f = () => 2;' });
    const after = await workspace.codes();
    expect([before['a'] === after['a'], before['b'] === after['b']]).toEqual([false, false]);
  });

  test('another version than the lock file says is a warning that names the package', async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/p': { version: '2.0.0' } } });
    const { warnings } = await new TestWorkspace({
      ...files,
      'package-lock.json': lock,
    }).analysis();
    expect(warnings.map((it) => [it.code, it.headline])).toEqual([
      ['lockfile-differs', 'installed package "p" is not the one in the lock file'],
    ]);
  });
});

describe('C7: data and options that change emit count', () => {
  test.each([
    ['data.json', '{ "x": 1 }', '{ "x": 2 }'],
    ['data.txt', 'one', 'two'],
  ])('%s', async (name, one, two) => {
    const files = {
      'src/main.ts': `${HEAD}import data from './${name}';
        export const a = env.task(async () => data);`,
      [`src/${name}`]: one,
    };
    expect(await edited(files, (it) => it.write({ [`src/${name}`]: two }))).toBe('miss');
  });

  test.each([
    ['useDefineForClassFields', 'class C { x: any = 1 }', 'miss'],
    ['useDefineForClassFields', 'const C = 1', 'hit'],
  ])('%s with %s', async (option, declared, expected) => {
    const config = (value: boolean) => JSON.stringify({ compilerOptions: { [option]: value } });
    const files = {
      'src/main.ts': `${HEAD}${declared};\nexport const a = env.task(async () => C);\n`,
      'tsconfig.json': config(true),
    };
    expect(await edited(files, (it) => it.write({ 'tsconfig.json': config(false) }))).toBe(
      expected,
    );
  });
});

describe('P2 and C8: the same code everywhere', () => {
  const files = {
    'src/main.ts':
      `${HEAD}import { f } from './lib.ts';\nimport { g } from ` +
      `'p';\nexport const a = env.task(async () => [f(), g]);\n`,
    'src/lib.ts': 'export const f = () => import.meta.url;',
    'node_modules/p/package.json': PACKAGE('1.0.0'),
    'node_modules/p/index.js': 'export const g = 1;',
  };

  test('a copy in another directory has the same digests, with its state and without', async () => {
    const workspace = new TestWorkspace(files);
    const one = await workspace.analysis();
    const other = join(emptyFolder(), 'deeper', 'copy');
    cpSync(workspace.root, other, { recursive: true });
    const copy = new TestWorkspace({}, other);
    const two = await copy.analysis();
    expect(two.tasks).toEqual(one.tasks);
    expect(two.bundleDigest).toBe(one.bundleDigest);
    expect(two.sourceDigest).toBe(one.sourceDigest);
    expect(await freshCodes(copy)).toEqual(await workspace.codes());
    copy.write({ 'src/lib.ts': 'export const f = () => 2;' });
    expect(await copy.codes()).not.toEqual(await workspace.codes());
  });

  test('an edit that keeps size and times of a file that was just written is seen', async () => {
    const workspace = new TestWorkspace(files);
    const before = await workspace.codes();
    const file = join(workspace.root, 'src/lib.ts');
    const text = readFileSync(file, 'utf8');
    const time = new Date();
    utimesSync(file, time, time);
    await workspace.codes();
    workspace.write({ 'src/lib.ts': text.replace('meta.url', 'meta.dir') });
    utimesSync(file, time, time);
    expect(await workspace.codes()).not.toEqual(before);
  });

  const damages: [string, (content: Buffer) => Buffer][] = [
    ['shortened', (content) => content.subarray(0, -20)],
    ['damaged', (content) => Buffer.from(content.map((it, at) => (at % 97 === 50 ? it ^ 1 : it)))],
    ['emptied', () => Buffer.alloc(0)],
  ];
  const folders = ['entries', 'facts', 'sources', 'emitted'];
  test.each(damages.flatMap((it) => folders.map((folder) => [folder, ...it] as const)))(
    'P4: what is kept in %s and %s is as good as none',
    async (folder, _, damage) => {
      const workspace = new TestWorkspace(files);
      const before = await workspace.codes();
      const kept = join(workspace.state, 'analysis/v2', folder);
      const damageAll = (): void => {
        for (const it of readdirSync(kept, { recursive: true, withFileTypes: true })) {
          const file = join(it.parentPath, it.name);
          if (it.isFile()) writeFileSync(file, damage(readFileSync(file)));
        }
      };
      damageAll();
      expect(await workspace.codes()).toEqual(before);
      workspace.write({ 'src/lib.ts': `${files['src/lib.ts']}\nexport const more = 1;` });
      damageAll();
      expect(await workspace.codes()).toEqual(await freshCodes(workspace));
      damageAll();
      expect(await (await workspace.analysis()).ensureBundle()).toMatchObject({ ok: true });
    },
  );

  test('an edited comment changes the source digest and not the bundle digest', async () => {
    const workspace = new TestWorkspace(files);
    const one = await workspace.analysis();
    workspace.write({ 'src/lib.ts': `// why\n${files['src/lib.ts']}` });
    const two = await workspace.analysis();
    expect(two.bundleDigest).toBe(one.bundleDigest);
    expect(two.sourceDigest).not.toBe(one.sourceDigest);
  });
});

test('O3: packages that pass reads through are a setting of the code, nothing else', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts': `${HEAD}export const a = env.task(async () => 1);\n`,
  });
  const of = async (...passThrough: string[]): Promise<Analysis> => {
    const { root, state } = workspace;
    const entry = join(root, 'src/main.ts');
    const result = await analyse({ root, entry, state, passThrough });
    if (!result.ok) throw new Error(result.failures[0].headline);
    return result.analysis;
  };
  const codeOf = ({ tasks }: Analysis) => tasks.map((it) => it.code);
  const none = await of();
  const csv = await of('glob', 'csv', 'csv');
  expect(codeOf(csv)).not.toEqual(codeOf(none));
  expect(codeOf(await of('csv', 'glob'))).toEqual(codeOf(csv));
  expect(csv.bundleDigest).toBe(none.bundleDigest);
  const [manifest] = csv.manifests.values();
  const setting = { kind: 'setting', name: 'passThrough', value: 'csv, glob' };
  expect(manifest?.parts).toContainEqual(setting);
  expect(codeOf(await of())).toEqual(codeOf(none));
});
