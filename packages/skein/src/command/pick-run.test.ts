import { fail, succeed, type RunOverview } from '@skein/model';
import type { Workspace } from '@skein/workspace';
import { expect, test } from 'vitest';
import { pickRun } from './pick-run.ts';

function overview(run: string, task: string, status: RunOverview['status']): RunOverview {
  const entry = task.split('#')[0] ?? '';
  return { run, task, entry, status } as unknown as RunOverview;
}

const newestFirst = [
  overview('5', 'a/main.ts#main', 'running'),
  overview('4', 'a/main.ts#train', 'failed'),
  overview('3', 'main.ts#main', 'succeeded'),
  overview('2', 'a/main.ts#main', 'succeeded'),
];

const workspace = {
  root: '/w',
  runs: () => succeed(newestFirst),
  show: (run: string) => {
    const found = newestFirst.find((one) => one.run === run);
    return found === undefined
      ? fail({ code: 'run-not-found', kind: 'usage', headline: 'none', facts: [] })
      : succeed({ overview: found });
  },
} as unknown as Pick<Workspace, 'root' | 'runs' | 'show'>;

test('without an entry or a task the run is what it was called', () => {
  expect(pickRun(workspace, { run: 'last' })).toEqual(succeed('last'));
});

test('"last" is the newest of the entry and the task that came to an end', () => {
  const entry = '/w/a/main.ts';
  expect(pickRun(workspace, { run: 'last', entry })).toEqual(succeed('4'));
  expect(pickRun(workspace, { run: 'last', entry, task: 'main' })).toEqual(succeed('2'));
  expect(pickRun(workspace, { run: 'last', entry: '/w/main.ts' })).toEqual(succeed('3'));
  const none = pickRun(workspace, { run: 'last', entry: '/w/b.ts' });
  expect(none).toMatchObject({
    failure: { code: 'run-not-found', facts: [['entry', '"/w/b.ts"']] },
  });
});

test('a named run of another entry is refused', () => {
  expect(pickRun(workspace, { run: '3', entry: '/w/main.ts' })).toEqual(succeed('3'));
  expect(pickRun(workspace, { run: '2', entry: '/w/main.ts' })).toMatchObject({
    failure: { code: 'usage', headline: 'run "2" is one of something else' },
  });
  expect(pickRun(workspace, { run: '9', entry: '/w/main.ts' })).toMatchObject({
    failure: { code: 'run-not-found' },
  });
});
