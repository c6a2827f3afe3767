import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { editOf, generateModules } from './generate-modules.ts';

let folder = '';
const skein = join(import.meta.dirname, '..', 'packages', 'skein');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-generated-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('the generated entry reaches every generated module', async () => {
  const { entry } = await generateModules({ folder, modules: 60, skein });
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    external: ['skein'],
    logLevel: 'silent',
  });
  const files = await readdir(join(folder, 'src'), { recursive: true });
  const written = files.filter((file) => file.endsWith('.ts'));
  expect(Object.keys(metafile.inputs)).toHaveLength(61);
  expect(written).toHaveLength(61);
});

test('an edit changes one line of one module, each time to something else', async () => {
  const { edited } = await generateModules({ folder, modules: 20, skein });
  const text = await readFile(edited, 'utf8');
  const [once, twice] = [editOf(text, 1), editOf(editOf(text, 1), 2)];
  const changed = once.split('\n').filter((line, index) => line !== text.split('\n')[index]);
  expect(changed).toEqual(['  let total = 2;']);
  expect(twice).not.toBe(once);
});
