import { digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type {
  ActionFinished,
  ActionNumber,
  CodeManifest,
  Impurity,
  LogChunk,
  Result,
  RunEvent,
  RunId,
  TaskBehaviour,
  TaskId,
} from '@skein/model';
import { succeed } from '@skein/model';
import { type Journal, type RunState, foldRun } from '@skein/journal';
import type { BlobStore, FarTraces, TraceStore } from '@skein/store';
import type { RunCode } from '../src/prepare.ts';
import type { Resumption } from '../src/resumption.ts';
import { type RunEnd, startRun } from '../src/run.ts';
import { type Program, ScriptedExecutor, rowsOf, valueOf } from './scripted-executor.ts';
import { ScriptedImages } from './scripted-images.ts';
import { Outside, ScriptedWorld } from './scripted-world.ts';

export type { Body, Program, Script, ScriptedTask } from './scripted-executor.ts';
export { Thrown } from './scripted-executor.ts';
export { ScriptedImages } from './scripted-images.ts';
export { Outside } from './scripted-world.ts';

function manifestsOf(program: Program): Map<TaskId, CodeManifest> {
  return new Map(
    Object.entries(program).map(([id, { code }]) => [
      id as TaskId,
      { task: id as TaskId, digest: digestOf('code', code), parts: [] },
    ]),
  );
}

/** A task keeps nothing unless it says so. */
function behavioursOf(program: Program): Map<TaskId, TaskBehaviour> {
  return new Map(
    Object.entries(program).map(([name, { retains = false, impurities = NONE }]) => {
      const task = name as TaskId;
      const what = retains ? { what: 'kept', at: 'src/main.ts:1:1' } : null;
      return [task, { task, retains: what, impurities }];
    }),
  );
}

const NONE: readonly Impurity[] = [];

/** A run's events as they were appended; acknowledgements come a turn later, as on disk. */
class EventList implements Journal {
  readonly events: RunEvent[] = [];

  begin(started: RunEvent): Result<void> {
    this.events.push(started);
    return succeed(undefined);
  }

  append(event: RunEvent, acknowledged?: () => void): void {
    this.events.push(event);
    if (acknowledged !== undefined) setImmediate(acknowledged);
  }

  flush(): Result<void> {
    return succeed(undefined);
  }

  close(): Result<void> {
    return succeed(undefined);
  }

  finished(caller: ActionNumber): readonly ActionFinished[] {
    return this.events.flatMap((event) =>
      event.kind === 'action-finished' && event.parent === caller ? [event] : [],
    );
  }
}

export interface ScriptedRun {
  readonly end: RunEnd;
  readonly value: unknown;
  readonly executions: readonly string[];
  readonly finished: readonly ActionFinished[];
  readonly events: readonly RunEvent[];
  readonly peak: number;
  /** What checks had to look at. */
  readonly looked: readonly string[];
  readonly executor: ScriptedExecutor;
  /** What is on record of it, as if its process were gone. */
  readonly state: RunState;
}

export interface Stores {
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
}

export interface RunSettings {
  readonly force?: boolean;
  readonly forceTasks?: readonly string[];
  readonly readOnly?: boolean;
  readonly strict?: boolean;
  /** Files and variables; nothing unless given. */
  readonly outside?: Outside;
  /** A first look at the outside takes a turn. */
  readonly slow?: boolean;
  readonly loadLog?: LogChunk;
  readonly concurrency?: number;
  readonly cpu?: number;
  readonly gpus?: readonly string[];
  readonly override?: Uint8Array;
  readonly at?: number;
  readonly summaryFrom?: number;
  readonly resume?: Resumption;
  readonly far?: FarTraces;
  readonly images?: ScriptedImages;
  /** Called with a way to cancel the run, once it has begun. */
  readonly begun?: (cancel: () => void) => void;
}

const PLATFORM = { node: '26', os: 'linux', arch: 'x64', libc: 'glibc' };

/** What is known of the program before anything is called. */
export function codeOf(program: Program, outside: Outside, images?: ScriptedImages): RunCode {
  return {
    rows: new Map(rowsOf(program).map((row) => [row.id, row])),
    manifests: manifestsOf(program),
    behaviours: behavioursOf(program),
    parameters: new Map(),
    checkpoints: new Map(),
    platform: PLATFORM,
    variable: (name) => outside.digestOf({ kind: 'variable', name, digest: null }),
    declared: (name) => outside.variables.get(name),
    images: images ?? NO_IMAGES,
    imageFor: (options) => images?.imageFor(options),
    program: (name) => outside.digestOf({ kind: 'file', path: name, digest: null }),
  };
}

const NO_IMAGES = new ScriptedImages({});

let runs = 0;

/** Runs the program's entry task on these stores, as the command would. */
export async function runScripted(
  program: Program,
  stores: Stores,
  call: { readonly entry: string; readonly args?: readonly unknown[] } & RunSettings,
): Promise<ScriptedRun> {
  const outside = call.outside ?? new Outside();
  const executor = new ScriptedExecutor(program, outside);
  const world = new ScriptedWorld(outside, call.slow ?? false);
  const journal = new EventList();
  const digest: Digest = digestOf('bundle', 'test');
  runs += 1;
  const started = startRun(
    {
      clock: { now: () => call.at ?? 1_000, elapsed: () => 0 },
      journal,
      ...stores,
      bundle: () => Promise.resolve({ digest, path: '', root: '', entry: '', cwd: '' }),
      executorFor: () => executor,
      code: codeOf(program, outside, call.images),
      capacity: {
        cpu: call.cpu ?? 2,
        memoryBytes: 2 ** 30,
        gpus: call.gpus ?? [],
        diskBytes: 2 ** 40,
        tokens: {},
      },
      world,
      explain: () => ({ kind: 'never-executed' }),
      ...(call.summaryFrom === undefined ? {} : { summaryFrom: call.summaryFrom }),
      ...(call.far === undefined ? {} : { far: call.far }),
    },
    {
      run: `run-${runs}` as RunId,
      task: call.entry as TaskId,
      entry: 'test',
      args: (call.args ?? []).map((arg) => encode(arg)),
      override: call.override,
      force: call.force ?? false,
      forceTasks: new Set(call.forceTasks as TaskId[] | undefined),
      readOnly: call.readOnly ?? false,
      strict: call.strict ?? false,
      concurrency: call.concurrency,
      initiator: 'test',
      labels: {},
      bundle: digest,
      codeManifests: digest,
      loadLog: call.loadLog ?? null,
      process: { pid: 1, startedAt: 'then', host: 'here' },
      ...(call.resume === undefined ? {} : { resume: call.resume }),
      onEvent: () => undefined,
    },
  );
  if (!started.ok) throw new Error(started.failure.headline);
  call.begun?.(started.value.cancel);
  const end = await started.value.done;
  rememberInputs(journal.events, stores.traces);
  return {
    end,
    value: end.outcome?.kind === 'result' ? valueOf(end.outcome) : undefined,
    executions: executor.executions,
    finished: journal.events.filter((event) => event.kind === 'action-finished'),
    events: journal.events,
    peak: executor.peak,
    looked: world.looked,
    executor,
    state: foldRun(journal.events, false) as RunState,
  };
}

/** What the journal's fold does for real: inputs of recorded calls by digest. */
export function rememberInputs(events: readonly RunEvent[], traces: TraceStore): void {
  for (const event of events) {
    if (event.kind !== 'action-started') continue;
    for (const { digest, bytes } of event.inputs) {
      if (bytes !== undefined) traces.rememberValue(digest, bytes);
    }
  }
}

/** The same without deep summaries: what the walk alone comes to. */
export function runWalked(
  program: Program,
  stores: Stores,
  call: { readonly entry: string; readonly args?: readonly unknown[] } & RunSettings,
): Promise<ScriptedRun> {
  return runScripted(program, stores, { ...call, summaryFrom: Number.POSITIVE_INFINITY });
}
