import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from './options.ts';

test('the least that can be said', () => {
  expect(commandLine({ entry: 'src/main.ts' })).toEqual(['run', 'src/main.ts']);
});

test('every option is on the command line, the task’s own flags behind --', () => {
  expect(
    commandLine({
      entry: 'src/main.ts',
      task: 'train',
      input: { source: 'data' },
      executor: 'inline',
      concurrency: 4,
      force: true,
      forceTasks: ['features', 'train'],
      readOnly: true,
      strict: true,
      json: true,
      state: '.state',
      args: ['--force', '--epochs', 3],
    }),
  ).toEqual([
    'run',
    'src/main.ts',
    'train',
    '--input',
    '-',
    '--executor',
    'inline',
    '--concurrency',
    '4',
    '--force',
    '--force-task',
    'features',
    '--force-task',
    'train',
    '--read-only',
    '--strict',
    '--json',
    '--',
    '--force',
    '--epochs',
    '3',
  ]);
});

test('a switch that is off is not there', () => {
  expect(commandLine({ entry: 'a.ts', force: false, json: false, args: [] })).toEqual([
    'run',
    'a.ts',
  ]);
});

test('the schema knows exactly these options', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'schema.json'), 'utf8')) as {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly required: readonly string[];
  };
  expect(Object.keys(schema.properties).toSorted()).toEqual([
    'args',
    'concurrency',
    'entry',
    'executor',
    'force',
    'forceTasks',
    'input',
    'json',
    'readOnly',
    'state',
    'strict',
    'task',
  ]);
  expect(schema.required).toEqual(['entry']);
});
