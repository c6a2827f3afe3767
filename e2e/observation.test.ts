import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, executedLast, runTask } from './support/answer.ts';
import { checkCode, skein, startSkein, type CommandRequest } from './support/command.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

const HOARDER = `import { readFileSync } from 'node:fs';
const kept = new Map();
export const recall = (path) => {
  if (!kept.has(path)) kept.set(path, readFileSync(path, 'utf8'));
  return kept.get(path);
};
`;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(sandbox.root, path)), { recursive: true });
  await writeFile(join(sandbox.root, path), text);
}

/** The tasks that a run executes, with how often. */
async function executed(args: readonly string[], request: CommandRequest = {}) {
  const { result } = await runTask(sandbox, args, request);
  return { result, executed: await executedLast(sandbox) };
}

/** What the last run says of why. */
async function why(): Promise<string> {
  const ended = await skein(sandbox, ['why', 'last']);
  checkCode(ended, 0);
  return ended.stdout;
}

describe('what a task reads without declaring it', () => {
  const run = async (request: CommandRequest = {}) => {
    const outside = join(sandbox.home, 'outside.txt');
    return await executed(['e2e/pipelines/observe.ts', 'main', '--path', outside], request);
  };

  beforeAll(async () => {
    const { repository } = await import('./support/sandbox.ts');
    const { cp } = await import('node:fs/promises');
    for (const name of ['fs-extra', 'graceful-fs', 'jsonfile', 'universalify']) {
      const place = join('node_modules', name);
      await cp(join(repository, place), join(sandbox.root, place), { recursive: true });
    }
    const hoarder = { name: 'hoarder', version: '1.0.0', type: 'module', main: 'index.js' };
    await save('node_modules/hoarder/package.json', JSON.stringify(hoarder));
    await save('node_modules/hoarder/index.js', HOARDER);
    await save('e2e/pipelines/package.json', '{ "type": "module" }');
    await save('e2e/pipelines/config/x.json', '1');
    await save('e2e/pipelines/config/y.json', '2');
    await save('e2e/pipelines/config/z.json', '3');
    await writeFile(join(sandbox.home, 'outside.txt'), 'outside');
    await run();
  });

  test('O1: nothing changed, nothing executes', async () => {
    expect((await run()).executed).toEqual({});
  });

  test('O1: a file that changes, disappears, appears, and only then', async () => {
    await save('e2e/pipelines/config/x.json', '10');
    expect((await run()).executed).toEqual({ settings: 1, main: 1 });
    expect(await why()).toContain('e2e/pipelines/config/x.json changed');
    await rm(join(sandbox.root, 'e2e/pipelines/config/x.json'));
    expect((await run()).executed).toEqual({ settings: 1, listing: 1, main: 1 });
    expect(await why()).toContain('e2e/pipelines/config/x.json is gone');
    await save('e2e/pipelines/config/x.json', '100');
    expect((await run()).executed).toEqual({ settings: 1, main: 1 });
    await save('e2e/pipelines/other/x.json', '0');
    expect((await run()).executed).toEqual({});
  });

  test('O1: a name that is added to a listed folder', async () => {
    await save('e2e/pipelines/config/new.json', '1');
    expect((await run()).executed).toEqual({ listing: 1, main: 1 });
    expect(await why()).toContain('e2e/pipelines/config');
  });

  test('O6: a variable that changes', async () => {
    const request = { variables: { MODE: 'fast' } };
    expect((await run(request)).executed).toEqual({ mode: 1, main: 1 });
    expect(await why()).toContain('MODE');
    expect((await run(request)).executed).toEqual({});
    expect((await run()).executed).toEqual({});
  });

  test('O1 O3: a file that a pass-through package reads', async () => {
    await save('e2e/pipelines/config/y.json', '20');
    expect((await run()).executed).toEqual({ passed: 1, main: 1 });
    expect(await why()).toContain('e2e/pipelines/config/y.json changed');
  });

  test('O2: a file outside of the workspace', async () => {
    await writeFile(join(sandbox.home, 'outside.txt'), 'elsewhere');
    expect((await run()).executed).toEqual({ outside: 1, main: 1 });
    expect(await why()).toContain(join(sandbox.home, 'outside.txt'));
  });

  test('O3: what another package read is a dependency of every later action there', async () => {
    const hoarding = ['e2e/pipelines/observe.ts', 'hoarding', '--concurrency', '1'];
    expect((await executed(hoarding)).executed).toEqual({ plain: 2, hoarded: 1, hoarding: 1 });
    expect((await executed(hoarding)).executed).toEqual({});
    await save('e2e/pipelines/config/z.json', '30');
    const { plain, hoarded } = (await executed(hoarding)).executed;
    expect(hoarded).toBe(1);
    // The first ran before the package had read anything.
    expect(plain).toBe(1);
  });
});

describe('what a process keeps', () => {
  const run = async (task: string) => await executed(['e2e/pipelines/keep.ts', task]);

  beforeAll(async () => {
    await save('e2e/pipelines/words/stop.txt', 'the\na\n');
    await save(
      'e2e/pipelines/words/lines.txt',
      Array.from({ length: 64 }, (_, id) => `l${id}`).join('\n'),
    );
    await save('e2e/pipelines/words/model.txt', '2');
  });

  test.each([
    [
      'counts',
      'count',
      'a module variable that the first of 64 actions fills',
      'words/stop.txt',
      'the\ntext\n',
    ],
    ['lines', 'line', 'what a batching loader reads', 'words/lines.txt', 'x\ny'],
    ['predictions', 'predict', 'a task call whose result is kept', 'words/model.txt', '3'],
  ])('O3: %s: every action of %s depends on %s', async (task, action, _, path, text) => {
    const first = await run(task);
    expect(first.executed).toMatchObject({ [action]: 64 });
    expect(await run(task)).toEqual({ result: first.result, executed: {} });
    await save(`e2e/pipelines/${path}`, text);
    const second = await run(task);
    expect(second.executed).toMatchObject({ [action]: 64 });
    expect(second.result).not.toEqual(first.result);
  });

  test('O9: 64 actions at once in one process, each reading its own file', async () => {
    for (let id = 0; id < 64; id += 1) {
      await save(`e2e/pipelines/files/${id}.txt`, `the content of file ${id}`);
    }
    const args = ['e2e/pipelines/many.ts'];
    expect((await executed(args)).executed).toEqual({ own: 64, main: 1 });
    expect((await executed(args)).executed).toEqual({});
    for (const id of [7, 18, 29, 30, 61]) {
      await save(`e2e/pipelines/files/${id}.txt`, `another content of file ${id}`);
      const { result, executed: again } = await executed(args);
      expect(again).toEqual({ own: 1, main: 1 });
      expect(result).toMatchObject({ [id]: `another content of file ${id}` });
    }
  });
});

describe('what a task writes', () => {
  test('O5: a file that one writes and another reads leaves no trace, and says so', async () => {
    const args = ['e2e/pipelines/write.ts', '--text', 'one'];
    expect((await executed(args)).executed).toEqual({ produce: 1, consume: 1, main: 1 });
    const again = await executed(args);
    expect(again).toMatchObject({ result: 'one', executed: { produce: 1, consume: 1 } });
    expect(await why()).toMatch(
      /writeFileSync at e2e\/pipelines\/write\.ts:8:3 wrote "e2e\/pipelines\/out\.txt"/,
    );
  });

  test('O4: a file that is saved while the task runs leaves no trace', async () => {
    await using witness = await Witness.open();
    await save('e2e/pipelines/slow.txt', 'a');
    witness.hold(() => true);
    const args = ['e2e/pipelines/write.ts', 'slow', '--witness', witness.url, '--json'];
    const started = startSkein(sandbox, ['run', ...args]);
    await witness.until('slow');
    await save('e2e/pipelines/slow.txt', 'b');
    witness.release();
    const ended = await started.ended;
    checkCode(ended, 0);
    expect(answerOf(ended).result).toBe('ab');
    expect((await executed(args.slice(0, -1))).result).toBe('bb');
    expect(await why()).toContain('e2e/pipelines/slow.txt');
  });

  test('O8: strict refuses what is irreproducible, and what is written, by its line', async () => {
    const strict = ['--strict', '--json'];
    const sampled = await skein(sandbox, ['run', 'e2e/pipelines/answers.ts', 'samples', ...strict]);
    checkCode(sampled, 1);
    expect(answerOf(sampled).error?.message).toMatch(/Math\.random\(\).*answers\.ts:18:/s);
    const args = ['run', 'e2e/pipelines/write.ts', '--text', 'x', ...strict];
    const written = await skein(sandbox, args);
    checkCode(written, 1);
    expect(answerOf(written).error?.message).toMatch(/out\.txt.*write\.ts:8:/s);
  });
});

describe('answers', () => {
  const run = async (...args: readonly string[]) =>
    await executed(['e2e/pipelines/answers.ts', ...args]);

  test('T4: three caught failures in a map of 530: the second run executes nothing', async () => {
    const cached = ['all', '--count', '530'];
    expect(await run(...cached)).toEqual({ result: 3, executed: { parse: 530, all: 1 } });
    expect(await run(...cached)).toEqual({ result: 3, executed: {} });
  });

  test('T7: five uncached samples stay five, in every run', async () => {
    expect(await run('samples')).toEqual({ result: 5, executed: { sample: 5, samples: 1 } });
    expect(await run('samples')).toEqual({ result: 5, executed: { sample: 5, samples: 1 } });
  });

  test('T7: a task that calls itself with its own arguments fails by name', async () => {
    const args = ['run', 'e2e/pipelines/answers.ts', 'endless', '--value', '1', '--json'];
    const ended = await skein(sandbox, args);
    checkCode(ended, 1);
    expect(answerOf(ended).error?.message).toContain('cyclic-call');
  });
});
