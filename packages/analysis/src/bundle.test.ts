import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { listenToFaults } from '@skein/model';
import { expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import type { Files } from '../test/workspace.ts';

/** A program that loads a bundle as a worker does, with the least there has to be of `skein`. */
const LOADER = `
import { registerHooks } from 'node:module';
const [bundle, root] = process.argv.slice(2);
const skein = 'data:text/javascript,' + encodeURIComponent(
  'export const environment = () => ({ task: (...args) => args.at(-1) });' +
  'export const checkpoint = (f) => f; export const map = () => {};');
registerHooks({ resolve: (specifier, context, next) => {
  if (specifier === 'skein') return { url: skein, shortCircuit: true };
  if (specifier.startsWith('skein-package:')) {
    return { url: root + '/' + specifier.slice(14), shortCircuit: true };
  }
  return next(specifier, context);
} });
const seen = {};
globalThis[Symbol.for('skein.meta')] = (path) => ({ url: root + '/' + path, dirname: path });
globalThis[Symbol.for('skein.register')] = (path, names) => { seen[path] = names; };
await import(bundle);
const found = {};
for (const [path, names] of Object.entries(seen)) {
  for (const [name, get] of Object.entries(names)) {
    const value = get();
    const isClass = /^class/.test(String(value));
    found[path + '#' + name] = isClass ? value.name : await value().catch((error) => error.stack);
  }
}
console.log(JSON.stringify(found));
`;

async function load(
  files: Files,
): Promise<{ found: Record<string, unknown>; path: string; root: string }> {
  const workspace = new TestWorkspace({ ...files, 'load.mjs': LOADER });
  const made = await (await workspace.analysis()).ensureBundle();
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  const { path } = made.value;
  const args = [
    join(workspace.root, 'load.mjs'),
    pathToFileURL(path).href,
    pathToFileURL(workspace.root).href,
  ];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return {
    found: JSON.parse(stdout) as Record<string, unknown>,
    path,
    root: pathToFileURL(workspace.root).href,
  };
}

const HEAD =
  "import { environment, checkpoint } from 'skein';\nconst env = environment({ name: 'e' });\n";

test('C9: each module has the import.meta, and registers what it declares', async () => {
  const { found, root } = await load({
    'src/main.ts': `${HEAD}import { here } from './deep/lib.ts';
export const a = env.task(async () => [import.meta.url, here(), \`\${import.meta.dirname}\`]);
const saved = checkpoint(async () => 2);
export class ParseError extends Error {}
export default env.task(async () => 'default');
export const used = () => saved;`,
    'src/deep/lib.ts':
      'export const here = () => import.meta.url;\nexport class ParseError extends Error {}',
  });
  expect(found).toEqual({
    'src/deep/lib.ts#ParseError': 'ParseError',
    'src/main.ts#ParseError': 'ParseError',
    'src/main.ts#a': [`${root}/src/main.ts`, `${root}/src/deep/lib.ts`, 'src/main.ts'],
    'src/main.ts#default': 'default',
    'src/main.ts#saved': 2,
  });
});

test('C9: a computed path of import() is one from the source file', async () => {
  const { found } = await load({
    'src/main.ts': `${HEAD}import { late } from './deep/lib.ts';
export const a = env.task(async () => [await late('./late.mjs'), await late('../top.mjs')]);
const TOP = new URL('./top.mjs', import.meta.url).href;
export const b = env.task(async () => (await import(TOP)).v);
export const c = env.task(async () => (await import(['node', 'path'].join(':'))).sep);`,
    'src/deep/lib.ts': 'export const late = async (file: string) => (await import(file)).v;',
    'src/deep/late.mjs': 'export const v = 1;',
    'src/top.mjs': 'export const v = 2;',
  });
  expect(found).toEqual({ 'src/main.ts#a': [1, 2], 'src/main.ts#b': 2, 'src/main.ts#c': sep });
});

test('C5: packages stay outside, ESM and CommonJS, by import and by require', async () => {
  const { found } = await load({
    'src/main.ts': `${HEAD}import { e } from 'esm';
import c from 'cjs';
import { old } from './old.cjs';
import data from './data.json';
const late = async () => (await import('./later.ts')).later;
export const a = env.task(async () => [e, c.c, old, data.x, await late()]);`,
    'src/old.cjs': "exports.old = require('cjs').c + 1;",
    'src/later.ts':
      "import { readFile } from 'node:fs/promises';\nexport const later = typeof readFile;",
    'src/data.json': '{ "x": 7 }',
    'node_modules/esm/package.json':
      '{ "name": "esm", "version": "1.0.0", "type": "module", "exports": "./e.js" }',
    'node_modules/esm/e.js': 'export const e = 1;',
    'node_modules/cjs/package.json': '{ "name": "cjs", "version": "1.0.0", "main": "./c.js" }',
    'node_modules/cjs/c.js': 'exports.c = 2;',
  });
  expect(found['src/main.ts#a']).toEqual([1, 2, 3, 7, 'function']);
});

test('the source map leads to the line of the source', async () => {
  const { found, path } = await load({
    'src/main.ts':
      `${HEAD}import { fail } from './lib.ts';\nexport const a = ` +
      'env.task(async () => fail());',
    'src/lib.ts':
      `/**\n * A comment, and types.\n */\nexport interface I {\n  x: ` +
      `string;\n}\nconst where = import.meta.url;\n\nexport function ` +
      `fail(): never {\n  throw new Error(where);\n}`,
  });
  const [, line, column] = /bundle\.mjs:(\d+):(\d+)/.exec(String(found['src/main.ts#a'])) ?? [];
  const map = new TraceMap(readFileSync(join(dirname(path), 'bundle.mjs.map'), 'utf8'));
  const place = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
  expect([place.source, place.line]).toEqual(['src/lib.ts', 10]);
});

test('a bundle that is there is used, and one is made again from what was kept', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts': `${HEAD}export const a = env.task(async () => 1);`,
  });
  const one = await (await workspace.analysis()).ensureBundle();
  const two = await (await workspace.analysis()).ensureBundle();
  expect(two).toEqual(one);
  workspace.remove('.skein/bundles');
  workspace.remove('.skein/analysis/v1/emitted');
  const three = await (await workspace.analysis()).ensureBundle();
  expect(three).toEqual(one);
});

test('P3: a disk that fills up meanwhile is said, and nothing half-written is left', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts': `${HEAD}export const a = env.task(async () => 1);`,
  });
  const analysis = await workspace.analysis();
  const full = { code: 'ENOSPC', errno: -28, syscall: 'write' };
  listenToFaults('', (point) => {
    if (point === 'bundle-before-rename') throw Object.assign(new Error('no space'), full);
  });
  const refused = await analysis.ensureBundle();
  listenToFaults('', () => undefined);
  expect(refused).toMatchObject({ ok: false, failure: { code: 'disk-full' } });
  expect(readdirSync(join(workspace.state, 'bundles'))).toEqual([]);
  expect(await analysis.ensureBundle()).toMatchObject({ ok: true });
});
