import { type RunEnd, type RunRequest, type StartedRun, startRun } from '@skein/engine';
import { identifyProcess } from '@skein/journal';
import type {
  Failure,
  Result,
  RunEvent,
  RunId,
  RunSummary,
  TaskId,
  TaskOptions,
} from '@skein/model';
import { RUN_ID_BYTES, makeRunId, succeed } from '@skein/model';
import { encodeArguments } from './arguments.ts';
import { hostCapacity } from './capacity.ts';
import { keepEntry } from './code-record.ts';
import { type Inquiry, inquire } from './code-version.ts';
import { type Config, loadConfig } from './config.ts';
import { type ConnectedRemote, connectRemote, greet } from './connect-remote.ts';
import type { RunHandle, StartRequest } from './contract.ts';
import type { EntryCode } from './entry-code.ts';
import { makeExecutors } from './executors.ts';
import { holdsFile } from './files.ts';
import { forcedTasks } from './forced-tasks.ts';
import { History } from './history.ts';
import type { Opened } from './opened.ts';
import { type Resuming, resume } from './resume.ts';
import { Sharing } from './sharing.ts';
import { summarise } from './summary.ts';
import { type Prepared, type Wiring, bundleOf, prepare } from './prepare.ts';
import { RunImages } from './run-images.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';
import { bringFiles, readThrower, resultOf } from './read-back.ts';

/** Starts a run. Whatever can reject it does so before anything is recorded. */
export async function start(
  opened: Opened,
  analysis: EntryCode,
  request: StartRequest,
): Promise<Result<RunHandle>> {
  const args = await encodeArguments(request.args, opened.files);
  if (!args.ok) return args;
  const bundle = bundleOf(opened, analysis);
  const forced = forcedTasks(analysis, request);
  if (!forced.ok) return forced;
  const config = await loadConfig(opened.root);
  if (!config.ok) return config;
  const connected = connectRemote(opened, config.value, request);
  if (!connected.ok) return connected;
  const greeted = greet(opened, connected.value.remote);
  opened.state.endure(config.value.durability);
  await sweepLeftovers(opened);
  const executors = makeExecutors(opened, request.executor, config.value);
  const images = new RunImages(opened, {
    config: config.value,
    use: request.readOnly === true ? 'read' : 'keep',
    tell: request.onImage ?? (() => undefined),
    signal: request.signal,
  });
  const ready = await prepare(opened, { analysis, bundle, executors, images, request });
  if (!ready.ok) {
    await executors.close();
    return ready;
  }
  const resuming = resumingOf(opened, { analysis, code: ready.value.code, request });
  if (!resuming.ok) {
    await executors.close();
    return resuming;
  }
  const version = await inquire(opened, {
    code: analysis,
    world: ready.value.world,
    keeps: request.readOnly !== true,
  });
  await greeted;
  const begun = begin(opened, {
    ...ready.value,
    version,
    resuming: resuming.value,
    forceTasks: forced.value,
    config: config.value,
    connected: connected.value,
    analysis,
    bundle,
    executors,
    images,
    request,
    args: args.value,
  });
  if (!begun.ok) await executors.close();
  return begun;
}

function resumingOf(
  opened: Opened,
  of: Pick<Wiring, 'analysis'> & Pick<Prepared, 'code'> & { readonly request: StartRequest },
): Result<Resuming | undefined> {
  const { analysis, code, request } = of;
  if (request.resume === undefined) return succeed(undefined);
  return resume(opened, { analysis, code, task: request.task }, request.resume);
}

interface Beginning extends Wiring, Prepared {
  readonly request: StartRequest;
  readonly args: readonly (Uint8Array | null)[];
  readonly resuming: Resuming | undefined;
  readonly version: Inquiry;
  readonly forceTasks: ReadonlySet<TaskId>;
  readonly config: Config;
  readonly connected: ConnectedRemote;
}

function begin(opened: Opened, beginning: Beginning): Result<RunHandle> {
  const { analysis, executors, request, version } = beginning;
  const { remote } = beginning.connected;
  const { state, clock, environment } = opened;
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('this process cannot be identified');
  const current: { run?: StartedRun } = {};
  const journal = state.openJournal((failure) => {
    if (failure.kind === 'warning') opened.warn(failure);
    else current.run?.abort(failure);
  });
  if (!journal.ok) return journal;
  const history = new History(state.traces, analysis);
  const run = request.run ?? makeRunId(clock.now(), opened.randomness.hex(RUN_ID_BYTES));
  const started = startRun(
    {
      clock,
      journal: journal.value,
      traces: state.traces,
      blobs: state.blobs,
      holdsFile: (file) => holdsFile(opened, file),
      bundle: beginning.bundle,
      executorFor: (options: TaskOptions) => executors.for(options),
      code: beginning.code,
      capacity: hostCapacity(beginning.config, { state: state.path, environment }),
      world: beginning.world,
      explain: (task, inputs, given) => history.explain(task, inputs, given),
      onTaken: (task) => history.taken(task),
      ...(remote === undefined ? {} : { far: remote }),
    },
    {
      ...requested(beginning),
      run,
      codeManifests: keepEntry(state.traces, analysis),
      process: identity,
      onEvent: watched(history, request, () => version.ask((it) => current.run?.describe(it))),
      beforeEnd: () => version.settled(),
    },
  );
  if (!started.ok) return started;
  const running = started.value;
  current.run = running;
  running.describe(version.known);
  executors.onWarning(running.warn);
  executors.onFailure(running.abort);
  executors.onPrinted(running.printed);
  remote?.onWarning(running.warn);
  for (const warning of warningsOf(beginning)) running.warn(warning);
  const { done } = running;
  const sharing = remote && new Sharing(remote, request, clock);
  const cancel = (): void => {
    if (sharing?.stop() !== true) running.cancel();
  };
  if (request.signal?.aborted === true) cancel();
  else request.signal?.addEventListener('abort', cancel, { once: true });
  const close = async (): Promise<void> => {
    request.signal?.removeEventListener('abort', cancel);
    version.close();
    if (request.readOnly !== true) history.close();
    journal.value.close();
    await executors.close();
  };
  return succeed({
    run,
    cancel,
    done: conclude(opened, { run, done, request, analysis, sharing, close }),
    thrown: done.then(({ outcome }) => (outcome?.kind === 'error' ? outcome.bytes : undefined)),
  });
}

function requested(
  beginning: Beginning,
): Omit<RunRequest, 'run' | 'codeManifests' | 'process' | 'onEvent' | 'beforeEnd'> {
  const { analysis, request, args, forceTasks, loadLog, resuming } = beginning;
  return {
    task: request.task,
    entry: analysis.entry,
    args,
    override: request.override,
    force: request.force ?? false,
    forceTasks,
    readOnly: request.readOnly ?? false,
    strict: request.strict ?? false,
    concurrency: request.concurrency,
    initiator: request.initiator,
    labels: {
      ...request.resume?.run.overview.labels,
      ...request.repeat?.labels,
      ...request.labels,
    },
    ...(request.repeat === undefined ? {} : { origin: request.repeat.origin }),
    ...resumptionOf(resuming),
    bundle: analysis.bundleDigest,
    loadLog,
  };
}

/** What a person should know before anything of the run is done. */
function warningsOf({
  analysis,
  request,
  resuming,
  code,
  connected,
}: Beginning): readonly Failure[] {
  const differs = request.repeat?.differences(code.rows.values(), code);
  return [
    ...(differs === undefined ? [] : [differs]),
    ...analysis.warnings,
    ...(resuming?.warnings ?? []),
    ...connected.warnings,
  ];
}

function resumptionOf(resuming: Resuming | undefined): Pick<RunRequest, 'origin' | 'resume'> {
  const run = resuming?.resumption.runs[0]?.overview.run;
  if (resuming === undefined || run === undefined) return {};
  return { origin: { kind: 'resume', run }, resume: resuming.resumption };
}

/** What a run that is read only executes is no history. */
function watched(
  history: History,
  { readOnly, onEvent }: StartRequest,
  executing: () => void,
): (event: RunEvent) => void {
  return (event) => {
    if (event.kind === 'action-started') executing();
    if (readOnly !== true) history.observe(event);
    onEvent?.(event);
  };
}

async function conclude(
  opened: Opened,
  of: {
    readonly run: RunId;
    readonly done: Promise<RunEnd>;
    readonly request: StartRequest;
    readonly analysis: EntryCode;
    readonly sharing: Sharing | undefined;
    readonly close: () => Promise<void>;
  },
): Promise<RunSummary> {
  try {
    const end = await of.done;
    const remote = await of.sharing?.settle(end.status);
    if (of.sharing?.wasUsed === true) await bringFiles(opened, end.outcome);
    const from = of.request.resume?.run.overview.run;
    return await summarise(
      { run: of.run, task: of.request.task, end, from, remote },
      {
        valueOf: (outcome) => resultOf(opened, outcome),
        thrower: () => readThrower(opened, { run: of.run, end, tasks: of.analysis.tasks }),
      },
    );
  } finally {
    await of.close();
  }
}
