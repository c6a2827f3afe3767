import { decode, digestOf, encode, packDigests } from '@skein/values';
import type {
  Impurity,
  LogChunk,
  LogPrefix,
  Observation,
  Outcome,
  PlainObservation,
  Result,
  TaskId,
  TaskOptions,
  TaskRow,
  ThrownRecord,
  Wave,
} from '@skein/model';
import { NEVER_STARTED, chunkAfter, succeed } from '@skein/model';
import type {
  AttemptHandle,
  AttemptHost,
  AttemptRequest,
  AttemptResult,
  Executor,
  LoadReport,
  LossCause,
} from '@skein/executors';
import type { Outside } from './scripted-world.ts';

/** How a map is made; a number is its concurrency. */
export interface MapOptions {
  readonly concurrency?: number;
  readonly override?: Uint8Array;
}

/** What a scripted task may do. */
export interface Script {
  call(task: string, ...args: readonly unknown[]): Promise<unknown>;
  /** A call with options of its own, encoded. */
  overridden(
    task: string,
    override: Uint8Array | undefined,
    ...args: readonly unknown[]
  ): Promise<unknown>;
  map(task: string, items: readonly unknown[], by?: number | MapOptions): Promise<unknown[]>;
  read(path: string): string | undefined;
  list(folder: string): readonly string[];
  exists(path: string): boolean;
  variable(name: string): string | undefined;
  /** Without a text: removes it. */
  write(path: string, text?: string): void;
  /** A module variable that is filled by whoever comes first: `name ??= make()`. */
  keep<T>(name: string, make: () => T): T;
  impure(impurity: Impurity): void;
  untraceable(why: string): void;
  readonly attempt: number;
}

export type Body = (script: Script, ...args: never[]) => Promise<unknown>;

/** A task of a test: its body, its code's version and its options. */
export interface ScriptedTask {
  readonly body: Body;
  readonly code: string;
  readonly options?: Partial<TaskOptions>;
  /** It reaches module state, so what it observes may outlive it (O3). */
  readonly retains?: boolean;
  /** What analysis says of its code (O8). */
  readonly impurities?: readonly Impurity[];
  /** Of a command task. */
  readonly program?: string;
}

export type Program = Readonly<Record<string, ScriptedTask>>;

/** What a body throws to fail as an author would. */
export class Thrown extends Error {
  override readonly name = 'Thrown';
}

/** What a body throws to lose its process, by a fault of the system or a limit of its own. */
export class Lost extends Error {
  readonly why: LossCause;

  constructor(why: LossCause, message = `lost by ${why}`) {
    super(message);
    this.why = why;
  }
}

/** An executor whose workers are functions of the test. It cuts waves by T1 on its own. */
export class ScriptedExecutor implements Executor {
  readonly name = 'scripted';
  readonly executions: string[] = [];
  readonly requests: AttemptRequest[] = [];
  /** The options each execution was given. */
  readonly options: TaskOptions[] = [];
  readonly #program: Program;
  readonly #outside: Outside;
  readonly #process = new ScriptedProcess();
  running = 0;
  peak = 0;

  constructor(program: Program, outside: Outside) {
    this.#program = program;
    this.#outside = outside;
  }

  load(): Promise<Result<LoadReport>> {
    return Promise.resolve(succeed({ rows: rowsOf(this.#program), log: null }));
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
    this.options.push(attempt.options);
    this.requests.push(attempt);
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    host.started('scripted');
    const recorder = new Recorder(attempt, host, {
      outside: this.#outside,
      process: this.#process,
    });
    let outcome: Outcome;
    try {
      const value = await task.body(recorder, ...(args as never[]));
      const bytes = encode(value);
      const digest = digestOf('value', bytes);
      outcome = { kind: 'result', digest, value: { at: 'inline', bytes } };
    } catch (error) {
      if (error instanceof Lost) {
        this.running -= 1;
        return { kind: 'lost', cause: error.why, message: error.message };
      }
      outcome = thrownOutcome(error);
    }
    this.running -= 1;
    const { waves, impurities, why } = recorder;
    const log = this.#process.prefix();
    for (const chunk of this.#process.chunks) host.extended(chunk);
    const untraceable = why === undefined ? {} : { untraceable: why };
    return { kind: 'ended', outcome, waves, log, impurities, ...untraceable, durationMs: 1 };
  }
}

/** The one worker process of a run: its module variables and its log. */
class ScriptedProcess {
  readonly memory = new Map<string, unknown>();
  readonly chunks: LogChunk[] = [];
  #entries: Observation[] = [];
  readonly #seen = new Set<string>();

  log(seen: Observation): void {
    const entry = seen.kind === 'call' ? { ...seen, count: 0 } : seen;
    const name = JSON.stringify(entry);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#entries.push(entry);
  }

  prefix(): LogPrefix | null {
    const last = this.chunks.at(-1);
    const previous = last === undefined ? null : { length: last.length, digest: last.digest };
    if (this.#entries.length === 0) return previous;
    const chunk = chunkAfter(previous, this.#entries);
    this.#entries = [];
    this.chunks.push(chunk);
    return { length: chunk.length, digest: chunk.digest };
  }
}

class Recorder implements Script {
  readonly waves: Wave[] = [];
  readonly impurities: Impurity[] = [];
  why: string | undefined;
  readonly attempt: number;
  readonly #request: AttemptRequest;
  readonly #host: AttemptHost;
  readonly #within: { readonly outside: Outside; readonly process: ScriptedProcess };
  readonly #counts = new Map<string, number>();
  #wave: Observation[] = [];
  #calls = 0;

  constructor(
    request: AttemptRequest,
    host: AttemptHost,
    within: { readonly outside: Outside; readonly process: ScriptedProcess },
  ) {
    this.#request = request;
    this.#host = host;
    this.#within = within;
    this.attempt = request.attempt;
  }

  call(task: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.overridden(task, undefined, ...args);
  }

  async overridden(
    task: string,
    override: Uint8Array | undefined,
    ...args: readonly unknown[]
  ): Promise<unknown> {
    this.#cut();
    const encoded = args.map((arg) => encode(arg));
    const inputs = encoded.map((bytes) => digestOf('value', bytes));
    const identity = [task, ...inputs].join('|');
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    const call = (this.#calls += 1);
    const id = task as TaskId;
    const request = { call, task: id, args: encoded, override, groups: [] };
    const reply = await this.#host.call(request);
    if (reply.kind === 'skipped') throw new Error('a single call was skipped');
    const { outcome } = reply;
    const seen = { kind: 'call', task: id, inputs, outcome: outcome.digest, count } as const;
    this.#observe(override === undefined ? seen : { ...seen, override });
    return valueOf(outcome);
  }

  async map(
    task: string,
    items: readonly unknown[],
    by: number | MapOptions = {},
  ): Promise<unknown[]> {
    const options = typeof by === 'number' ? { concurrency: by } : by;
    const { concurrency = 64, override } = { override: undefined, ...options };
    this.#cut();
    const encoded = items.map((item) => encode(item));
    const call = (this.#calls += 1);
    const id = task as TaskId;
    const replies = await this.#host.map({
      call,
      task: id,
      items: encoded,
      override,
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
      ...(override === undefined ? {} : { override }),
    });
    return outcomes.map(valueOf);
  }

  read(path: string): string | undefined {
    this.#look({ kind: 'file', path, digest: null });
    return this.#within.outside.files.get(path);
  }

  list(folder: string): readonly string[] {
    this.#look({ kind: 'listing', path: folder, digest: null });
    return this.#within.outside.list(folder);
  }

  exists(path: string): boolean {
    this.#look({ kind: 'stat', path, aspect: 'exists', digest: null });
    return this.#within.outside.exists(path);
  }

  variable(name: string): string | undefined {
    this.#look({ kind: 'variable', name, digest: null });
    return this.#within.outside.variables.get(name);
  }

  write(path: string, text?: string): void {
    this.untraceable(`it wrote "${path}"`);
    this.#host.wrote(path);
    if (text === undefined) this.#within.outside.files.delete(path);
    else this.#within.outside.files.set(path, text);
  }

  keep<T>(name: string, make: () => T): T {
    const { memory } = this.#within.process;
    if (!memory.has(name)) memory.set(name, make());
    return memory.get(name) as T;
  }

  impure(impurity: Impurity): void {
    this.impurities.push(impurity);
  }

  untraceable(why: string): void {
    this.why ??= why;
  }

  #look(seen: PlainObservation): void {
    this.#observe({ ...seen, digest: this.#within.outside.digestOf(seen) });
  }

  #observe(observation: Observation): void {
    if (this.#wave.length === 0) this.waves.push(this.#wave);
    this.#wave.push(observation);
    if (this.#request.retains) this.#within.process.log(observation);
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

export function valueOf(outcome: Outcome): unknown {
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
  network: false,
  reuse: {},
  variables: {},
  secrets: [],
  strict: false,
  report: false,
  labels: {},
};

export function rowsOf(program: Program): readonly TaskRow[] {
  return Object.entries(program).map(([id, task]) => ({
    id: id as TaskId,
    environment: 'test',
    parameters: ['a', 'b', 'c'].slice(0, Math.max(0, task.body.length - 1)),
    rest: false,
    options: { ...DEFAULTS, ...task.options },
    ...(task.program === undefined ? {} : { program: task.program }),
  }));
}
