import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Analysis, findWorkspaceRoot, inputSchema } from '@skein/analysis';
import { isAlive, listRuns, readRun } from '@skein/journal';
import type { Failure, Result, TaskDefinition } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { affected } from './affected.ts';
import { analyseEntry } from './analyse-entry.ts';
import type { OpenRequest, Workspace } from './contract.ts';
import { openCopy } from './copy-state.ts';
import { examine } from './doctor.ts';
import { openFiles } from './files.ts';
import type { Opened } from './opened.ts';
import { plan } from './plan.ts';
import { reviveValue } from './read-back.ts';
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
  const state = openFor(entry, path, { clock, randomness: systemRandomness, warn });
  if (!state.ok) return state;
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
    warn,
  };
  return succeed(workspaceOf(opened));
}

/** Commands without an entry only look: they can do so where nothing can be written. */
function openFor(entry: string | undefined, path: string, options: StateOptions): Result<State> {
  const state = openState(path, options);
  if (state.ok || entry !== undefined) return state;
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
  return {
    root: opened.root,
    state: state.path,
    tasks: async () => {
      const result = await analysed();
      return result.ok ? { ok: true, tasks: entryTasks(result.analysis) } : result;
    },
    schema: (task) => whenAnalysed((found) => inputSchema(found, task)),
    graph: () => whenAnalysed((found) => succeed(found.callGraph())),
    start: (request) => whenAnalysed((found) => start(opened, found, request)),
    plan: (request) => whenAnalysed((found) => plan(opened, found, request)),
    runs: (filter) => listRuns(state.db, filter, isAlive),
    show: (run) => readRun(state.db, run, isAlive),
    recorded: (digest) => state.traces.valueOf(digest),
    decode: (bytes) => {
      try {
        return { ok: true, value: reviveValue(opened, bytes) };
      } catch {
        return { ok: false };
      }
    },
    why: (request) => why(state, request),
    affected: (request) => affected(opened, request),
    verify: (request) => verify(opened, request),
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
