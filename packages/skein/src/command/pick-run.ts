import { join } from 'node:path';
import { fail, succeed, type Failure, type Result, type RunOverview } from '@skein/model';
import { taskName } from '@skein/view';
import type { Workspace } from '@skein/workspace';

/** Which run is meant, and of which pipeline it has to be. */
export interface WantedRun {
  /** Its id, the beginning of it, or `last`. */
  readonly run: string;
  /** Absolute path of its entry. */
  readonly entry?: string;
  /** Its task, by name or id. */
  readonly task?: string;
}

/**
 * The name of that run. `last` is the newest that came to an end, of this entry and task where
 * they are named. Fails with `run-not-found`, or `usage` where the run is one of another entry.
 */
export function pickRun(
  workspace: Pick<Workspace, 'root' | 'runs' | 'show'>,
  wanted: WantedRun,
): Result<string> {
  const { run, entry, task } = wanted;
  if (entry === undefined && task === undefined) return succeed(run);
  if (run !== 'last') {
    const shown = workspace.show(run);
    if (!shown.ok) return shown;
    const { overview } = shown.value;
    return isOf(workspace, overview, wanted) ? succeed(run) : fail(ofAnother(overview, wanted));
  }
  const listed = workspace.runs({ limit: Number.POSITIVE_INFINITY });
  if (!listed.ok) return listed;
  const found = listed.value.find((one) => hasEnded(one) && isOf(workspace, one, wanted));
  return found === undefined ? fail(noneOf(wanted)) : succeed(found.run);
}

function hasEnded({ status }: RunOverview): boolean {
  return status === 'succeeded' || status === 'failed';
}

function isOf(
  { root }: Pick<Workspace, 'root'>,
  overview: RunOverview,
  { entry, task }: WantedRun,
): boolean {
  if (entry !== undefined && join(root, overview.entry) !== entry) return false;
  return task === undefined || overview.task === task || taskName(overview.task) === task;
}

function noneOf(wanted: WantedRun): Failure {
  return {
    code: 'run-not-found',
    kind: 'usage',
    headline: 'no such run has come to an end yet',
    facts: factsOf(wanted),
    hint: 'start one with `skein run <file>`',
  };
}

function ofAnother({ run, task }: RunOverview, wanted: WantedRun): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: `run "${run}" is one of something else`,
    facts: [['task', `"${task}"`], ...factsOf(wanted, 'wanted ')],
  };
}

function factsOf({ entry, task }: WantedRun, before = ''): readonly (readonly [string, string])[] {
  return [
    ...(entry === undefined ? [] : [[`${before}entry`, `"${entry}"`] as const]),
    ...(task === undefined ? [] : [[`${before}task`, `"${task}"`] as const]),
  ];
}
