import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Analysis, findWorkspaceRoot } from '@skein/analysis';
import { indexRun, isAlive, listRuns } from '@skein/journal';
import type { Failure, Result, TaskDefinition } from '@skein/model';
import { fail, succeed } from '@skein/model';
import type { analyseEntry } from './analyse-entry.ts';
import type { OpenRequest, Workspace } from './contract.ts';
import { openCopy } from './copy-state.ts';
import { openFiles } from './files.ts';
import { follow } from './follow.ts';
import type { Opened } from './opened.ts';
import { listPins, setPin } from './pin.ts';
import { reviveValue } from './read-back.ts';
import { type State, type StateOptions, openState } from './state.ts';
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

/** What an operation needs is loaded when it is asked for: who looks at a run waits for nothing. */
function workspaceOf(opened: Opened): Workspace {
  const { state } = opened;
  let analysis: ReturnType<typeof analyseEntry> | undefined;
  const analysed = (): ReturnType<typeof analyseEntry> => {
    const { entry } = opened;
    if (entry === undefined) throw new Error('the workspace was opened without an entry');
    return (analysis ??= import('./analyse-entry.ts').then((it) => it.analyseEntry(opened, entry)));
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
    schema: (task) =>
      whenAnalysed(async (found) => (await import('@skein/analysis')).inputSchema(found, task)),
    graph: () => whenAnalysed((found) => succeed(found.callGraph())),
    start: async (request) => {
      const { start } = await import('./start.ts');
      return request.repeat === undefined
        ? await whenAnalysed((found) => start(opened, found, request))
        : await start(opened, request.repeat.code, request);
    },
    plan: async (request) => {
      const { plan } = await import('./plan.ts');
      return await whenAnalysed((found) => plan(opened, found, request));
    },
    replay: async (request) => (await import('./replay.ts')).replay(opened, request),
    repeatable: async (request) => (await import('./rerun.ts')).repeatable(opened, request),
    resumable: async (request) => (await import('./resumable.ts')).resumable(opened, request),
    planResume: async (request) => {
      const { planResume } = await import('./resume-plan.ts');
      return await whenAnalysed((found) => planResume(opened, found, request));
    },
    runs: (filter) => listRuns(state.db, filter, isAlive),
    show: (run) => indexRun(state.db, run, isAlive),
    follow: (index, after) => follow(state.db, index, after),
    recorded: (digest) => state.traces.valueOf(digest),
    decode: (bytes) => decoded(opened, bytes),
    why: async (request) => (await import('./why.ts')).why(state, request),
    lineage: async (request) => (await import('./lineage.ts')).findLineage(opened, request),
    affected: async (request) => (await import('./affected.ts')).affected(opened, request),
    verify: async (request) => {
      const { verify } = await import('./verify.ts');
      return await whenHeld(() => verify(opened, request));
    },
    gc: async (request) => (await import('./gc.ts')).gc(opened, request),
    pin: (run, isPinned) => setPin(opened, run, isPinned),
    pins: () => listPins(opened),
    ...sharing(opened, whenHeld),
    ...images(opened, whenHeld),
    doctor: async () => (await import('./doctor.ts')).examine(opened),
    close: () => {
      state.close();
      return Promise.resolve();
    },
  };
}

type Holding = <T>(work: () => Promise<Result<T>>) => Promise<Result<T>>;

function sharing(opened: Opened, whenHeld: Holding): Pick<Workspace, 'push' | 'pull'> {
  return {
    push: async (request) => {
      const { push } = await import('./push.ts');
      return await whenHeld(() => push(opened, request));
    },
    pull: async (request) => {
      const { pull } = await import('./pull.ts');
      return await whenHeld(() => pull(opened, request));
    },
  };
}

function images(
  opened: Opened,
  whenHeld: Holding,
): Pick<Workspace, 'listImages' | 'updateImages' | 'inspectImage'> {
  return {
    listImages: async () => {
      const { listImages } = await import('./image-list.ts');
      return await whenHeld(() => listImages(opened));
    },
    updateImages: async (request) => {
      const { updateImages } = await import('./image-update.ts');
      return await whenHeld(() => updateImages(opened, request));
    },
    inspectImage: async (name) => (await import('./image-inspect.ts')).inspectImage(opened, name),
  };
}

function decoded(opened: Opened, bytes: Uint8Array): ReturnType<Workspace['decode']> {
  try {
    return { ok: true, value: reviveValue(opened, bytes) };
  } catch {
    return { ok: false };
  }
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
