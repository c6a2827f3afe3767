import type { Analysis } from '@skein/analysis';
import type { Failure, Result, TaskDefinition, TaskId } from '@skein/model';
import { fail, succeed } from '@skein/model';
import type { StartRequest } from './contract.ts';

/** The tasks that are to execute whatever is known of them, named by name or id. */
export function forcedTasks(
  { tasks }: Pick<Analysis, 'tasks'>,
  { forceTasks = [] }: Pick<StartRequest, 'forceTasks'>,
): Result<ReadonlySet<TaskId>> {
  const forced = new Set<TaskId>();
  for (const wanted of forceTasks) {
    const named = tasks.filter(({ id, name }) => id === wanted || name === wanted);
    if (named.length === 0) return fail(unknown(wanted, tasks));
    for (const { id } of named) forced.add(id);
  }
  return succeed(forced);
}

function unknown(wanted: string, tasks: readonly TaskDefinition[]): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: `no task "${wanted}" could be forced to execute`,
    facts: [['tasks', tasks.map(({ id }) => id).join(', ') || 'none']],
    hint: 'name it as the source does, or by its id',
  };
}
