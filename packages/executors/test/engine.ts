import { decode, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import {
  applyOverride,
  createRegistry,
  decodeThrown,
  encodeThrown,
  reviveError,
  reviveReference,
} from '@skein/sdk';
import { SnapshotFold } from '@skein/model';
import type {
  CheckpointCall,
  Fault,
  LogChunk,
  LogPrefix,
  Observation,
  Outcome,
  ResolvedImage,
  RunId,
  SavedSnapshot,
  TaskId,
  TaskOptions,
  TaskRow,
} from '@skein/model';
import type {
  AttemptHandle,
  AttemptHost,
  AttemptResult,
  BundleLocation,
  CallReply,
  CallRequest,
  CheckpointAnswer,
  EndedCheckpoint,
  Executor,
  MapCallRequest,
} from '../src/executor.ts';

export type Ended = Extract<AttemptResult, { kind: 'ended' }>;

export interface LogLine {
  readonly task: string;
  readonly stream: string;
  readonly text: string;
}

interface Node {
  readonly task: TaskId;
  readonly parent: number;
  readonly options: TaskOptions;
  readonly args: readonly (Uint8Array | null)[];
  readonly record?: FakeRecord | undefined;
  readonly devices?: readonly string[] | undefined;
}

/** What was told of logs, by the digests of the chunks: executors outlive engines. */
const told = new WeakMap<Executor, Map<Digest, LogChunk>>();

/** What one action has on record, from attempt to attempt; every checkpoint has the same code. */
export class FakeRecord {
  readonly ended: EndedCheckpoint[] = [];
  readonly saved: SavedSnapshot[] = [];
  /** Called before a record is acknowledged. */
  beforeRecorded: () => Promise<void> = () => Promise.resolve();

  /** `name count`, in the order of the records. */
  get names(): readonly string[] {
    return this.ended.map(({ checkpoint, count }) => `${checkpoint.replace(/.*#/, '')} ${count}`);
  }

  find(call: CheckpointCall): CheckpointAnswer | null {
    const isSame = (one: CheckpointCall): boolean =>
      one.checkpoint === call.checkpoint && one.args === call.args && one.count === call.count;
    return this.ended.find(isSame) ?? null;
  }
}

/** What all attempts of an engine have in common. */
export interface EngineTerms {
  /** The image that they run in; absent: none. */
  readonly image?: ResolvedImage | undefined;
  /** Options of those that tests make, over those of their tasks; calls have their own. */
  readonly options?: Partial<TaskOptions> | undefined;
}

/** The least that can stand in for the engine: every call executes, nothing is kept. */
export class FakeEngine {
  readonly log: LogLine[] = [];
  readonly progress: string[] = [];
  readonly workers: string[] = [];
  readonly abandoned: string[] = [];
  readonly groups: (readonly string[])[] = [];
  readonly results = new Map<number, AttemptResult>();
  readonly artifacts = new Map<Digest, Digest>();
  readonly handles = new Map<number, AttemptHandle>();
  /** Calls of these tasks end by a fault of the system's. */
  readonly faults = new Map<string, Fault>();
  /** Options that calls of a task, and attempts at it, get on top of its own. */
  readonly override = new Map<string, Partial<TaskOptions>>();
  /** Tasks whose observations go to the log of their process too. */
  readonly retaining = new Set<string>();
  /** Paths in the order in which it was told that they are written. */
  readonly written: string[] = [];
  /** Called before a call is answered: tests decide who is first. */
  beforeReply: (request: CallRequest) => Promise<void> = () => Promise.resolve();
  readonly #executor: Executor;
  readonly #bundle: BundleLocation;
  readonly #terms: EngineTerms;
  #rows: Promise<ReadonlyMap<TaskId, TaskRow>> | undefined;
  readonly #chunks: Map<Digest, LogChunk>;
  #actions = 0;

  constructor(executor: Executor, bundle: BundleLocation, terms: EngineTerms = {}) {
    this.#terms = terms;
    this.#executor = executor;
    this.#bundle = bundle;
    const chunks = told.get(executor) ?? new Map<Digest, LogChunk>();
    told.set(executor, chunks);
    this.#chunks = chunks;
  }

  /** Resolves once `condition` holds. */
  async when(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Everything in the beginning of a log that a result names. */
  logged(prefix: LogPrefix | null): readonly Observation[] {
    if (prefix === null) return [];
    const { previous, observations, length } = this.#mustChunk(prefix);
    if (length !== prefix.length) throw new Error('a prefix has the length of its chunk');
    return [...this.logged(previous), ...observations];
  }

  /** Uses a table that is known already. */
  tableOf(rows: ReadonlyMap<TaskId, TaskRow>): void {
    this.#rows = Promise.resolve(rows);
  }

  async table(): Promise<ReadonlyMap<TaskId, TaskRow>> {
    this.#rows ??= this.#load();
    return await this.#rows;
  }

  /** What an attempt came to; throws what it threw. */
  valueOf(result: AttemptResult): unknown {
    if (result.kind !== 'ended') throw new Error(`not ended: ${JSON.stringify(result)}`);
    return reveal(result.outcome);
  }

  /** Runs a task to its result; throws what it threw. */
  async run(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const ended = await this.ended(name, ...args);
    return reveal(ended.outcome);
  }

  async ended(name: string, ...args: readonly unknown[]): Promise<Ended> {
    const result = await this.attempt(name, args);
    if (result.kind !== 'ended') throw new Error(`not ended: ${JSON.stringify(result)}`);
    return result;
  }

  async attempt(
    name: string,
    args: readonly unknown[],
    given: {
      readonly options?: Partial<TaskOptions>;
      readonly alone?: boolean;
      readonly record?: FakeRecord;
      readonly devices?: readonly string[];
    } = {},
  ): Promise<AttemptResult> {
    const task = `src/main.ts#${name}` as TaskId;
    const row = (await this.table()).get(task);
    if (row === undefined) throw new Error(`no task ${task}`);
    const node = {
      task,
      parent: 0,
      options: {
        ...row.options,
        ...this.#terms.options,
        ...this.override.get(task),
        ...given.options,
      },
      args: args.map((arg) => encode(arg)),
      record: given.record,
      devices: given.devices,
    };
    return await this.#execute(node, given.alone ?? false);
  }

  async #execute(node: Node, alone: boolean): Promise<AttemptResult> {
    this.#actions += 1;
    const action = this.#actions;
    const { task, parent, options, args } = node;
    const { image } = this.#terms;
    const handle = this.#executor.execute(
      {
        run: 'run-1' as RunId,
        action,
        attempt: 1,
        parent,
        task,
        bundle: this.#bundle,
        args,
        options,
        alone,
        retains: this.retaining.has(task),
        ...(node.devices !== undefined && { devices: node.devices }),
        ...(image !== undefined && { image }),
      },
      this.#hostOf(action, node),
    );
    this.handles.set(action, handle);
    const result = await handle.done;
    this.results.set(action, result);
    if (result.kind === 'ended') this.logged(result.log);
    return result;
  }

  #hostOf(action: number, node: Node): AttemptHost {
    const { record = new FakeRecord() } = node;
    return {
      started: (worker) => this.workers.push(worker),
      call: (request) => this.#call(action, request),
      map: (request) => this.#map(action, request),
      abandon: (call) => this.abandoned.push(`${node.task} ${call}`),
      logged: (stream, text) => this.log.push({ task: node.task, stream, text }),
      progressed: (done, total) => this.progress.push(`${done}/${total}`),
      artifactOf: (file) => Promise.resolve(this.artifacts.get(file)),
      extended: (chunk) => this.#keep(chunk),
      wrote: (path) => this.written.push(path),
      checkpoint: (call) => Promise.resolve(record.find(call)),
      checkpointed: async (ended) => {
        this.#mustKnow(ended.observed.log);
        record.ended.push(ended);
        await record.beforeRecorded();
      },
      snapshot: () => Promise.resolve(wholeOf(record.saved)),
      snapshotSaved: async (snapshot) => {
        this.#mustKnow(snapshot.observed.log);
        record.saved.push(snapshot);
        await record.beforeRecorded();
      },
    };
  }

  async #call(parent: number, request: CallRequest): Promise<CallReply> {
    this.groups.push(request.groups);
    const row = (await this.table()).get(request.task);
    if (row === undefined) throw new Error(`no task ${request.task}`);
    const { task, args, override } = request;
    const fault = this.faults.get(task);
    if (fault !== undefined) return { kind: 'outcome', outcome: faultOutcome(fault) };
    const own = { ...row.options, ...this.override.get(task) };
    const options = override === undefined ? own : overridden(own, override);
    const result = await this.#execute({ task, parent, options, args }, false);
    await this.beforeReply(request);
    if (result.kind !== 'ended') throw new Error(`a call: ${JSON.stringify(result)}`);
    return { kind: 'outcome', outcome: result.outcome };
  }

  async #map(parent: number, request: MapCallRequest): Promise<readonly CallReply[]> {
    const replies: CallReply[] = request.items.map(() => ({ kind: 'skipped' }));
    let next = 0;
    let failed = false;
    const work = async (): Promise<void> => {
      for (let index = next++; index < request.items.length; index = next++) {
        if (failed && !request.settled) return;
        const item = request.items[index] as Uint8Array;
        const { call, task, override, groups } = request;
        const reply = await this.#call(parent, { call, task, args: [item], override, groups });
        failed ||= reply.kind === 'outcome' && reply.outcome.kind === 'error';
        replies[index] = reply;
      }
    };
    await Promise.all(Array.from({ length: request.concurrency }, work));
    return replies;
  }

  #keep(chunk: LogChunk): void {
    const { previous, digest } = chunk;
    if (previous !== null) this.#mustChunk(previous);
    this.#chunks.set(digest, chunk);
  }

  #mustKnow(prefix: LogPrefix | null): void {
    if (prefix !== null) this.#mustChunk(prefix);
  }

  #mustChunk({ digest }: LogPrefix): LogChunk {
    const chunk = this.#chunks.get(digest);
    if (chunk === undefined) throw new Error('a chunk is named before it was told');
    return chunk;
  }

  async #load(): Promise<ReadonlyMap<TaskId, TaskRow>> {
    const report = await this.#executor.load(this.#bundle);
    if (!report.ok) throw new Error(JSON.stringify(report.failure));
    if (report.value.log !== null) this.#keep(report.value.log);
    return new Map(report.value.rows.map((row) => [row.id, row]));
  }
}

function overridden(options: TaskOptions, override: Uint8Array): TaskOptions {
  const applied = applyOverride(options, override);
  if (!applied.ok) throw new Error(applied.failure.headline);
  return applied.value;
}

function faultOutcome(fault: Fault): Outcome {
  const record = { kind: 'value', value: fault } as const;
  return { kind: 'error', ...encodeThrown(record), fault };
}

/** The value of an outcome, or its error thrown. */
export function reveal(outcome: Outcome): unknown {
  const registry = createRegistry();
  if (outcome.kind === 'error') {
    throw reviveError(decodeThrown(outcome.bytes), registry);
  }
  if (outcome.value.at === 'artifact') throw new Error('the value lies in an artifact');
  return decode(outcome.value.bytes, {
    revive: (reference) => reviveReference(reference, registry),
  });
}

/** What the saves of an action come to. */
function wholeOf(saved: readonly SavedSnapshot[]): SavedSnapshot | null {
  const fold = new SnapshotFold();
  for (const one of saved) fold.add(one);
  return fold.whole() ?? null;
}
