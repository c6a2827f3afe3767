import { expect, test } from 'vitest';
import { commandLine } from './options.ts';

test('the least that can be said', () => {
  expect(commandLine({ entry: 'src/main.ts' })).toEqual(['run', 'src/main.ts']);
});

test('every option is on the command line, the task’s own flags behind --', () => {
  const line = commandLine({
    entry: 'src/main.ts',
    task: 'train',
    input: { source: 'data' },
    executor: 'inline',
    concurrency: 4,
    force: true,
    forceTasks: ['features', 'train'],
    readOnly: true,
    strict: true,
    labels: { dataset: '2026-11', fold: 3 },
    remote: 'https://cache.example.com',
    remoteMode: 'read',
    json: true,
    state: '.state',
    args: ['--force', '--epochs', 3],
  });
  expect(line).toEqual([
    ...words('run src/main.ts train --input - --concurrency 4 --executor inline --force'),
    ...words('--force-task features --force-task train --strict --read-only'),
    ...words('--label dataset=2026-11 --label fold=3'),
    ...words('--remote https://cache.example.com --remote-mode read --json'),
    ...words('-- --force --epochs 3'),
  ]);
});

function words(line: string): readonly string[] {
  return line.split(' ');
}

test('R1: a resume goes on from a run of this entry, and of this task where it is named', () => {
  const entry = 'src/main.ts';
  expect(commandLine({ entry, resume: true })).toEqual(['resume', '--entry', entry]);
  expect(commandLine({ entry, resume: 'true', task: 'train' })).toEqual(
    words(`resume --entry ${entry} --task train`),
  );
  expect(commandLine({ entry, resume: 'last', edited: 'execute', input: { n: 1 } })).toEqual(
    words(`resume last --entry ${entry} --edited execute --input -`),
  );
  expect(commandLine({ entry, resume: false })).toEqual(['run', entry]);
});

test('a switch that is off is not there', () => {
  expect(commandLine({ entry: 'a.ts', force: false, json: false, args: [], labels: {} })).toEqual([
    'run',
    'a.ts',
  ]);
});
