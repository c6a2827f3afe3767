import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TestWorkspace } from '../test/workspace.ts';
import { makeBundle } from './bundle.ts';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import { Keeper } from './keep.ts';
import { Packages } from './packages.ts';
import type { AnalysisRecord } from './record.ts';
import { KEPT_VERSION, NODE_TARGET } from './settings.ts';

const FILES = {
  'src/main.ts':
    "import { environment } from 'skein';\nimport { f } from './lib.ts';\n" +
    "import data from './data.json';\nconst env = environment({ name: 'e' });\n" +
    'export const a = env.task(async () => [f(), data]);\n',
  'src/lib.ts': "export const f = () => 'analysed';",
  'src/data.json': '{ "x": 1 }',
  'src/unused.ts': 'export const unused = 1;',
};

function contextOf({ root, state }: TestWorkspace): AnalysisContext {
  const keeper = new Keeper(join(state, 'analysis', KEPT_VERSION));
  const now = (): number => 0;
  const packages = new Packages(root, keeper, now);
  const fixed = { entry: 'src/main.ts', target: NODE_TARGET, key: '', passThrough: [] };
  return { root, ...fixed, state, keeper, packages, now };
}

describe('C5: what is bundled is what was analysed', () => {
  test('every source of the bundle is a module or a data file of the analysis', async () => {
    const workspace = new TestWorkspace(FILES);
    const analysis = await workspace.analysis();
    const made = await analysis.ensureBundle();
    if (!made.ok) throw new Error(made.failure.headline);
    const map = readFileSync(join(dirname(made.value.path), 'bundle.mjs.map'), 'utf8');
    const { sources } = JSON.parse(map) as { sources: string[] };
    expect([...sources].sort()).toEqual(['src/data.json', 'src/lib.ts', 'src/main.ts']);
    expect(analysis.modules.map((it) => it.path)).toEqual(['src/lib.ts', 'src/main.ts']);
  });

  test('an edit behind the analysis does not get into the bundle', async () => {
    const workspace = new TestWorkspace(FILES);
    const analysis = await workspace.analysis();
    workspace.write({ 'src/lib.ts': "export const f = () => 'later';" });
    const made = await analysis.ensureBundle();
    if (!made.ok) throw new Error(made.failure.headline);
    expect(readFileSync(made.value.path, 'utf8')).toContain('"analysed"');
  });

  test.each([
    ['data', { 'src/data.json': '{ "x": 2 }' }, ''],
    ['code whose emitted form is gone', { 'src/lib.ts': 'export const f = () => 2;' }, 'emitted'],
  ])('%s that is another one by then stops the run', async (_, edit, gone) => {
    const workspace = new TestWorkspace(FILES);
    const analysis = await workspace.analysis();
    workspace.write(edit);
    if (gone !== '') workspace.remove(`.skein/analysis/${KEPT_VERSION}/${gone}`);
    const made = await analysis.ensureBundle();
    expect(made.ok ? '' : made.failure.code).toBe('code-moved');
  });

  test('a file that analysis did not see stops the run', async () => {
    const workspace = new TestWorkspace(FILES);
    await workspace.analysis();
    const context = contextOf(workspace);
    const record = context.keeper.load(recordName(context, 'record')) as AnalysisRecord;
    const made = await makeBundle(context, { ...record, data: [] });
    expect(made.ok ? [] : [made.failure.code, made.failure.facts]).toEqual([
      'bundle-failed',
      [['bundler', 'src/data.json was not analysed']],
    ]);
  });
});
