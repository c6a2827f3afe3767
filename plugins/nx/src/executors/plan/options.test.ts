import { expect, test } from 'vitest';
import { planLine } from './options.ts';

test('the least that can be said', () => {
  expect(planLine({ entry: 'src/main.ts' })).toEqual(['plan', 'src/main.ts']);
});

test('every option is on the command line, the task’s own flags behind --', () => {
  const line = planLine({
    entry: 'src/main.ts',
    task: 'train',
    input: {},
    executor: 'pool',
    force: true,
    forceTasks: ['features'],
    strict: true,
    remote: 's3://bucket/prefix',
    remoteMode: 'off',
    json: true,
    state: '.state',
    args: ['--epochs=3'],
  });
  expect(line.join(' ')).toBe(
    'plan src/main.ts train --input - --executor pool --force --force-task features --strict ' +
      '--remote s3://bucket/prefix --remote-mode off --json -- --epochs=3',
  );
});
