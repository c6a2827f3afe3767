import { fail, succeed, type Failure, type Result, type TaskDefinition } from '@skein/model';
import { nearest } from './nearest.ts';

/**
 * The task to run: the one named, by name or whole id; without a name `main`, else the only one.
 * `file` is as the user wrote it.
 */
export function pickTask(
  tasks: readonly TaskDefinition[],
  name: string | undefined,
  file: string,
): Result<TaskDefinition> {
  const [first, second] = tasks;
  if (first === undefined) return fail(noTasks(file));
  if (name !== undefined) {
    const found = tasks.find((task) => task.name === name || task.id === name);
    return found === undefined ? fail(noSuchTask(tasks, name, file)) : succeed(found);
  }
  const main = tasks.find((task) => task.name === 'main') ?? (second === undefined ? first : null);
  return main === null ? fail(whichTask(tasks, file)) : succeed(main);
}

function noTasks(file: string): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: 'the file declares no task',
    facts: [['file', `"${file}"`]],
    hint: 'declare one: export const main = env.task(async () => { … })',
  };
}

function noSuchTask(tasks: readonly TaskDefinition[], name: string, file: string): Failure {
  const names = tasks.map((task) => task.name);
  const meant = nearest(name, names);
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: `the file has no task "${name}"`,
    facts: [
      ['file', `"${file}"`],
      ['tasks', names.join(', ')],
    ],
    hint: meant === undefined ? 'name one of these' : `did you mean "${meant}"?`,
  };
}

function whichTask(tasks: readonly TaskDefinition[], file: string): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: 'the file has several tasks, and none is called "main"',
    facts: [
      ['file', `"${file}"`],
      ['tasks', tasks.map((task) => task.name).join(', ')],
    ],
    hint: `name the task: skein run ${file} ${tasks[0]?.name ?? ''}`,
  };
}
