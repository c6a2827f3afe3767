import { cpSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TestWorkspace, freshCodes } from '../test/workspace.ts';
import type { Files } from '../test/workspace.ts';

const MAIN =
  "import { environment } from 'skein';\nimport { f } from 'p';\n" +
  "const env = environment({ name: 'e' });\nexport const a = env.task(async () => f());\n";

const FILES: Files = {
  'src/main.ts': MAIN,
  'node_modules/p/package.json': '{ "name": "p", "version": "1.0.0", "main": "index.js" }',
  'node_modules/p/index.js': 'exports.f = () => require("q").v;',
  'node_modules/p/test/helper.js': 'require("r");',
  'node_modules/p/other.js': '/**\n * require("s")\n */\n// require("s")',
  ...Object.fromEntries(
    ['q', 'r', 's'].flatMap((it) => [
      [`node_modules/${it}/package.json`, `{ "name": "${it}", "version": "1.0.0" }`],
      [`node_modules/${it}/index.js`, 'exports.v = 1;'],
    ]),
  ),
};

describe('C6: only what is installed counts, not how it came there', () => {
  test('a copied node_modules with new times is no change', async () => {
    const workspace = new TestWorkspace(FILES);
    const before = await workspace.codes();
    const at = (path: string): string => join(workspace.root, path);
    cpSync(at('node_modules'), at('copy'), { recursive: true });
    rmSync(at('node_modules'), { recursive: true });
    renameSync(at('copy'), at('node_modules'));
    const later = new Date('2040-01-01');
    for (const it of Object.keys(FILES)) utimesSync(at(it), later, later);
    expect(await workspace.codes()).toEqual(before);
    expect(await freshCodes(workspace)).toEqual(before);
  });

  test('a link to a package is the package', async () => {
    const workspace = new TestWorkspace(FILES);
    const before = await workspace.codes();
    const at = (path: string): string => join(workspace.root, path);
    renameSync(at('node_modules/q'), at('node_modules/.store-q'));
    symlinkSync('.store-q', at('node_modules/q'));
    expect(await workspace.codes()).toEqual(before);
  });

  test.each([
    ['that its code asks for', 'q', false],
    ['that only its tests ask for', 'r', true],
    ['that a comment speaks of', 's', true],
  ])('a package that p does not declare, %s', async (_, name, isSame) => {
    const workspace = new TestWorkspace(FILES);
    const before = await workspace.codes();
    workspace.write({ [`node_modules/${name}/index.js`]: 'exports.v = 2;' });
    const after = await workspace.codes();
    expect(after['a'] === before['a']).toBe(isSame);
    expect(after).toEqual(await freshCodes(workspace));
  });

  test('one that appears nearer to it later counts', async () => {
    const workspace = new TestWorkspace(FILES);
    const before = await workspace.codes();
    workspace.write({
      'node_modules/p/node_modules/q/package.json': '{ "name": "q", "version": "2.0.0" }',
      'node_modules/p/node_modules/q/index.js': 'exports.v = 2;',
    });
    const after = await workspace.codes();
    expect(after['a']).not.toBe(before['a']);
    expect(after).toEqual(await freshCodes(workspace));
  });
});

test('C6: what a package part covers is told, also by a kept analysis', async () => {
  const workspace = new TestWorkspace(FILES);
  for (const _ of ['derived', 'kept']) {
    const analysis = await workspace.analysis();
    const parts = [...analysis.manifests.values()].flatMap((it) => it.parts);
    const part = parts.find((it) => it.kind === 'package');
    const members = part && analysis.packageClosure(part);
    expect(members?.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'p 1.0.0',
      'q 1.0.0',
    ]);
  }
});
