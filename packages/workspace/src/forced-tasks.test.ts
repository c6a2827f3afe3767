import { digestOf } from '@skein/values';
import type { TaskDefinition, TaskId } from '@skein/model';
import { expect, it } from 'vitest';
import { forcedTasks } from './forced-tasks.ts';

function task(module: string, name: string): TaskDefinition {
  return {
    id: `${module}#${name}` as TaskId,
    name,
    module,
    line: 1,
    column: 1,
    exported: true,
    parameters: [],
    rest: false,
    code: digestOf('code', name),
  };
}

const tasks = [task('src/a.ts', 'parse'), task('src/b.ts', 'parse'), task('src/b.ts', 'main')];

it('a task is named by its name, whatever module it stands in, or by its id', () => {
  const forced = forcedTasks({ tasks }, { forceTasks: ['parse', 'src/b.ts#main'] });
  expect(forced.ok && [...forced.value]).toEqual([
    'src/a.ts#parse',
    'src/b.ts#parse',
    'src/b.ts#main',
  ]);
});

it('a name that no task has rejects the run, and lists the tasks', () => {
  const forced = forcedTasks({ tasks }, { forceTasks: ['pars'] });
  expect(forced).toMatchObject({
    ok: false,
    failure: { code: 'task-not-found', facts: [['tasks', tasks.map(({ id }) => id).join(', ')]] },
  });
});
