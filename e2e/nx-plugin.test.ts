import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkCode, start, withoutColours, type Ended } from './support/command.ts';
import { FreshWorkspace, NX_PROGRAM } from './support/fresh-workspace.ts';
import { findOldNode } from './support/packed.ts';
import { repository, whileEdited } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

/* The packed plugin, added to a fresh workspace: one installation serves all tests, in order. */

const sandbox = useSandbox({ folders: [] });
let made: FreshWorkspace | undefined;
let added: Ended;

beforeAll(async () => {
  made = await FreshWorkspace.make(sandbox);
  if (made !== undefined) added = await made.nx('add', '@skein/nx');
});

afterAll(async () => await made?.registry.close());

beforeEach((context) => {
  if (made === undefined) context.skip('no package registry can be reached');
});

function workspace(): FreshWorkspace {
  if (made === undefined) throw new Error('nothing is installed');
  return made;
}

/** `6: 6 executed, 0 reused`. */
function executedBy(text: string): string | undefined {
  return /^ {2}actions +(.*)$/m.exec(text)?.[1];
}

test('"nx add" installs it and skein, and makes both at home', async () => {
  checkCode(added, 0);
  expect(workspace().registry.served).toEqual(expect.arrayContaining(['@skein/nx', 'skein']));
  expect(await workspace().read('nx.json')).toContain('  // the workspace of a stranger\n');
  expect(await workspace().read('nx.json')).toContain('"plugin": "@skein/nx"');
  expect(await workspace().read('.gitignore')).toBe('.skein/\n');
  expect(JSON.parse(await workspace().read('package.json'))).toMatchObject({
    dependencies: { skein: '^0.1.0' },
    devDependencies: { '@skein/nx': '^0.1.0' },
  });
  const files = ['nx.json', '.gitignore', 'package.json'];
  const before = await Promise.all(files.map(async (file) => await workspace().read(file)));
  await workspace().output('g', '@skein/nx:init');
  expect(await Promise.all(files.map(async (file) => await workspace().read(file)))).toEqual(
    before,
  );
});

test('a generated pipeline executes, and the second time executes nothing', async () => {
  const generated = await workspace().output('g', '@skein/nx:pipeline', 'demo');
  expect(generated).toContain('CREATE demo/skein.config.ts');
  const first = await workspace().output('run', 'demo:execute');
  expect(executedBy(first)).toBe('6: 6 executed, 0 reused');
  expect(first).toContain('{ word: "the", count: 6 }');
  const second = await workspace().output('run', 'demo:execute');
  expect(executedBy(second)).toBe('1: 0 executed, 1 reused');
  const again = await workspace().nx('g', '@skein/nx:pipeline', 'demo');
  expect([again.code, again.stdout + again.stderr]).toEqual([
    1,
    expect.stringContaining('the workspace has a project "demo"'),
  ]);
});

test('its sources fit the tsconfig.json that comes with them', async () => {
  const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
  const command = [process.execPath, tsc, '-p', 'demo'];
  const compiled = await start(sandbox, command, { cwd: workspace().root }).ended;
  expect([compiled.code, compiled.stdout]).toEqual([0, '']);
});

test('its targets are inferred, and Nx caches none of them', async () => {
  const targets = await workspace().targetsOf('demo');
  const of = { entry: 'demo/src/main.ts' };
  const withInput = { ...of, input: { texts: 'demo/texts' } };
  const uncached = { cache: false };
  expect(targets).toMatchObject({
    execute: { executor: '@skein/nx:execute', options: withInput, ...uncached },
    plan: { executor: '@skein/nx:plan', options: withInput, ...uncached },
    verify: { executor: '@skein/nx:verify', options: of, ...uncached },
  });
});

test('an edit is planned, executed, and verified', async () => {
  const file = join(workspace().root, 'demo', 'texts', 'loom.txt');
  await whileEdited(
    file,
    (text) => `${text}More yarn.\n`,
    async () => {
      const planned = await workspace().output('run', 'demo:plan');
      expect(planned).toMatch(/^demo\/src\/main\.ts#main: would execute [1-9]/m);
      const executed = await workspace().output(
        'run',
        'demo:execute',
        '--labels.edit=loom',
        '--json',
      );
      // The same words are the most frequent: their table is not made again.
      expect(executed).toContain('"executed": 3');
      const verified = await workspace().output('run', 'demo:verify');
      expect(verified).toContain('6 actions executed again');
      expect(verified).toContain('all came out the same');
    },
  );
  const skein = join('node_modules', 'skein', 'bin', 'skein.cjs');
  const command = [process.execPath, skein, 'runs', '--label', 'edit=loom', '--json'];
  const { stdout } = await start(sandbox, command, { cwd: workspace().root }).ended;
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ initiator: 'nx' }] });
});

test('flags of the task come after its inputs, and a failure is the target’s', async () => {
  const limited = await workspace().output('run', 'demo:execute', '--args=--limit=1');
  expect(limited).toContain('{ word: "the", count: 6 }');
  expect(limited).not.toContain('{ word: "is", count: 5 }');
  const failed = await workspace().nx('run', 'demo:execute', '--task=absent');
  expect(failed.code).toBe(1);
  expect(failed.stdout + failed.stderr).toContain('"absent"');
});

test('the graph has an edge to each project that the pipeline imports', async () => {
  await workspace().write('text/project.json', '{ "name": "text" }');
  await workspace().write('text/src/clean.ts', `export { small } from '../../cases/small.ts';\n`);
  await workspace().write('cases/project.json', '{ "name": "cases" }');
  await workspace().write(
    'cases/small.ts',
    'export const small = (text: string) => text.toLowerCase();\n',
  );
  const entry = join(workspace().root, 'demo', 'src', 'main.ts');
  await whileEdited(
    entry,
    (text) =>
      `import { small } from '../../text/src/clean.ts';\n${text}`.replace(
        '(await text.text()).toLowerCase()',
        'small(await text.text())',
      ),
    async () => {
      await workspace().output('graph', '--file=graph.json');
      const { graph } = JSON.parse(await workspace().read('graph.json')) as {
        readonly graph: { readonly dependencies: Readonly<Record<string, readonly object[]>> };
      };
      expect(graph.dependencies['demo']).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ source: 'demo', target: 'text', type: 'implicit' }),
          expect.objectContaining({ source: 'demo', target: 'cases', type: 'implicit' }),
        ]),
      );
      const affected = await workspace().output(
        'show',
        'projects',
        '--affected',
        '--files=cases/small.ts',
      );
      expect(affected.trim().split('\n')).toEqual(expect.arrayContaining(['demo', 'cases']));
    },
  );
});

test('options of the plugin rename the targets', async () => {
  await whileEdited(
    join(workspace().root, 'nx.json'),
    (text) => text.replace('"execute"', '"pipeline"').replace('"plan"', '"dry"'),
    async () => {
      expect(Object.keys(await workspace().targetsOf('demo'))).toEqual([
        'pipeline',
        'dry',
        'verify',
      ]);
      expect(executedBy(await workspace().output('run', 'demo:pipeline'))).toMatch(/: 0 executed/);
    },
  );
});

test('a broken configuration is told by name, without a stack', async () => {
  await whileEdited(
    join(workspace().root, 'demo', 'skein.config.ts'),
    (text) => text.replace('entry:', 'entri:'),
    async () => {
      const { code, stdout, stderr } = await workspace().nx('run', 'demo:execute');
      expect(code).toBe(1);
      const lines = [
        '  - demo/skein.config.ts:',
        '      error[config-invalid]: the configuration "demo/skein.config.ts" is not valid',
        '        entri  no such field',
      ];
      expect(stdout + stderr).toContain(lines.join('\n'));
      expect(stdout + stderr).not.toMatch(/^\s+at /m);
    },
  );
  expect(Object.keys(await workspace().targetsOf('demo'))).toEqual(['execute', 'plan', 'verify']);
});

test('under a Node that is too old Nx lists everything, and the target says why', async (at) => {
  const old = findOldNode(sandbox) ?? at.skip('this machine has no Node that is too old');
  const command = [old, NX_PROGRAM];
  const variables = { NX_DAEMON: 'false', PATH: `${dirname(old)}:/usr/bin:/bin` };
  const request = { cwd: workspace().root, variables };
  const shown = await start(sandbox, [...command, 'show', 'projects'], request).ended;
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/^demo$/m)]);
  const run = await start(sandbox, [...command, 'run', 'demo:execute'], request).ended;
  expect(run.code).toBe(1);
  expect(withoutColours(run).stdout + run.stderr).toContain('error[node-too-old]');
});
