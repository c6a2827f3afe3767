import type { TaskDefinition, TaskId } from '@skein/model';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import { pickTask } from './pick-task.ts';

function tasks(...names: string[]): TaskDefinition[] {
  return names.map((name) => ({
    id: `src/main.ts#${name}` as TaskId,
    name,
    module: 'src/main.ts',
    line: 1,
    column: 1,
    exported: true,
    parameters: [],
    rest: false,
    code: digestOf('code', name),
  }));
}

function picked(names: readonly string[], name?: string) {
  const result = pickTask(tasks(...names), name, 'src/main.ts');
  return result.ok ? result.value.name : result.failure;
}

test('without a name: main, else the only task', () => {
  expect(picked(['a', 'main', 'b'])).toBe('main');
  expect(picked(['only'])).toBe('only');
});

test('by name or by whole id', () => {
  expect(picked(['a', 'b'], 'b')).toBe('b');
  expect(picked(['a', 'b'], 'src/main.ts#a')).toBe('a');
});

test('several tasks and no main: the list', () => {
  expect(picked(['a', 'b'])).toEqual({
    code: 'task-not-found',
    kind: 'usage',
    headline: 'the file has several tasks, and none is called "main"',
    facts: [
      ['file', '"src/main.ts"'],
      ['tasks', 'a, b'],
    ],
    hint: 'name the task: skein run src/main.ts a',
  });
});

test('a name that is nearly one of the tasks', () => {
  expect(picked(['features', 'train'], 'feature')).toMatchObject({
    headline: 'the file has no task "feature"',
    hint: 'did you mean "features"?',
  });
});

test('no tasks at all', () => {
  expect(picked([])).toMatchObject({
    code: 'task-not-found',
    headline: 'the file declares no task',
  });
});
