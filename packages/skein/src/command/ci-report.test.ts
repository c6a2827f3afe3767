import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, type Failure, type SummaryError } from '@skein/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeIo } from '../../test/fake-io.ts';
import { fakeWorkspace, type FakeWorkspaceRequest } from '../../test/fake-workspace.ts';
import { execute } from '../command.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'skein-ci-')));
  mkdirSync(join(folder, 'app'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const summaryText = (): string => readFileSync(at('summary.md'), 'utf8');

const throws: SummaryError = {
  class: 'RangeError',
  message: 'too large',
  fields: {},
  task: 'src/main.ts#parse',
  stack: 'RangeError: too large\n    at parse (src/parse.ts:12:9)',
};
const badly = { status: 'failed', result: null, error: throws } as const;
const misplaced: Failure = {
  code: 'task-in-function',
  kind: 'diagnostic',
  headline: 'task "inner" is declared inside a function',
  facts: [],
  place: { path: 'src/main.ts', line: 3, column: 9, length: 5, source: '  const inner = 1;' },
};

/** Runs the command in a workspace below the root of a repository, as GitHub Actions does. */
async function onGithub(
  line: string,
  workspace: FakeWorkspaceRequest = {},
  environment: Readonly<Record<string, string>> = {},
) {
  const fake = fakeWorkspace({ root: at('app'), ...workspace });
  const world = fakeIo({
    workspace: fake.workspace,
    cwd: at('app'),
    environment: {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: at('summary.md'),
      GITHUB_WORKSPACE: folder,
      ...environment,
    },
  });
  const code = await execute(line.split(' '), world.io);
  return { code, out: world.stdout(), err: world.stderr() };
}

test('a run that succeeded: a summary, no annotation, and the same answer', async () => {
  const { code, out, err } = await onGithub('run src/main.ts');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('succeeded src/main.ts#main');
  expect(summaryText()).toContain('### Skein: <code>src/main.ts&#35;main</code> succeeded');
});

test('a run that failed: the error stands at its line below the repository', async () => {
  const { code, err } = await onGithub('run src/main.ts', { summary: badly });
  expect(code).toBe(1);
  expect(err).toContain(
    '\n::error file=app/src/parse.ts,line=12,col=9,title=src/main.ts#parse%3A RangeError::',
  );
  expect(summaryText()).toContain('RangeError: too large');
});

test('with --json standard output is one object all the same', async () => {
  const { out, err } = await onGithub('run src/main.ts --json', { summary: badly });
  expect(JSON.parse(out)).toMatchObject({ status: 'failed' });
  expect(err).toContain('::error file=app/src/parse.ts');
});

test('a run that was rejected: each diagnostic stands at its line', async () => {
  const tasks = () => Promise.resolve({ ok: false, failures: [misplaced, misplaced] } as const);
  const { code, err } = await onGithub('run src/main.ts', { tasks });
  expect(code).toBe(2);
  expect(err.match(/^::error file=app\/src\/main\.ts,line=3,col=9,/gm)).toHaveLength(2);
  expect(summaryText()).toContain('error[task-in-function]');
});

test('a failure before anything was opened is told, too', async () => {
  const { io, stderr } = fakeIo({
    cwd: at('app'),
    environment: { CI: '1', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: at('summary.md') },
    open: () => Promise.resolve(fail({ ...misplaced, code: 'config-invalid' })),
  });
  expect(await execute(['run', 'src/main.ts'], io)).toBe(2);
  expect(stderr()).toContain('::error title=config-invalid::');
  expect(summaryText()).toContain('error[config-invalid]');
});

test('warnings of the run are annotations and a section', async () => {
  const warning: Failure = { code: 'impure', kind: 'warning', headline: 'a | b', facts: [] };
  const events = [{ kind: 'run-warned', at: 0, warning }] as const;
  const { code, err } = await onGithub('run src/main.ts', { events });
  expect(code).toBe(0);
  expect(err).toContain('::warning title=impure::warning[impure]: a | b');
  expect(summaryText()).toContain('<details><summary>1 warning</summary>');
});

test('a place outside the repository is left out', async () => {
  const { err } = await onGithub('run src/main.ts', { root: tmpdir(), summary: badly });
  expect(err).toContain('::error title=src/main.ts#parse%3A RangeError::');
});

test('what is there stays, and a second run stands behind it', async () => {
  writeFileSync(at('summary.md'), '# build\n');
  await onGithub('run src/main.ts');
  await onGithub('run src/main.ts');
  expect(summaryText()).toMatch(/^# build\n\n### Skein: [^]*\n\n### Skein: /);
});

test('a summary beyond what GitHub takes is cut, and left out at last', async () => {
  writeFileSync(at('summary.md'), 'x'.repeat(1_048_576 - 300));
  await onGithub('run src/main.ts');
  expect(summaryText().length).toBeLessThanOrEqual(1_048_576);
  expect(summaryText()).toContain('### Skein');
  writeFileSync(at('summary.md'), 'x'.repeat(1_048_576));
  const { code, err } = await onGithub('run src/main.ts');
  expect(code).toBe(0);
  expect(err).toContain('warning[summary-unwritten]');
  expect(summaryText()).toHaveLength(1_048_576);
});

test('a summary that cannot be written is a warning, and no matter of the exit code', async () => {
  const broken = { GITHUB_STEP_SUMMARY: at('absent/summary.md') };
  const { code, out, err } = await onGithub('run src/main.ts', {}, broken);
  expect(code).toBe(0);
  expect(out).toContain('succeeded');
  expect(err).toContain('warning[summary-unwritten]: the summary for the CI is not written');
  expect(err).toContain('ENOENT');
});

test('outside of a CI nothing is written but what was asked for', async () => {
  const { err } = await onGithub('run src/main.ts', { summary: badly }, { CI: '' });
  expect(err).not.toContain('::error');
  expect(() => summaryText()).toThrow('ENOENT');
  await onGithub('run src/main.ts', {}, { CI: '', SKEIN_SUMMARY: '../summary.md' });
  expect(summaryText()).toContain('### Skein');
});
