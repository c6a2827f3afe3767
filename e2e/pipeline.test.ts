import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, executedLast, runTask, type Answer } from './support/answer.ts';
import { checkCode, skein, start } from './support/command.ts';
import { entry, few, type Report } from './support/pipeline.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';

describe('the real pipeline, whole', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });
  let first: Answer;

  beforeAll(async () => {
    first = await runTask(sandbox, [entry]);
  });

  test('executes more than ten thousand actions on an empty state', () => {
    expect(first.task).toBe(`${entry}#main`);
    expect(first.actions.executed).toBeGreaterThanOrEqual(10_000);
    expect(first.actions).toMatchObject({
      total: first.actions.executed + first.actions.reused,
      adopted: 0,
      failed: 0,
    });
  });

  test('executes nothing the second time, and has the same result', async () => {
    const { actions, result } = await runTask(sandbox, [entry]);
    expect(actions).toMatchObject({ executed: 0, adopted: 0, failed: 0 });
    expect(actions.reused).toBeGreaterThanOrEqual(1);
    expect(result).toEqual(first.result);
  });

  test('comes to the figures that its README tells', async () => {
    const readme = await readFile(join(repository, 'fixtures', 'pipeline', 'README.md'), 'utf8');
    const report = first.result as Report;
    const row = (of: string, sentences: number, accuracy: number): string =>
      `| ${of} | ${sentences.toLocaleString('en')} | ${(accuracy * 100).toFixed(2)} % |`;
    expect(readme).toContain(row('all 447 languages', report.sentences, report.accuracy));
    expect(readme).toContain(`| ${(report.ownAccuracy * 100).toFixed(2)} % |`);
    expect(readme).toContain(`| ${(report.francAccuracy * 100).toFixed(2)} % |`);
    expect(readme).toContain(`${first.actions.total.toLocaleString('en')} actions in all`);
    expect(readme).toMatch(new RegExp(`${first.actions.executed.toLocaleString('en')}\\s+execute`));
  });

  test('publishes a folder that lies where the result says', async () => {
    const { path } = (first.result as Report).published.value;
    const files = ['README.md', 'accuracy.svg', 'model.bin', 'model.json'];
    expect((await readdir(path)).toSorted()).toEqual(files);
  });
});

describe('the real pipeline, in five languages', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline'] });

  test('runs by "npx skein" in the checkout, with no other command before it', async () => {
    const command = ['npx', '--no-install', 'skein', 'run', entry, ...few, '--json'];
    const variables = { SKEIN_STATE: join(sandbox.folder, 'npx') };
    const ended = await start(sandbox, command, { cwd: repository, variables }).ended;
    checkCode(ended, 0);
    expect(answerOf(ended)).toMatchObject({ status: 'succeeded', result: { articles: 240 } });
  });

  test('has every task executed as often as its inputs differ', async () => {
    await runTask(sandbox, [entry, ...few]);
    expect(await executedLast(sandbox)).toEqual({
      main: 1,
      declarations: 1,
      parse: 8,
      features: 249,
      train: 1,
      evaluate: 1,
      compare: 1,
      plot: 1,
      publish: 1,
      classify: 1,
    });
  });

  test('tells a person the result, the counts and what to do next', async () => {
    const { code, stdout } = await skein(sandbox, ['run', entry, ...few]);
    expect(code).toBe(0);
    expect(stdout).toContain(`succeeded ${entry}#main in `);
    expect(stdout).toMatch(/^ {2}actions +1: 0 executed, 1 reused$/m);
    expect(stdout).toMatch(/^ {2}next +skein show \d{8}-\d{6}-[0-9a-f]{6}$/m);
  });

  test('executes everything again by --force, to the same result', async () => {
    const known = await runTask(sandbox, [entry, ...few]);
    const forced = await runTask(sandbox, [entry, ...few, '--force']);
    expect(forced.actions.executed).toBe(forced.actions.total);
    expect(forced.result).toEqual(known.result);
  });

  test('comes to the same result inline', async () => {
    const known = await runTask(sandbox, [entry, ...few]);
    const inline = await runTask(sandbox, [entry, ...few, '--force', '--executor', 'inline']);
    expect(inline.result).toEqual(known.result);
  });
});
