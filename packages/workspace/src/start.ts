import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Analysis } from '@skein/analysis';
import { type RunCode, type RunEnd, type StartedRun, startRun } from '@skein/engine';
import { type BundleLocation, type Executor, readableVariable } from '@skein/executors';
import { identifyProcess } from '@skein/journal';
import type { Result, RunId, RunSummary, TaskOptions } from '@skein/model';
import { FailureError, RUN_ID_BYTES, fail, makeRunId, succeed } from '@skein/model';
import { encodeArguments } from './arguments.ts';
import { CodeChanges, keepCode } from './code-record.ts';
import type { RunHandle, StartRequest } from './contract.ts';
import { type Executors, makeExecutors } from './executors.ts';
import type { Opened } from './opened.ts';
import { summarise } from './summary.ts';
import { hostCapacity, hostPlatform } from './system.ts';
import { taskTable } from './task-table.ts';
import { readThrower, resultOf } from './read-back.ts';

/** Starts a run. Whatever can reject it does so before anything is recorded. */
export async function start(
  opened: Opened,
  analysis: Analysis,
  request: StartRequest,
): Promise<Result<RunHandle>> {
  const args = await encodeArguments(request.args, opened.files);
  if (!args.ok) return args;
  const bundle = bundleOf(opened, analysis);
  const executors = makeExecutors(opened, request.executor ?? 'pool');
  const ready = await prepare(opened, { analysis, bundle, executors });
  if (!ready.ok) {
    await executors.close();
    return ready;
  }
  const begun = begin(opened, {
    ...ready.value,
    analysis,
    bundle,
    executors,
    request,
    args: args.value,
  });
  if (!begun.ok) await executors.close();
  return begun;
}

interface Prepared {
  readonly code: RunCode;
}

interface Wiring {
  readonly analysis: Analysis;
  readonly bundle: () => Promise<BundleLocation>;
  readonly executors: Executors;
}

/** The table of tasks (Q1), from the record or from a worker that loads the bundle. */
async function prepare(opened: Opened, wiring: Wiring): Promise<Result<Prepared>> {
  const { analysis, bundle, executors } = wiring;
  const platform = hostPlatform();
  const rows = await taskTable(
    opened.state.traces,
    { bundle: analysis.bundleDigest, platform },
    () => loadTable(executors.first, bundle),
  );
  if (!rows.ok) return rows;
  const { environment } = opened;
  return succeed({
    code: {
      rows: rows.value,
      manifests: analysis.manifests,
      parameters: new Map(analysis.tasks.map(({ id, parameters }) => [id, parameters])),
      platform,
      variable: (name) => readableVariable(environment, name),
      declared: (name) => environment[name],
    },
  });
}

async function loadTable(
  executor: Executor,
  bundle: () => Promise<BundleLocation>,
): ReturnType<Executor['load']> {
  try {
    return await executor.load(await bundle());
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

/** Built once, when something executes; a failure to build travels as `FailureError`. */
function bundleOf(opened: Opened, analysis: Analysis): () => Promise<BundleLocation> {
  let made: Promise<BundleLocation> | undefined;
  const make = async (): Promise<BundleLocation> => {
    const built = await analysis.ensureBundle();
    if (!built.ok) throw new FailureError(built.failure);
    return {
      digest: analysis.bundleDigest,
      path: built.value.path,
      root: opened.root,
      entry: analysis.entry,
      cwd: nearestPackage(join(opened.root, analysis.entry), opened.root),
    };
  };
  return () => (made ??= make());
}

/** The folder of the package.json nearest to the entry: the workers' cwd (O6). */
function nearestPackage(entry: string, root: string): string {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    if (folder === root || existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return root;
  }
}

interface Beginning extends Wiring, Prepared {
  readonly request: StartRequest;
  readonly args: readonly (Uint8Array | null)[];
}

function begin(opened: Opened, beginning: Beginning): Result<RunHandle> {
  const { analysis, executors, request } = beginning;
  const { state, clock } = opened;
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('this process cannot be identified');
  const current: { run?: StartedRun } = {};
  const journal = state.openJournal((failure) => {
    if (failure.kind === 'warning') opened.warn(failure);
    else current.run?.abort(failure);
  });
  if (!journal.ok) return journal;
  const changes = new CodeChanges(state.traces, analysis.manifests);
  const run = request.run ?? makeRunId(clock.now(), opened.randomness.hex(RUN_ID_BYTES));
  const codeManifests = keepCode(state.traces, analysis.manifests, (digest) =>
    analysis.symbolText(digest),
  );
  const started = startRun(
    {
      clock,
      journal: journal.value,
      traces: state.traces,
      blobs: state.blobs,
      bundle: beginning.bundle,
      executorFor: (options: TaskOptions) => executors.for(options),
      code: beginning.code,
      capacity: hostCapacity(),
      changesOf: (task) => changes.of(task),
    },
    {
      run,
      task: request.task,
      entry: analysis.entry,
      args: beginning.args,
      override: request.override,
      force: request.force ?? false,
      concurrency: request.concurrency,
      initiator: request.initiator,
      labels: request.labels ?? {},
      bundle: analysis.bundleDigest,
      codeManifests,
      process: identity,
      onEvent: request.onEvent ?? (() => undefined),
    },
  );
  if (!started.ok) return started;
  const running = started.value;
  current.run = running;
  executors.onWarning(running.warn);
  for (const warning of analysis.warnings) running.warn(warning);
  const { done, cancel } = running;
  if (request.signal?.aborted === true) cancel();
  else request.signal?.addEventListener('abort', cancel, { once: true });
  const close = async (): Promise<void> => {
    request.signal?.removeEventListener('abort', cancel);
    changes.close();
    journal.value.close();
    await executors.close();
  };
  return succeed({
    run,
    cancel,
    done: conclude(opened, { run, done, request, analysis, close }),
    thrown: done.then(({ outcome }) => (outcome?.kind === 'error' ? outcome.bytes : undefined)),
  });
}

async function conclude(
  opened: Opened,
  of: {
    readonly run: RunId;
    readonly done: Promise<RunEnd>;
    readonly request: StartRequest;
    readonly analysis: Analysis;
    readonly close: () => Promise<void>;
  },
): Promise<RunSummary> {
  try {
    const end = await of.done;
    return await summarise(
      { run: of.run, task: of.request.task, end },
      {
        valueOf: (outcome) => resultOf(opened, outcome),
        thrower: () => readThrower(opened, { run: of.run, end, tasks: of.analysis.tasks }),
      },
    );
  } finally {
    await of.close();
  }
}
