import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type {
  Failure,
  Result,
  RunId,
  RunSummary,
  TaskDefinition,
  ThrownRecord,
} from '@skein/model';
import { FailureError, succeed } from '@skein/model';
import {
  type AnyTask,
  createRegistry,
  currentScope,
  decodeThrown,
  encodeOverride,
  isTask,
  overrideOf,
  placeOf,
  reviveError,
} from '@skein/sdk';
import { rejectedSummary } from '@skein/view';
import type { ResumeRequest, Workspace } from '@skein/workspace';
import { checkOptions } from './check-options.ts';
import { open } from './open.ts';
import type { RunOptions, RunResult } from './run-result.ts';

export interface ProgramRequest {
  readonly id: RunId;
  readonly task: AnyTask;
  readonly args: readonly unknown[];
  readonly options: RunOptions;
  /** `run` itself, for pipelines that import it. */
  readonly run: (...args: never[]) => unknown;
}

/** The engine's side of `run`: finds the task's module, runs it, gives back real values. */
export async function runFromProgram(
  request: ProgramRequest,
  signal: AbortSignal,
): Promise<RunResult<unknown>> {
  if (currentScope() !== undefined) return refused(insideTask());
  if (!isTask(request.task)) return refused(notATask());
  if (!Array.isArray(request.args)) return refused(noArguments());
  const checked = checkOptions(request.options);
  if (!checked.ok) return refused(checked.failure);
  const place = placeOf(request.task);
  const entry = place === undefined ? undefined : modulePath(place.module);
  if (place === undefined || entry === undefined) return refused(unknownPlace());
  const { state } = request.options;
  const environment = { ...process.env, ...(state === undefined ? {} : { SKEIN_STATE: state }) };
  const where = { entry, cwd: process.cwd(), environment };
  const opened = await open({ ...where, warn: () => undefined }, request.run);
  if (!opened.ok) return refused(opened.failure);
  const workspace = opened.value;
  try {
    const tasks = await workspace.tasks();
    if (!tasks.ok) return refused(tasks.failures[0] ?? unknownPlace());
    const own = tasks.tasks.filter(({ module }) => join(workspace.root, module) === entry);
    const task = own.findLast(({ line }) => line <= place.line);
    if (task === undefined) return refused(unknownPlace());
    return await runTask(workspace, { ...request, definition: task, signal });
  } finally {
    await workspace.close();
  }
}

async function runTask(
  workspace: Workspace,
  request: ProgramRequest & {
    readonly definition: TaskDefinition;
    readonly signal: AbortSignal;
  },
): Promise<RunResult<unknown>> {
  const { executor, concurrency, force, forceTasks, readOnly, strict, labels, onEvent } =
    request.options;
  const { remote, remoteMode } = request.options;
  const override = encodeOverride(overrideOf(request.task));
  const resume = await resumeOf(workspace, request);
  if (!resume.ok) return refused(resume.failure);
  const started = await workspace.start({
    run: request.id,
    task: request.definition.id,
    ...(override === undefined ? {} : { override }),
    args: request.args,
    initiator: 'program',
    signal: signalOf(request),
    ...(executor === undefined ? {} : { executor }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(force === undefined ? {} : { force }),
    ...(forceTasks === undefined ? {} : { forceTasks }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(strict === undefined ? {} : { strict }),
    ...(labels === undefined ? {} : { labels }),
    ...(remote === undefined ? {} : { remote }),
    ...(remoteMode === undefined ? {} : { remoteMode }),
    ...(resume.value === undefined ? {} : { resume: resume.value }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  if (!started.ok) return refused(started.failure);
  const summary = await started.value.done;
  const thrown = await started.value.thrown;
  const error = thrown === undefined ? null : await revive(thrown, workspace.root);
  return resultOf(summary, error);
}

/** The run that it goes on from, where the program names one. */
async function resumeOf(
  workspace: Workspace,
  { options, definition }: ProgramRequest & { readonly definition: TaskDefinition },
): Promise<Result<ResumeRequest | undefined>> {
  const { resume: run, edited = 'adopt' } = options;
  if (run === undefined) return succeed(undefined);
  const found = await workspace.resumable({ run, task: definition.id });
  return found.ok ? succeed({ run: found.value.state, edited }) : found;
}

function resultOf(summary: RunSummary, error: unknown): RunResult<unknown> {
  const { run, status, task, result, actions, durationMs, resumed, remote } = summary;
  const by = summary.error;
  const failure = by?.failure;
  return {
    run,
    status,
    task,
    result,
    error: failure === undefined ? error : new FailureError(failure),
    thrower: by?.task === undefined ? null : { task: by.task, inputs: by.inputs ?? {} },
    actions,
    durationMs,
    ...(resumed === undefined ? {} : { resumed }),
    ...(remote === undefined ? {} : { remote }),
  };
}

function refused(failure: Failure): RunResult<unknown> {
  return resultOf(rejectedSummary([failure], { task: null, durationMs: 0 }), null);
}

/** Loaders add queries to the URLs of what they load. */
function modulePath(module: string): string {
  const bare = module.replace(/\?.*$/, '');
  return bare.startsWith('file:') ? fileURLToPath(bare) : bare;
}

/** The error with the classes of modules that this program has loaded (X7). */
async function revive(thrown: Uint8Array, root: string): Promise<unknown> {
  const record = decodeThrown(thrown);
  const registry = createRegistry();
  for (const id of classesIn(record)) {
    const [module, name] = id.split('#');
    if (module === undefined || name === undefined || module === 'skein') continue;
    const loaded = await load(join(root, module));
    registry.register(module, { [name]: () => loaded[name] });
  }
  return reviveError(record, registry);
}

function classesIn(record: ThrownRecord): readonly string[] {
  if (record.kind === 'value') return [];
  const { class: own, cause, errors = [] } = record.error;
  const inner = cause === undefined ? errors : [cause, ...errors];
  return [own, ...inner.flatMap(classesIn)];
}

/** A module that cannot be loaded here leaves its classes unknown: a plain Error of the name. */
async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

/** Of the run, and of the one call that it is (X5). */
function signalOf({ task, signal }: { task: AnyTask; signal: AbortSignal }): AbortSignal {
  const own = overrideOf(task)?.signal;
  return own === undefined ? signal : AbortSignal.any([signal, own]);
}

function insideTask(): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'run was called by a task',
    facts: [],
    hint: 'call the task itself: its result is part of the run that goes on',
  };
}

function notATask(): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: 'what run was given is no task',
    facts: [],
    hint: 'give it what `env.task(…)` returns',
  };
}

function noArguments(): Failure {
  return {
    code: 'usage',
    kind: 'usage',
    headline: 'the arguments that run was given are no array',
    facts: [],
    hint: 'give them as one array: run(main, [first, second])',
  };
}

function unknownPlace(): Failure {
  return {
    code: 'task-not-found',
    kind: 'usage',
    headline: 'the module that declares the task cannot be found',
    facts: [],
    hint: 'declare it as `const name = env.task(…)` at the top of a module of its own',
  };
}
