import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf } from './support/answer.ts';
import { checkCode, skein, type CommandRequest, type Ended } from './support/command.ts';
import { useSandbox } from './support/suite.ts';

const order = 'fixtures/three-tasks/src/main.ts';
const broken = (name: string): string => `fixtures/broken/${name}/main.ts`;

const sandbox = useSandbox({ folders: ['fixtures/broken', 'fixtures/three-tasks'] });

interface Step extends Ended {
  /** What the page of the workflow's run would show. */
  readonly summary: string;
}

/** The command as a step of a job of GitHub Actions, with a state of its own. */
async function step(
  name: string,
  args: readonly string[],
  variables: CommandRequest['variables'] = {},
): Promise<Step> {
  const folder = join(sandbox.folder, name);
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'summary.md');
  const ended = await skein(sandbox, args, {
    variables: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: file,
      GITHUB_WORKSPACE: sandbox.root,
      SKEIN_STATE: join(folder, 'state'),
      ...variables,
    },
  });
  return { ...ended, summary: await readFile(file, 'utf8').catch(() => '') };
}

/** Lines that the runner takes for commands. */
function commandsIn({ stdout, stderr }: Ended): readonly string[] {
  return `${stdout}\n${stderr}`.split('\n').filter((line) => line.trimStart().startsWith('::'));
}

test('a step that succeeds: a summary, and nothing for the annotations', async () => {
  const args = ['run', order, '--order', '{"customer":"| <b> `x`"}'];
  const first = await step('good', args);
  checkCode(first, 0);
  expect(commandsIn(first)).toEqual([]);
  expect(first.summary).toMatch(
    /^### Skein: <code>fixtures\/three-tasks\/src\/main\.ts&#35;main<\/code> succeeded in /,
  );
  expect(first.summary).toContain('| actions | 4&#58; 4 executed, 0 reused |');
  expect(first.summary).toContain('<details><summary>Tasks, the slowest first</summary>');
  const again = await step('good', args);
  checkCode(again, 0);
  const second = again.summary.slice(first.summary.length);
  expect(again.summary.startsWith(first.summary)).toBe(true);
  expect(second).toContain('| actions | 1&#58; 0 executed, 1 reused |');
});

test('a step whose pipeline fails: the error stands at its line, and in the summary', async () => {
  const failed = await step('bad', ['run', broken('throws-author-error')]);
  checkCode(failed, 1);
  const [annotation = '', ...others] = commandsIn(failed);
  expect(others).toEqual([]);
  expect(annotation).toMatch(
    /^::error file=fixtures\/broken\/throws-author-error\/main\.ts,line=\d+,col=\d+,title=/,
  );
  expect(annotation).toContain('#amount%3A InvoiceError::InvoiceError: ');
  expect(annotation).toContain('%0A');
  expect(failed.summary).toContain('InvoiceError: ');
  expect(failed.summary).toContain('<details><summary>2 failed actions</summary>');
  expect(failed.summary).toContain('skein resume ');
});

test('with --json standard output is still one object', async () => {
  const failed = await step('json', ['run', broken('throws-author-error'), '--json']);
  checkCode(failed, 1);
  expect(answerOf(failed)).toMatchObject({ status: 'failed' });
  expect(failed.stderr).toMatch(/^::error file=/m);
});

test('a step that is rejected: the diagnostic stands at its line', async () => {
  const rejected = await step('rejected', ['run', broken('task-in-function')]);
  checkCode(rejected, 2);
  expect(commandsIn(rejected)).toEqual([
    expect.stringMatching(
      /^::error file=fixtures\/broken\/task-in-function\/main\.ts,line=\d+,col=\d+,title=task-in-/,
    ),
  ]);
  expect(rejected.summary).toContain('error[task-in-function]');
});

test('a resume and a rerun tell of themselves, too', async () => {
  const name = 'again';
  checkCode(await step(name, ['run', broken('throws-author-error')]), 1);
  const resumed = await step(name, ['resume', 'last']);
  checkCode(resumed, 1);
  const rerun = await step(name, ['rerun', 'last']);
  checkCode(rerun, 1);
  expect(rerun.summary.match(/^### Skein: /gm)).toHaveLength(3);
  expect(commandsIn(rerun)).toHaveLength(1);
});

test('where the summary cannot be written the exit code is that of the run', async () => {
  const absent = { GITHUB_STEP_SUMMARY: join(sandbox.folder, 'absent', 'summary.md') };
  const ended = await step('unwritten', ['run', order, '--order', '{"customer":"a"}'], absent);
  checkCode(ended, 0);
  expect(ended.stderr).toContain('warning[summary-unwritten]');
});

test('at home nothing is written, but where it is asked for by name', async () => {
  const args = ['run', broken('throws-author-error')];
  const home = await step('home', args, { CI: undefined });
  checkCode(home, 1);
  expect([home.summary, commandsIn(home)]).toEqual(['', []]);
  const own = join(sandbox.folder, 'own.md');
  checkCode(await step('home', args, { CI: undefined, SKEIN_SUMMARY: own }), 1);
  expect(await readFile(own, 'utf8')).toContain('### Skein: ');
});
