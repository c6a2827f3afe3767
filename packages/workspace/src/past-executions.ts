import type { PastExecution } from '@skein/engine';
import { type ActionState, type RunState, isAlive, listRuns, readRun } from '@skein/journal';
import type { CodeManifest, TaskId } from '@skein/model';
import { readCode } from './code-record.ts';
import type { State } from './state.ts';

/** Runs that are read: reading one takes long if it was a large one. */
const RUNS = 2;

/**
 * Executions that left no trace, as the journal tells of them: by the newest runs of a task, read
 * when somebody first asks.
 */
export function pastExecutions(
  state: Pick<State, 'db' | 'traces'>,
  of: { readonly task: TaskId; readonly manifests: ReadonlyMap<TaskId, CodeManifest> },
): (task: TaskId) => readonly PastExecution[] {
  let read: ReadonlyMap<TaskId, readonly PastExecution[]> | undefined;
  return (task) => {
    read ??= readPast(state, of);
    return read.get(task) ?? [];
  };
}

function readPast(
  { db, traces }: Pick<State, 'db' | 'traces'>,
  { task, manifests }: Parameters<typeof pastExecutions>[1],
): ReadonlyMap<TaskId, readonly PastExecution[]> {
  const past = new Map<TaskId, PastExecution[]>();
  const runs = listRuns(db, { task, limit: RUNS }, isAlive);
  for (const { run } of runs.ok ? runs.value : []) {
    const state = readRun(db, run, isAlive);
    if (!state.ok) continue;
    const code = readCode(traces, state.value.started.code);
    for (const action of state.value.actions.values()) {
      if (action.verdict.kind !== 'execute' || action.traced) continue;
      if (action.outcome === undefined) continue;
      const before = code?.get(action.task)?.digest;
      const sameCode = before !== undefined && before === manifests.get(action.task)?.digest;
      const known = past.get(action.task) ?? [];
      known.push(pastOf(state.value, action, sameCode));
      past.set(action.task, known);
    }
  }
  return past;
}

function pastOf(state: RunState, action: ActionState, sameCode: boolean): PastExecution {
  const { inputs, waves, log, impurities, durationMs = 0 } = action;
  return {
    sameCode,
    inputs: inputs.map(({ digest }) => digest),
    waves,
    log,
    impurities,
    selfMs: Math.max(0, durationMs - waitedMs(state, action)),
  };
}

/** How long any of its calls was under way. */
function waitedMs({ actions }: RunState, { children }: ActionState): number {
  const spans = children
    .flatMap((number) => {
      const { startedAt, finishedAt } = actions.get(number) ?? {};
      return startedAt === undefined || finishedAt === undefined ? [] : [{ startedAt, finishedAt }];
    })
    .toSorted((one, other) => one.startedAt - other.startedAt);
  let waited = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startedAt, finishedAt } of spans) {
    waited += Math.max(0, finishedAt - Math.max(until, startedAt));
    until = Math.max(until, finishedAt);
  }
  return waited;
}
