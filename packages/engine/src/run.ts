import type { Digest } from '@skein/values';
import type {
  ActionCounts,
  ActionNumber,
  AdoptionSummary,
  Clock,
  CodeVersion,
  Failure,
  LogChunk,
  Outcome,
  ResourceCapacity,
  Result,
  RunEvent,
  RunId,
  RunOrigin,
  RunStarted,
  RunStatus,
  TaskId,
  TaskOptions,
} from '@skein/model';
import { reach, succeed } from '@skein/model';
import type { BundleLocation, Executor } from '@skein/executors';
import type { Journal } from '@skein/journal';
import type { BlobStore, FarTraces, TraceStore } from '@skein/store';
import type { World } from '@skein/tracking';
import { Admission } from './admit.ts';
import { Adoptions } from './adoptions.ts';
import { checkCall, claimCall } from './call.ts';
import { Counter } from './count.ts';
import { DeepSummaries, SUMMARY_FROM } from './deep-summaries.ts';
import { EarlierRuns } from './earlier-runs.ts';
import { FarAway } from './far-away.ts';
import { Flights } from './flight.ts';
import type { CallSpec, Explain, RunFrame } from './frame.ts';
import { Known } from './known.ts';
import { LiveAction } from './live-action.ts';
import { Presence } from './presence.ts';
import { type PreparedTask, PreparedTasks, type RunCode } from './prepare.ts';
import { ProcessLogs } from './process-log.ts';
import { RecentInputs } from './recent-inputs.ts';
import type { Resumption } from './resumption.ts';
import { smallInputs, specFromArgs } from './spec.ts';
import type { SettledCall } from './settled-call.ts';
import { Taints } from './taints.ts';
import { Writes } from './writes.ts';

/** The machinery a run works with; made by whoever wires the engine. */
export interface RunParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
  /** Whether a task that is given a file can open it. Absent: no input names one. */
  readonly holdsFile?: (file: Digest) => Promise<boolean>;
  /** Made when the first action executes: a warm run never needs it. */
  readonly bundle: () => Promise<BundleLocation>;
  readonly executorFor: (options: TaskOptions) => Executor;
  readonly code: RunCode;
  readonly capacity: ResourceCapacity;
  /** What recorded observations would see now (T2). */
  readonly world: World;
  readonly explain: Explain;
  /** What others know; absent: nobody is asked, and nothing is offered. */
  readonly far?: FarTraces;
  /** Told of a task whose result somebody else had made: later misses are explained by it. */
  readonly onTaken?: (task: PreparedTask) => void;
  /** Actions that a deep summary answers for at least; infinite: none is kept or asked (T6). */
  readonly summaryFrom?: number;
  /** Bytes of inputs, and of outcomes, that are remembered at most; absent: 16 and 24 MB. */
  readonly rememberedBytes?: number;
}

/** What is asked for. */
export interface RunRequest {
  readonly run: RunId;
  readonly task: TaskId;
  readonly entry: string;
  readonly args: readonly (Uint8Array | null)[];
  /** The entry's own overrides; `undefined`: none. */
  readonly override?: Uint8Array | undefined;
  /** Execute everything, whatever is known. */
  readonly force: boolean;
  /** Execute these, whatever is known. */
  readonly forceTasks: ReadonlySet<TaskId>;
  /** Leave no traces: later runs are as if this one had not been. */
  readonly readOnly: boolean;
  /** Impurities are errors in every task (O8). */
  readonly strict: boolean;
  readonly concurrency: number | undefined;
  readonly initiator: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly bundle: Digest;
  readonly codeManifests: Digest;
  /** What a worker observed when it loaded the bundle to report its tasks (Q1). */
  readonly loadLog: LogChunk | null;
  readonly process: RunStarted['process'];
  /** What it goes on from (R1), or repeats; recorded. */
  readonly origin?: RunOrigin;
  readonly resume?: Resumption;
  readonly onEvent: (event: RunEvent) => void;
  /** Waited for before the end is recorded: what is still to be said about the run. */
  readonly beforeEnd?: () => Promise<void>;
}

/** How a run ended. `fatal` is set where it could not go on: a full disk, say. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running' | 'interrupted'>;
  readonly outcome: Outcome | undefined;
  readonly thrower: ActionNumber;
  readonly counts: ActionCounts;
  readonly durationMs: number;
  readonly fatal: Failure | undefined;
  /** What it took over from the runs it went on from (R2); absent: it is no resume. */
  readonly adoption?: AdoptionSummary;
}

/** `worker` names the process for people. */
export type Printed = (worker: string, stream: 'stdout' | 'stderr', text: string) => void;

export interface StartedRun {
  readonly done: Promise<RunEnd>;
  /** Stops starting, aborts what runs, records. */
  readonly cancel: () => void;
  /** Ends the run because nothing can be recorded any more. */
  readonly abort: (failure: Failure) => void;
  /** Records something a person should know; each once. */
  readonly warn: (warning: Failure) => void;
  /** Records what a worker process printed that belongs to no single action. */
  readonly printed: Printed;
  /** Records what its code's version is; the last word counts. */
  readonly describe: (version: CodeVersion) => void;
}

/**
 * Begins a run: its first row is appended before anything else happens. What the entry's options
 * make impossible is a failure, and nothing is recorded.
 */
export function startRun(parts: RunParts, request: RunRequest): Result<StartedRun> {
  const began = parts.clock.elapsed();
  const control: Control = { cancelled: false, fatal: undefined, ended: false };
  const counter = new Counter();
  const frame = makeFrame(parts, request, { control, counter });
  const task = frame.tasks.prepare(request.task, request.override, false);
  if (!task.ok) return task;
  const variables = frame.tasks.declaredVariables(task.value.options);
  const terms = { groups: [], override: request.override };
  const spec = specFromArgs(task.value, request.args, terms);
  const inputs = smallInputs(spec.inputs, request.args);
  const started = { ...startedEvent(parts, request), variables, inputs };
  const begun = parts.journal.begin(started);
  if (!begun.ok) return begun;
  request.onEvent(started);
  if (request.loadLog !== null) frame.logs.extend(request.loadLog);
  const aborted = Promise.withResolvers<undefined>();
  let leave = (): void => undefined;
  const call = callEntry(frame, spec, (abandon) => {
    leave = abandon;
  });
  const settled = Promise.race([call, aborted.promise]);
  return succeed({
    done: settled.then(async (end) => {
      const durationMs = parts.clock.elapsed() - began;
      if (control.fatal === undefined) await request.beforeEnd?.();
      control.ended = true;
      return finish(parts, request, { end, counter, durationMs, control, frame });
    }),
    cancel: () => {
      control.cancelled = true;
      leave();
    },
    abort: (failure) => {
      control.cancelled = true;
      control.fatal = failure;
      aborted.resolve(undefined);
    },
    warn: frame.warn,
    printed: (worker, stream, text) => {
      if (control.ended) return;
      const at = parts.clock.now();
      frame.emit({ kind: 'action-logged', at, action: 0, stream, text, worker });
    },
    describe: (version) => {
      if (control.ended) return;
      frame.emit({ kind: 'run-described', at: parts.clock.now(), version });
    },
  });
}

/** The entry's outcome, once nothing of the run goes on any more. */
async function callEntry(
  frame: RunFrame,
  spec: CallSpec,
  opened: (leave: () => void) => void,
): Promise<SettledCall> {
  const nobody = new LiveAction({
    task: '' as TaskId,
    parent: null,
    caching: false,
    groups: [],
    number: () => 0,
  });
  nobody.beginAttempt(1);
  const settled = await frame.claimCall(nobody, spec, opened);
  await frame.presence.none();
  if (!frame.isCancelled()) await frame.deep.keep();
  return settled;
}

function startedEvent(parts: RunParts, request: RunRequest): RunStarted {
  return {
    kind: 'run-started',
    at: parts.clock.now(),
    run: request.run,
    entry: request.entry,
    task: request.task,
    initiator: request.initiator,
    labels: request.labels,
    platform: parts.code.platform,
    bundle: request.bundle,
    code: request.codeManifests,
    process: request.process,
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    ...(request.override === undefined ? {} : { override: request.override }),
  };
}

interface Control {
  cancelled: boolean;
  fatal: Failure | undefined;
  ended: boolean;
}

function makeFrame(
  parts: RunParts,
  request: RunRequest,
  state: { readonly control: Control; readonly counter: Counter },
): RunFrame {
  const { control } = state;
  const { emit, warn } = telling(parts, request, state);
  let actions = 0;
  const admission = new Admission({
    capacity: parts.capacity,
    concurrency: request.concurrency,
    onForced: () => warn(FORCED),
  });
  const writes = new Writes();
  const taints = new Taints();
  const tasks = new PreparedTasks(parts.code, request);
  const frame: RunFrame = {
    run: request.run,
    clock: parts.clock,
    traces: parts.traces,
    blobs: parts.blobs,
    holdsFile: parts.holdsFile ?? (() => Promise.resolve(true)),
    far: parts.far && new FarAway(() => frame, parts.far),
    bundle: parts.bundle,
    executorFor: parts.executorFor,
    tasks,
    force: request.force,
    forceTasks: request.forceTasks,
    readOnly: request.readOnly,
    strict: request.strict,
    admission,
    flights: new Flights(),
    presence: new Presence(),
    known: new Known(parts.rememberedBytes),
    present: new Set(),
    recent: new RecentInputs(parts.rememberedBytes),
    logs: new ProcessLogs(() => frame, { writes, taints }),
    writes,
    taints,
    deep: new DeepSummaries(() => frame, {
      from: parts.summaryFrom ?? SUMMARY_FROM,
      since: parts.traces.generation(request.run),
    }),
    // Where everything executes, nothing that was finished counts.
    earlier:
      request.resume === undefined || request.force
        ? undefined
        : new EarlierRuns(() => frame, { tasks, resumption: request.resume }),
    adoptions: new Adoptions(),
    variable: parts.code.variable,
    world: parts.world,
    behaviours: parts.code.behaviours,
    explain: parts.explain,
    taken: parts.onTaken ?? (() => undefined),
    nextAction: () => {
      actions += 1;
      return actions;
    },
    finished: (caller) => parts.journal.finished(caller),
    emit,
    warn,
    checkCall: (caller, call) => checkCall(frame, caller, call),
    claimCall: (caller, spec, opened) => claimCall(frame, caller, { spec, opened }),
    isCancelled: () => control.cancelled,
  };
  return frame;
}

/** How the parts of a run tell what happens: nothing is told of one that was aborted. */
function telling(
  parts: RunParts,
  request: RunRequest,
  { control, counter }: { readonly control: Control; readonly counter: Counter },
): Pick<RunFrame, 'emit' | 'warn'> {
  const warned = new Set<string>();
  const emit: RunFrame['emit'] = (event, acknowledged) => {
    if (control.fatal !== undefined) return;
    // A call that its caller did not wait for may be answered after the run has ended.
    if (control.ended && event.kind !== 'run-finished') return;
    counter.count(event);
    parts.journal.append(event, acknowledged);
    request.onEvent(event);
  };
  const warn: RunFrame['warn'] = (warning, action) => {
    const name = JSON.stringify([warning.code, warning.facts]);
    if (warned.has(name)) return;
    warned.add(name);
    const at = parts.clock.now();
    emit({ kind: 'run-warned', at, warning, ...(action === undefined ? {} : { action }) });
  };
  return { emit, warn };
}

const FORCED: Failure = {
  code: 'forced-admission',
  kind: 'warning',
  headline: 'an action was admitted beyond the capacity',
  facts: [['why', 'nothing ran, and what waited needed resources that waiting callers hold']],
  hint: 'give nested callers smaller resources',
};

function finish(
  parts: RunParts,
  request: RunRequest,
  of: {
    /** Absent where the run was aborted. */
    readonly end: SettledCall | undefined;
    readonly counter: Counter;
    readonly durationMs: number;
    readonly control: Control;
    readonly frame: RunFrame;
  },
): RunEnd {
  const { end, counter, control, durationMs } = of;
  const counts = counter.counts();
  const known = end === undefined || end.how === 'impossible' ? undefined : end;
  const outcome = known?.outcome;
  const thrower = known?.thrower ?? 0;
  const status = statusOf(outcome, control);
  const { fatal } = control;
  const event: RunEvent = {
    kind: 'run-finished',
    at: parts.clock.now(),
    status,
    ...(outcome === undefined ? {} : { outcome }),
    ...(thrower === 0 ? {} : { thrower }),
    counts,
    durationMs,
  };
  if (fatal === undefined) {
    reach('run-before-finish');
    of.frame.emit(event);
    const flushed = parts.journal.flush();
    reach('run-after-finish');
    if (!flushed.ok) {
      return { status: 'failed', outcome, thrower, counts, durationMs, fatal: flushed.failure };
    }
  } else {
    request.onEvent(event);
  }
  const adoption = request.resume && { adoption: of.frame.adoptions.summary() };
  return { status, outcome, thrower, counts, durationMs, fatal, ...adoption };
}

function statusOf(outcome: Outcome | undefined, control: Control): RunEnd['status'] {
  if (outcome?.kind === 'result') return 'succeeded';
  return control.cancelled && control.fatal === undefined ? 'cancelled' : 'failed';
}
