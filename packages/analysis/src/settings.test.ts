import { expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import { BEHAVIOUR_VERSION, summaryKey } from './settings.ts';

test('C4: skein counts as one behaviour version and is never followed', async () => {
  const workspace = new TestWorkspace({
    'src/main.ts':
      "import { environment, File } from 'skein';\nconst env = environment({ name: 'e' });\n" +
      'export const a = env.task(async () => File.from(new Uint8Array()));\n',
    'node_modules/skein/package.json': '{ "name": "skein", "version": "1.0.0", "main": "i.js" }',
    'node_modules/skein/i.js': 'exports.File = 1;',
  });
  const { manifests } = await workspace.analysis();
  const parts = [...manifests.values()].flatMap((it) => it.parts);
  expect(parts.map((it) => (it.kind === 'setting' ? [it.name, it.value] : [it.kind]))).toEqual([
    ['skein', BEHAVIOUR_VERSION],
    ['symbol'],
  ]);
  const before = await workspace.codes();
  workspace.write({ 'node_modules/skein/i.js': 'exports.File = 2;' });
  expect(await workspace.codes()).toEqual(before);
});

test('C7: what is kept of files is of one parser, compiler, bundler and target', () => {
  const keys = [
    summaryKey('node24', { esbuild: '1', oxc: '1' }),
    summaryKey('node26', { esbuild: '1', oxc: '1' }),
    summaryKey('node24', { esbuild: '2', oxc: '1' }),
    summaryKey('node24', { esbuild: '1', oxc: '2' }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
