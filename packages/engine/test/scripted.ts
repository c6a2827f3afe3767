import { decode, digestOf, encode, packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type {
  ActionFinished,
  CodeManifest,
  Observation,
  Outcome,
  Result,
  RunEvent,
  RunId,
  TaskId,
  TaskOptions,
  TaskRow,
  ThrownRecord,
  Wave,
} from '@skein/model';
import { NEVER_STARTED, succeed } from '@skein/model';
import type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  Executor,
} from '@skein/executors';
import type { Journal } from '@skein/journal';
import { type BlobStore, type TraceStore } from '@skein/store';
import { type RunEnd, startRun } from '../src/index.ts';

/** What a scripted task may do: call others, one by one or as a map. */
export interface Script {
  call(task: string, ...args: readonly unknown[]): Promise<unknown>;
  map(task: string, items: readonly unknown[], concurrency?: number): Promise<unknown[]>;
  readonly attempt: number;
}

export type Body = (script: Script, ...args: never[]) => Promise<unknown>;

/** A task of a test: its body, its code's version and its options. */
export interface ScriptedTask {
  readonly body: Body;
  readonly code: string;
  readonly options?: Partial<TaskOptions>;
}

export type Program = Readonly<Record<string, ScriptedTask>>;

/** What a body throws to fail as an author would. */
export class Thrown extends Error {
  override readonly name = 'Thrown';
}

/** An executor whose workers are functions of the test. It cuts waves by T1 on its own. */
export class ScriptedExecutor implements Executor {
  readonly name = 'scripted';
  readonly executions: string[] = [];
  readonly #program: Program;
  running = 0;
  peak = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  load(): Promise<Result<readonly TaskRow[]>> {
    return Promise.resolve(succeed(rowsOf(this.#program)));
  }

  cannotHonour(): readonly string[] {
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  execute(attempt: AttemptRequest, host: AttemptHost): AttemptHandle {
    let cancel: (result: AttemptResult) => void = () => undefined;
    const cancelled = new Promise<AttemptResult>((resolve) => {
      cancel = resolve;
    });
    const done = Promise.race([this.#run(attempt, host), cancelled]);
    return { done, cancel: (reason) => cancel({ kind: 'stopped', reason }) };
  }

  async #run(attempt: AttemptRequest, host: AttemptHost): Promise<AttemptResult> {
    const task = this.#program[attempt.task];
    if (task === undefined) throw new Error(`no script for ${attempt.task}`);
    const args = attempt.args.map((bytes) => (bytes === null ? undefined : decode(bytes)));
    this.executions.push(`${attempt.task}(${args.map(String).join(',')})`);
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    host.started('scripted');
    const recorder = new Recorder(host, attempt.attempt);
    let outcome: Outcome;
    try {
      const value = await task.body(recorder, ...(args as never[]));
      const bytes = encode(value);
      const digest = digestOf('value', bytes);
      outcome = { kind: 'result', digest, value: { at: 'inline', bytes } };
    } catch (error) {
      outcome = thrownOutcome(error);
    }
    this.running -= 1;
    const { waves } = recorder;
    return { kind: 'ended', outcome, waves, impurities: [], durationMs: 1 };
  }
}

class Recorder implements Script {
  readonly waves: Wave[] = [];
  readonly attempt: number;
  readonly #host: AttemptHost;
  readonly #counts = new Map<string, number>();
  #wave: Observation[] = [];
  #calls = 0;

  constructor(host: AttemptHost, attempt: number) {
    this.#host = host;
    this.attempt = attempt;
  }

  async call(task: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#cut();
    const encoded = args.map((arg) => encode(arg));
    const inputs = encoded.map((bytes) => digestOf('value', bytes));
    const identity = [task, ...inputs].join('|');
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    const call = (this.#calls += 1);
    const id = task as TaskId;
    const request = { call, task: id, args: encoded, override: undefined, groups: [] };
    const reply = await this.#host.call(request);
    if (reply.kind === 'skipped') throw new Error('a single call was skipped');
    const { outcome } = reply;
    this.#observe({ kind: 'call', task: id, inputs, outcome: outcome.digest, count });
    return valueOf(outcome);
  }

  async map(task: string, items: readonly unknown[], concurrency = 64): Promise<unknown[]> {
    this.#cut();
    const encoded = items.map((item) => encode(item));
    const call = (this.#calls += 1);
    const id = task as TaskId;
    const replies = await this.#host.map({
      call,
      task: id,
      items: encoded,
      override: undefined,
      groups: [],
      concurrency,
      settled: false,
    });
    const outcomes = replies.flatMap((reply) => (reply.kind === 'outcome' ? [reply.outcome] : []));
    this.#observe({
      kind: 'map',
      task: id,
      inputs: packDigests(encoded.map((bytes) => digestOf('value', bytes))),
      outcomes: packDigests(
        replies.map((reply) => (reply.kind === 'outcome' ? reply.outcome.digest : NEVER_STARTED)),
      ),
      concurrency,
      settled: false,
    });
    return outcomes.map(valueOf);
  }

  #observe(observation: Observation): void {
    if (this.#wave.length === 0) this.waves.push(this.#wave);
    this.#wave.push(observation);
  }

  #cut(): void {
    if (this.#wave.length > 0) this.#wave = [];
  }
}

function thrownOutcome(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const thrown: ThrownRecord = {
    kind: 'error',
    error: { class: 'Thrown', name: 'Thrown', message, fields: {}, stack: '' },
  };
  const bytes = encode(thrown);
  return { kind: 'error', digest: digestOf('value', bytes), bytes, fault: 'author' };
}

function valueOf(outcome: Outcome): unknown {
  if (outcome.kind === 'result') {
    if (outcome.value.at !== 'inline') throw new Error('scripts have small results');
    return decode(outcome.value.bytes);
  }
  const thrown = decode(outcome.bytes) as ThrownRecord;
  throw new Thrown(thrown.kind === 'error' ? thrown.error.message : String(thrown.value));
}

const DEFAULTS: TaskOptions = {
  cache: { mode: 'inherit' },
  retries: { count: 0, backoff: { baseMs: 0, factor: 2, capMs: 0 } },
  timeout: {},
  resources: {},
  isolation: 'process',
  reuse: {},
  variables: {},
  secrets: [],
  strict: false,
  report: false,
  labels: {},
};

function rowsOf(program: Program): readonly TaskRow[] {
  return Object.entries(program).map(([id, task]) => ({
    id: id as TaskId,
    environment: 'test',
    parameters: ['a', 'b', 'c'].slice(0, Math.max(0, task.body.length - 1)),
    rest: false,
    options: { ...DEFAULTS, ...task.options },
  }));
}

function manifestsOf(program: Program): Map<TaskId, CodeManifest> {
  return new Map(
    Object.entries(program).map(([id, { code }]) => [
      id as TaskId,
      { task: id as TaskId, digest: digestOf('code', code), parts: [] },
    ]),
  );
}

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
}

export interface ScriptedRun {
  readonly end: RunEnd;
  readonly value: unknown;
  readonly executions: readonly string[];
  readonly finished: readonly ActionFinished[];
  readonly events: readonly RunEvent[];
  readonly peak: number;
}

export interface Stores {
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
}

export interface RunSettings {
  readonly force?: boolean;
  readonly concurrency?: number;
  readonly cpu?: number;
  readonly override?: Uint8Array;
  readonly at?: number;
  /** Called with a way to cancel the run, once it has begun. */
  readonly begun?: (cancel: () => void) => void;
}

let runs = 0;

/** Runs the program's entry task on these stores, as the command would. */
export async function runScripted(
  program: Program,
  stores: Stores,
  call: { readonly entry: string; readonly args?: readonly unknown[] } & RunSettings,
): Promise<ScriptedRun> {
  const executor = new ScriptedExecutor(program);
  const journal = new EventList();
  const platform = { node: '26', os: 'linux', arch: 'x64', libc: 'glibc' };
  const digest: Digest = digestOf('bundle', 'test');
  runs += 1;
  const started = startRun(
    {
      clock: { now: () => call.at ?? 1_000, elapsed: () => 0 },
      journal,
      ...stores,
      bundle: () => Promise.resolve({ digest, path: '', root: '', entry: '', cwd: '' }),
      executorFor: () => executor,
      code: {
        rows: new Map(rowsOf(program).map((row) => [row.id, row])),
        manifests: manifestsOf(program),
        parameters: new Map(),
        platform,
        variable: () => undefined,
        declared: () => undefined,
      },
      capacity: {
        cpu: call.cpu ?? 2,
        memoryBytes: 2 ** 30,
        gpu: 0,
        diskBytes: 2 ** 40,
        tokens: {},
      },
      changesOf: () => undefined,
    },
    {
      run: `run-${runs}` as RunId,
      task: call.entry as TaskId,
      entry: 'test',
      args: (call.args ?? []).map((arg) => encode(arg)),
      override: call.override,
      force: call.force ?? false,
      concurrency: call.concurrency,
      initiator: 'test',
      labels: {},
      bundle: digest,
      codeManifests: digest,
      process: { pid: 1, startedAt: 'then', host: 'here' },
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
  };
}

/** What the journal's fold does for real: inputs of recorded calls by digest. */
function rememberInputs(events: readonly RunEvent[], traces: TraceStore): void {
  for (const event of events) {
    if (event.kind !== 'action-started') continue;
    for (const { digest, bytes } of event.inputs) {
      if (bytes !== undefined) traces.rememberValue(digest, bytes);
    }
  }
}
