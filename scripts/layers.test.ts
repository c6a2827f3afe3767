import { describe, expect, test } from 'vitest';
import { checkLayers } from './layers.ts';
import type { WorkspacePackage } from './workspace.ts';

const exports = { '.': './src/index.ts' };

function internal(name: string, dependencies: Record<string, string> = {}): WorkspacePackage {
  return {
    folder: `packages/${name}`,
    manifest: { name: `@skein/${name}`, exports, dependencies },
  };
}

const packages: readonly WorkspacePackage[] = [
  internal('values', { 'xxhash-wasm': '^1.1.0' }),
  internal('model', { '@skein/values': '0.1.0' }),
  internal('store', { '@skein/model': '0.1.0', '@skein/journal': '0.1.0' }),
  internal('journal', { '@skein/model': '0.1.0' }),
  {
    folder: 'packages/skein',
    manifest: {
      name: 'skein',
      exports: { '.': { '@skein/source': './src/index.ts', default: './dist/index.js' } },
      dependencies: { 'xxhash-wasm': '^1.1.0' },
      devDependencies: { '@skein/values': '0.1.0' },
    },
  },
  { folder: 'fixtures/pipeline', manifest: { name: 'pipeline', dependencies: { skein: '0.1.0' } } },
];

function messages(files: Record<string, string>): readonly string[] {
  const all = Object.entries(files).map(([path, text]) => ({ path, text }));
  return checkLayers({ packages, files: all }).map((it) => `${it.path}:${it.line}: ${it.message}`);
}

describe('layers', () => {
  test('accept imports of lower layers, of the own package and of declared libraries', () => {
    const found = messages({
      'packages/values/src/index.ts': "import xxhash from 'xxhash-wasm';",
      'packages/model/src/index.ts': "import { key } from './key.ts';",
      'packages/model/src/key.ts': "import type { Digest } from '@skein/values';",
      'packages/skein/src/index.ts': "export { hash } from '@skein/values';",
      'fixtures/pipeline/src/main.ts': "import { task } from 'skein';",
    });
    expect(found).toEqual([]);
  });

  test('refuse an import upwards, even of a type', () => {
    const found = messages({
      'packages/model/src/index.ts': "\nimport type { Disk } from '@skein/store';",
    });
    expect(found).toEqual([
      'packages/model/src/index.ts:2: layer 1 "packages/model" imports layer 2 "packages/store"',
    ]);
  });

  test('refuse an import sideways', () => {
    const found = messages({ 'packages/store/src/disk.ts': "await import('@skein/journal');" });
    expect(found).toEqual([
      'packages/store/src/disk.ts:1: layer 2 "packages/store" imports layer 2 "packages/journal"',
    ]);
  });

  test('refuse the inside of another package', () => {
    const found = messages({
      'packages/model/src/a.ts': "import { encode } from '@skein/values/src/encode.ts';",
      'packages/model/src/b.ts': "import { encode } from '../../values/src/encode.ts';",
      'e2e/c.test.ts': "import { encode } from '../packages/values/src/encode.ts';",
    });
    expect(found).toEqual([
      'packages/model/src/a.ts:1: "@skein/values/src/encode.ts" is the inside of another package',
      'packages/model/src/b.ts:1: "../../values/src/encode.ts" reaches into "packages/values"',
      'e2e/c.test.ts:1: "../packages/values/src/encode.ts" reaches into "packages/values"',
    ]);
  });

  test('refuse what is not published to a pipeline', () => {
    const found = messages({ 'fixtures/pipeline/src/main.ts': "import '@skein/values';" });
    expect(found).toEqual([
      'fixtures/pipeline/src/main.ts:1: ' +
        '"fixtures/pipeline" imports "@skein/values", which is not published',
    ]);
  });

  test('refuse a library that the package does not declare, but for its types', () => {
    const found = messages({
      'packages/model/src/a.ts': "import tar from 'tar';",
      'packages/model/src/b.ts': "import type { Pack } from 'tar';",
      'packages/model/src/c.test.ts': "import { test } from 'vitest';",
    });
    expect(found).toEqual([
      'packages/model/src/a.ts:1: "tar" is missing from "packages/model/package.json"',
    ]);
  });

  test('refuse a library that the published package leaves out', () => {
    const [skein] = packages.filter((it) => it.manifest.name === 'skein');
    const found = checkLayers({
      packages: [internal('values', { 'xxhash-wasm': '^2.0.0' }), ...(skein ? [skein] : [])],
      files: [],
    });
    expect(found.map((it) => it.message)).toEqual([
      '"xxhash-wasm": "^2.0.0" in "packages/values", here "^1.1.0"',
    ]);
  });

  test('refuse a cycle, types included, and show the way round', () => {
    const found = messages({
      'packages/model/src/a.ts': "import type { B } from './b.ts';",
      'packages/model/src/b.ts': "export type { C } from './c.ts';",
      'packages/model/src/c.ts': "export type C = import('./a.ts').A;",
      'packages/model/src/d.ts': "import './a.ts';",
    });
    const cycle = ['a', 'b', 'c', 'a'].map((name) => `packages/model/src/${name}.ts`).join(' -> ');
    expect(found).toEqual([`packages/model/src/a.ts:1: import cycle: ${cycle}`]);
  });

  test('refuse a package that has no layer', () => {
    const found = checkLayers({ packages: [internal('drawer')], files: [] });
    expect(found.map((it) => it.message)).toEqual(['"packages/drawer" has no layer']);
  });
});
