import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AggregateCreateNodesError, type CreateNodesResultV2 } from '@nx/devkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inferTargets } from './create-nodes.ts';
import type { PluginOptions } from './plugin-options.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-nx-')));
  write('package.json', '{ "name": "workspace", "type": "module" }');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A project in that folder, with a pipeline where the default entry is. */
function project(folder: string, config: string): string {
  write(`${folder}/project.json`, JSON.stringify({ name: folder }));
  write(`${folder}/src/main.ts`, '');
  write(`${folder}/skein.config.ts`, config);
  return `${folder}/skein.config.ts`;
}

interface Inference {
  readonly options?: PluginOptions;
  readonly nodeVersion?: string;
}

async function infer(files: readonly string[], how: Inference = {}): Promise<CreateNodesResultV2> {
  const { options, nodeVersion = process.versions.node } = how;
  const world = { nodeVersion, environment: {} };
  const at = { nxJsonConfiguration: {}, workspaceRoot: root, world };
  return await inferTargets(files, options, at);
}

/** Options of the inferred targets by name, of the only file. */
async function optionsOf(file: string, how?: Inference): Promise<Record<string, unknown>> {
  const [[, result] = ['', {}]] = await infer([file], how);
  const targets = Object.values(result.projects ?? {})[0]?.targets ?? {};
  return Object.fromEntries(Object.entries(targets).map(([name, it]) => [name, it.options]));
}

/** What each file is refused for, with the results of the others. */
async function refusals(files: readonly string[]): Promise<{
  readonly messages: readonly string[];
  readonly others: number;
}> {
  try {
    await infer(files);
  } catch (error) {
    if (!(error instanceof AggregateCreateNodesError)) throw error;
    const messages = error.errors.map(([file, { message }]) => `${file}: ${message}`);
    return { messages, others: error.partialResults.length };
  }
  throw new Error('nothing was refused');
}

test('a project with a configuration gets three targets, none of which Nx caches', async () => {
  const file = project('demo', `export default { task: 'train', input: { epochs: 3 } };`);
  const [[from, result] = []] = await infer([file]);
  expect(from).toBe(file);
  const targets = result?.projects?.['demo']?.targets ?? {};
  const of = { entry: '{projectRoot}/src/main.ts', task: 'train' };
  expect(targets['execute']).toMatchObject({
    executor: '@skein/nx:execute',
    cache: false,
    options: { ...of, input: { epochs: 3 } },
    metadata: {
      technologies: ['skein'],
      description: 'Executes what is not already known of demo/src/main.ts#train',
      help: { command: 'npx skein run demo/src/main.ts train --help' },
    },
  });
  expect(targets['plan']).toMatchObject({
    executor: '@skein/nx:plan',
    cache: false,
    options: { ...of, input: { epochs: 3 } },
  });
  expect(targets['verify']).toMatchObject({ executor: '@skein/nx:verify', cache: false });
  expect(targets['verify']?.options).toEqual(of);
});

test('the names of targets are options of the plugin', async () => {
  const file = project('demo', 'export default {};');
  const options = {
    executeTargetName: 'pipeline',
    planTargetName: 'dry',
    verifyTargetName: 'again',
  };
  expect(Object.keys(await optionsOf(file, { options }))).toEqual(['pipeline', 'dry', 'again']);
});

test('the root is a pipeline only where its configuration says so', async () => {
  write('src/main.ts', '');
  write('skein.config.json', '{ "tokens": { "github": 1 } }');
  expect(await infer(['skein.config.json'])).toEqual([]);
  write('skein.config.json', '{ "tokens": { "github": 1 }, "entry": "src/main.ts" }');
  const { execute } = await optionsOf('skein.config.json');
  expect(execute).toEqual({ entry: '{projectRoot}/src/main.ts' });
});

test('what changed is seen, in the file and in what it imports', async () => {
  const file = project('demo', `import { task } from './task.ts'; export default { task };`);
  write('demo/task.ts', `export const task = 'one';`);
  expect(await optionsOf(file)).toMatchObject({ verify: { task: 'one' } });
  write('demo/task.ts', `export const task = 'two';`);
  expect(await optionsOf(file)).toMatchObject({ verify: { task: 'two' } });
  write('demo/skein.config.ts', `export default { task: 'three' };`);
  expect(await optionsOf(file)).toMatchObject({ verify: { task: 'three' } });
});

test('what did not change is not evaluated again, by another process either', async () => {
  const count = `appendFileSync('${join('ROOT', 'evaluated')}', '.')`.replace('ROOT', root);
  const config = `import { appendFileSync } from 'node:fs'; ${count}; export default {};`;
  const file = project('demo', config);
  const before = await infer([file]);
  expect(await infer([file])).toEqual(before);
  expect(readFileSync(join(root, 'evaluated'), 'utf8')).toBe('.');
});

test('what is kept of another call stays, until its file is gone', async () => {
  const one = project('one', `export default { task: 'one' };`);
  const two = project('two', `export default { task: 'two' };`);
  const kept = (): unknown =>
    JSON.parse(readFileSync(join(root, '.nx/workspace-data/skein-configs.json'), 'utf8'));
  await infer([one]);
  await infer([two]);
  expect(kept()).toMatchObject({ kept: { [one]: {}, [two]: {} } });
  rmSync(join(root, one));
  write(two, `export default { task: 'more' };`);
  await infer([two]);
  expect(kept()).not.toMatchObject({ kept: { [one]: {} } });
});

test('a torn file of kept results is no obstacle', async () => {
  const file = project('demo', `export default { task: 'one' };`);
  const before = await infer([file]);
  write('.nx/workspace-data/skein-configs.json', '{"version":1,"no');
  expect(await infer([file])).toEqual(before);
});

test('an error is found out again: what was missing may be there now', async () => {
  const file = project('demo', `export { config as default } from './later.ts';`);
  expect((await refusals([file])).messages[0]).toContain('cannot be loaded');
  write('demo/later.ts', `export const config = { task: 'late' };`);
  expect(await optionsOf(file)).toMatchObject({ verify: { task: 'late' } });
});

test('each wrong configuration is named, and takes no other one away', async () => {
  const good = project('good', 'export default {};');
  const files = [
    project('unknown', 'export default { tokens: {}, entri: "a.ts" };'),
    project('types', 'export default { entry: 7, task: "", input: [] };'),
    project('absent', 'export default { entry: "src/absent.ts" };'),
    project('syntax', 'export default {'),
    project('nothing', 'export const config = {};'),
    project('date', 'export default { input: { since: new Date(0) } };'),
    project('throws', 'throw new Error("oh no");'),
    project('exits', 'process.exit(3);'),
    project('leaves', 'process.exit(0);'),
    project('escapes', 'throw new Error("\\x1b[2J\\x07");'),
    project('waits', 'await new Promise(() => {}); export default {};'),
  ];
  const { messages, others } = await refusals([...files, good]);
  expect(others).toBe(1);
  const wanted = [
    /^unknown\/.*not valid\n {2}tokens {2}no such field\n {2}entri {3}no such field\n {2}hint: /,
    /^types\/.*\n {2}entry {2}not a text\n {2}task {3}not a text\n {2}input {2}not an object/,
    /^absent\/.*is not there\n {2}entry {2}"absent\/src\/absent\.ts"/,
    /^syntax\/skein\.config\.ts: error\[config-invalid\]: .*cannot be loaded\n {2}error {2}\S/,
    /^nothing\/.*\n {2}error {2}it exports no object as default/,
    /^date\/.*\n {2}error {2}JSON has no word for "input\.since"/,
    /^throws\/.*\n {2}error {2}oh no/,
    /^exits\/.*\n {2}error {2}its process ended with code 3/,
    /^leaves\/.*\n {2}error {2}its process ended with code 0/,
    /^escapes\/.*\n {2}error {2}\uFFFD\[2J\uFFFD\n/,
    /^waits\/.*\n {2}error {2}it waits for something that never happens/,
  ];
  expect(messages).toHaveLength(wanted.length);
  for (const [index, pattern] of wanted.entries()) expect(messages[index]).toMatch(pattern);
});

test('a folder that is no project, and one with two configurations, are told', async () => {
  write('tools/skein.config.ts', 'export default {};');
  write('tools/src/main.ts', '');
  const one = project('demo', 'export default {};');
  write('demo/skein.config.json', '{}');
  const { messages } = await refusals(['tools/skein.config.ts', one, 'demo/skein.config.json']);
  expect(messages[0]).toContain('"tools", without project.json and package.json');
  expect(messages[1]).toContain('"demo" has two configurations');
});

test('a Node that cannot load them still has the targets, which say what they need', async () => {
  const file = project('demo', `export default { task: 'train' };`);
  write('skein.config.ts', 'export default { tokens: {} };');
  const how = { nodeVersion: '20.20.2' };
  expect(await optionsOf(file, how)).toMatchObject({
    execute: { entry: '{projectRoot}/src/main.ts' },
  });
  expect(await infer(['skein.config.ts'], how)).toEqual([]);
});
