import type { Digest } from '@skein/values';
import type {
  ActionCounts,
  ActionNumber,
  Clock,
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
import { succeed } from '@skein/model';
import type { BundleLocation, Executor } from '@skein/executors';
import type { Journal } from '@skein/journal';
import type { BlobStore, TraceStore } from '@skein/store';
import type { World } from '@skein/tracking';
import { Admission } from './admit.ts';
import { checkCall, claimCall } from './call.ts';
import { Counter } from './count.ts';
import { DeepSummaries, SUMMARY_FROM } from './deep-summaries.ts';
import { Flights } from './flight.ts';
import type { CallSpec, Explain, RunFrame } from './frame.ts';
import { LiveAction } from './live-action.ts';
import { Presence } from './presence.ts';
import { PreparedTasks, type RunCode } from './prepare.ts';
import { ProcessLogs } from './process-log.ts';
import { RecentInputs } from './recent-inputs.ts';
import type { Resumption } from './resumption.ts';
import { specFromArgs } from './spec.ts';
import type { SettledCall } from './settled-call.ts';
import { Writes } from './writes.ts';

/** The machinery a run works with; made by whoever wires the engine. */
export interface RunParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
  /** Made when the first action executes: a warm run never needs it. */
  readonly bundle: () => Promise<BundleLocation>;
  readonly executorFor: (options: TaskOptions) => Executor;
  readonly code: RunCode;
  readonly capacity: ResourceCapacity;
  /** What recorded observations would see now (T2). */
  readonly world: World;
  readonly explain: Explain;
  /** Actions that a deep summary answers for at least; infinite: none is kept or asked (T6). */
  readonly summaryFrom?: number;
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
}

/** How a run ended. `fatal` is set where it could not go on: a full disk, say. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running' | 'interrupted'>;
  readonly outcome: Outcome | undefined;
  readonly thrower: ActionNumber;
  readonly counts: ActionCounts;
  readonly durationMs: number;
  readonly fatal: Failure | undefined;
}

export interface StartedRun {
  readonly done: Promise<RunEnd>;
  /** Stops starting, aborts what runs, records. */
  readonly cancel: () => void;
  /** Ends the run because nothing can be recorded any more. */
  readonly abort: (failure: Failure) => void;
  /** Records something a person should know; each once. */
  readonly warn: (warning: Failure) => void;
}

/**
 * Begins a run: its first row is appended before anything else happens. What the entry's options
 * make impossible is a failure, and nothing is recorded.
 */
export function startRun(parts: RunParts, request: RunRequest): Result<StartedRun> {
  const began = parts.clock.elapsed();
  const control: Control = { cancelled: false, fatal: undefined };
  const counter = new Counter();
  const frame = makeFrame(parts, request, { control, counter });
  const task = frame.tasks.prepare(request.task, request.override, false);
  if (!task.ok) return task;
  const started = startedEvent(parts, request);
  const begun = parts.journal.begin(started);
  if (!begun.ok) return begun;
  request.onEvent(started);
  if (request.loadLog !== null) frame.logs.extend(request.loadLog);
  const aborted = Promise.withResolvers<undefined>();
  let leave = (): void => undefined;
  const terms = { groups: [], override: request.override };
  const call = callEntry(frame, specFromArgs(task.value, request.args, terms), (abandon) => {
    leave = abandon;
  });
  const settled = Promise.race([call, aborted.promise]);
  return succeed({
    done: settled.then((end) => finish(parts, request, { end, counter, began, control, frame })),
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
  };
}

interface Control {
  cancelled: boolean;
  fatal: Failure | undefined;
}

function makeFrame(
  parts: RunParts,
  request: RunRequest,
  state: { readonly control: Control; readonly counter: Counter },
): RunFrame {
  const { control, counter } = state;
  const warned = new Set<string>();
  let actions = 0;
  const emit: RunFrame['emit'] = (event, acknowledged) => {
    if (control.fatal !== undefined) return;
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
  const admission = new Admission({
    capacity: parts.capacity,
    concurrency: request.concurrency,
    onForced: () => warn(FORCED),
  });
  const writes = new Writes();
  const frame: RunFrame = {
    run: request.run,
    clock: parts.clock,
    traces: parts.traces,
    blobs: parts.blobs,
    bundle: parts.bundle,
    executorFor: parts.executorFor,
    tasks: new PreparedTasks(parts.code, request),
    force: request.force,
    forceTasks: request.forceTasks,
    readOnly: request.readOnly,
    strict: request.strict,
    admission,
    flights: new Flights(),
    presence: new Presence(),
    known: new Map(),
    present: new Set(),
    recent: new RecentInputs(),
    logs: new ProcessLogs(() => frame, writes),
    writes,
    deep: new DeepSummaries(() => frame, {
      from: parts.summaryFrom ?? SUMMARY_FROM,
      since: parts.traces.generation(request.run),
    }),
    variable: parts.code.variable,
    world: parts.world,
    behaviours: parts.code.behaviours,
    explain: parts.explain,
    nextAction: () => {
      actions += 1;
      return actions;
    },
    emit,
    warn,
    checkCall: (caller, call) => checkCall(frame, caller, call),
    claimCall: (caller, spec, opened) => claimCall(frame, caller, { spec, opened }),
    isCancelled: () => control.cancelled,
  };
  return frame;
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
    readonly began: number;
    readonly control: Control;
    readonly frame: RunFrame;
  },
): RunEnd {
  const { end, counter, control } = of;
  const durationMs = parts.clock.elapsed() - of.began;
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
    of.frame.emit(event);
    const flushed = parts.journal.flush();
    if (!flushed.ok) {
      return { status: 'failed', outcome, thrower, counts, durationMs, fatal: flushed.failure };
    }
  } else {
    request.onEvent(event);
  }
  return { status, outcome, thrower, counts, durationMs, fatal };
}

function statusOf(outcome: Outcome | undefined, control: Control): RunEnd['status'] {
  if (outcome?.kind === 'result') return 'succeeded';
  return control.cancelled && control.fatal === undefined ? 'cancelled' : 'failed';
}
