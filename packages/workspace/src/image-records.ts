import { indexRun, isAlive, listRuns } from '@skein/journal';
import type { TaskId } from '@skein/model';
import { readCode } from './code-record.ts';
import { readLast } from './last-executions.ts';
import type { State } from './state.ts';

/** Runs that are looked at: the newest. */
const RUNS = 100;

/** The tasks whose last execution named one of these images, by the records of newest runs. */
export function tasksByRecords(
  { db, traces }: Pick<State, 'db' | 'traces'>,
  digests: ReadonlySet<string>,
): readonly TaskId[] {
  const runs = listRuns(db, { limit: RUNS }, isAlive);
  const seen = new Set<string>();
  const tasks = new Set<TaskId>();
  for (const { run, entry, task } of runs.ok ? runs.value : []) {
    // An older run of the same task tells nothing that the newest does not.
    if (seen.has(`${entry}#${task}`)) continue;
    seen.add(`${entry}#${task}`);
    const index = indexRun(db, run, isAlive);
    const code = index.ok ? readCode(traces, index.value.started.code) : undefined;
    for (const id of code?.keys() ?? []) {
      const images = readLast(traces, id)?.variants.map(({ base }) => base.platform.image?.digest);
      if (images?.some((digest) => digest !== undefined && digests.has(digest))) tasks.add(id);
    }
  }
  return [...tasks].toSorted();
}
