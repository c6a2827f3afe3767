import { encode } from '@skein/values';
import { type RunState, foldRun } from '@skein/journal';
import { storeChunk } from '@skein/model';
import type { ActionFinished, Change, RunEvent, TaskId } from '@skein/model';
import { LOG_KIND } from '@skein/store';
import type { Resumption } from '../src/resumption.ts';
import {
  type Program,
  type RunSettings,
  type ScriptedRun,
  type Stores,
  rememberInputs,
  runScripted,
} from './scripted.ts';
import { stores } from './stores.ts';

/** A run as it was, and the program that it was a run of. */
export interface Before {
  readonly state: RunState;
  readonly program: Program;
}

/** What `program` goes on from, as the command would tell it: the newest first. */
export function resumption(
  program: Program,
  before: readonly Before[],
  edited: Resumption['edited'] = 'adopt',
): Resumption {
  const programs = new Map(before.map(({ state, program }) => [state.overview.run, program]));
  return {
    runs: before.map(({ state }) => state),
    edited,
    changes: (run, task) => changesOf(programs.get(run)?.[task], program[task], task),
  };
}

function changesOf(
  before: Program[string] | undefined,
  now: Program[string] | undefined,
  task: TaskId,
): readonly Change[] | undefined {
  if (before === undefined || now === undefined) return undefined;
  if (before.code === now.code) return [];
  return [{ kind: 'symbol', module: 'src/main.ts', name: task }];
}

/** Goes on from runs of these programs, the newest first. */
export function goOn(
  program: Program,
  before: readonly (readonly [ScriptedRun, Program])[],
  call: RunSettings & {
    readonly entry?: string;
    readonly args?: readonly unknown[];
    readonly edited?: 'adopt' | 'execute';
    readonly stores?: Stores;
  } = {},
): Promise<ScriptedRun> {
  const runs = before.map(([{ state }, earlier]) => ({ state, program: earlier }));
  const resume = resumption(program, runs, call.edited);
  return runScripted(program, call.stores ?? stores(), { entry: 'main', ...call, resume });
}

/** What is left of a run that was killed when it had recorded so many events. */
export function killedAfter(
  events: readonly RunEvent[],
  count: number,
): { readonly state: RunState; readonly stores: Stores } {
  const recorded = events.slice(0, Math.max(1, count));
  const left = stores();
  for (const event of recorded) {
    if (event.kind === 'process-logged') {
      left.traces.keep(LOG_KIND, event.chunk.digest, encode(storeChunk(event.chunk)));
    }
    if (event.kind === 'action-finished') rememberTrace(recorded, left, event);
  }
  rememberInputs(recorded, left.traces);
  const state = foldRun(recorded, false);
  if (state === undefined) throw new Error('a run begins with its start');
  return { state, stores: left };
}

/** As the journal's fold does it. */
function rememberTrace(
  [first]: readonly RunEvent[],
  { traces }: Stores,
  event: ActionFinished,
): void {
  const { key, traced, task, waves, log, outcome, impurities, action, at, durationMs } = event;
  if (key === null || !traced || first?.kind !== 'run-started') return;
  const { run } = first;
  traces.remember({ key, task, waves, log, outcome, impurities, run, action, at, durationMs });
}
