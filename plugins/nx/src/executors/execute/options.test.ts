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
    'edited',
    'entry',
    'executor',
    'force',
    'forceTasks',
    'input',
    'json',
    'readOnly',
    'resume',
    'state',
    'strict',
    'task',
  ]);
  expect(schema.required).toEqual(['entry']);
});
