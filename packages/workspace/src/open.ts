import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Analysis, findWorkspaceRoot, inputSchema } from '@skein/analysis';
import { indexRun, isAlive, listRuns } from '@skein/journal';
import type { Failure, Result, TaskDefinition } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { affected } from './affected.ts';
import { analyseEntry } from './analyse-entry.ts';
import type { OpenRequest, Workspace } from './contract.ts';
import { openCopy } from './copy-state.ts';
import { examine } from './doctor.ts';
import { openFiles } from './files.ts';
import { follow } from './follow.ts';
import { gc } from './gc.ts';
import type { Opened } from './opened.ts';
import { findLineage } from './lineage.ts';
import { listPins, setPin } from './pin.ts';
import { plan } from './plan.ts';
import { reviveValue } from './read-back.ts';
import { planResume } from './resume-plan.ts';
import { replay } from './replay.ts';
import { repeatable } from './rerun.ts';
import { resumable } from './resumable.ts';
import { start } from './start.ts';
import { type State, type StateOptions, openState } from './state.ts';
import { verify } from './verify.ts';
import { why } from './why.ts';
import { systemClock, systemRandomness } from './system.ts';

/**
 * Finds the workspace of an entry, or of the current folder, and opens its state. Fails with
 * `entry-not-found`, `state-unwritable`, `state-newer` or `disk-full`.
 */
export function openWorkspace(request: OpenRequest): Promise<Result<Workspace>> {
  return Promise.resolve(open(request));
}

function open(request: OpenRequest): Result<Workspace> {
  const { entry, cwd, environment, warn } = request;
  if (entry !== undefined && !existsSync(entry)) return fail(entryNotFound(entry, cwd));
  if (entry !== undefined && !isModule(entry)) return fail(noModule(entry));
  const clock = request.clock ?? systemClock;
  const root = findWorkspaceRoot(entry ?? join(cwd, 'package.json'));
  const path = stateFolder(root, request);
  const looks = entry === undefined && request.records !== true;
  const state = openFor(looks, path, { clock, randomness: systemRandomness, warn });
  if (!state.ok) return state;
  const held = looks ? succeed(undefined) : state.value.hold();
  if (!held.ok) {
    state.value.close();
    return held;
  }
  const files = openFiles(state.value);
  const opened: Opened = {
    root,
    entry,
    state: state.value,
    files,
    clock,
    randomness: systemRandomness,
    environment,
    skein: request.skein,
    version: request.version ?? '0.0.0',
    warn,
  };
  return succeed(workspaceOf(opened));
}

/** Commands that only look can do so where nothing can be written. */
function openFor(looks: boolean, path: string, options: StateOptions): Result<State> {
  const state = openState(path, options);
  if (state.ok || !looks) return state;
  const { code } = state.failure;
  if (code !== 'state-unwritable' && code !== 'disk-full') return state;
  return openCopy(path, options, state.failure);
}

/** `.skein` at the root, or where `SKEIN_STATE` says. */
function stateFolder(root: string, { environment, cwd }: OpenRequest): string {
  const named = environment['SKEIN_STATE'];
  if (named === undefined || named === '') return join(root, '.skein');
  return isAbsolute(named) ? named : resolve(cwd, named);
}

function workspaceOf(opened: Opened): Workspace {
  const { state } = opened;
  let analysis: ReturnType<typeof analyseEntry> | undefined;
  const analysed = (): ReturnType<typeof analyseEntry> => {
    const { entry } = opened;
    if (entry === undefined) throw new Error('the workspace was opened without an entry');
    return (analysis ??= analyseEntry(opened, entry));
  };
  const whenAnalysed = async <T>(
    work: (analysis: Analysis) => Promise<Result<T>> | Result<T>,
  ): Promise<Result<T>> => {
    const result = await analysed();
    return result.ok ? work(result.analysis) : fail(firstOf(result.failures));
  };
  /** What it works with is not removed meanwhile. */
  const whenHeld = async <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
    const held = state.hold();
    return held.ok ? await work() : held;
  };
  return {
    root: opened.root,
    state: state.path,
    tasks: async () => {
      const result = await analysed();
      return result.ok ? { ok: true, tasks: entryTasks(result.analysis) } : result;
    },
    schema: (task) => whenAnalysed((found) => inputSchema(found, task)),
    graph: () => whenAnalysed((found) => succeed(found.callGraph())),
    start: (request) =>
      request.repeat === undefined
        ? whenAnalysed((found) => start(opened, found, request))
        : start(opened, request.repeat.code, request),
    plan: (request) => whenAnalysed((found) => plan(opened, found, request)),
    replay: (request) => replay(opened, request),
    repeatable: (request) => repeatable(opened, request),
    resumable: (request) => resumable(opened, request),
    planResume: (request) => whenAnalysed((found) => planResume(opened, found, request)),
    runs: (filter) => listRuns(state.db, filter, isAlive),
    show: (run) => indexRun(state.db, run, isAlive),
    follow: (index, after) => follow(state.db, index, after),
    recorded: (digest) => state.traces.valueOf(digest),
    decode: (bytes) => {
      try {
        return { ok: true, value: reviveValue(opened, bytes) };
      } catch {
        return { ok: false };
      }
    },
    why: (request) => why(state, request),
    lineage: (request) => findLineage(opened, request),
    affected: (request) => affected(opened, request),
    verify: (request) => whenHeld(() => verify(opened, request)),
    gc: (request) => gc(opened, request),
    pin: (run, isPinned) => setPin(opened, run, isPinned),
    pins: () => listPins(opened),
    doctor: () => examine(opened),
    close: () => {
      state.close();
      return Promise.resolve();
    },
  };
}

/** The entry's own tasks; where it only imports them, all that it imports. */
function entryTasks({ tasks, entry }: Analysis): readonly TaskDefinition[] {
  const own = tasks.filter(({ module }) => module === entry);
  return own.length > 0 ? own : tasks;
}

function firstOf(failures: readonly Failure[]): Failure {
  const [first] = failures;
  if (first === undefined) throw new Error('an analysis failed without a failure');
  return first;
}

function isModule(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && statSync(path).isFile();
}

function noModule(entry: string): Failure {
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: 'the entry is no TypeScript or JavaScript module',
    facts: [['file', entry]],
    hint: 'name the file that declares the tasks, such as src/main.ts',
  };
}

function entryNotFound(entry: string, cwd: string): Failure {
  return {
    code: 'entry-not-found',
    kind: 'usage',
    headline: 'there is no such file',
    facts: [
      ['file', entry],
      ['from', cwd],
    ],
    hint: 'name the file that declares the tasks, such as src/main.ts',
  };
}
