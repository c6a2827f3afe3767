import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Console } from 'node:console';
import type { Digest } from '@skein/values';
import { invoke } from '@skein/sdk';
import type {
  ActionScope,
  FileHost,
  Logger,
  ProgramStart,
  ScopedCall,
  ScopedCheckpoint,
  ScopedMap,
} from '@skein/sdk';
import type { FailureError, LogPrefix, Outcome } from '@skein/model';
import { observeStart } from '@skein/tracking';
import { ActionOutput } from './action-output.ts';
import { ActionWatcher } from './action-watcher.ts';
import { decodeArgs } from './arguments.ts';
import { currentGroups, currentOwner, ourselves, runAs } from './attribution.ts';
import type { Owner } from './attribution.ts';
import { presentLine } from './author-line.ts';
import { CheckpointBody } from './checkpoint-body.ts';
import { consoleOver } from './console-capture.ts';
import type { LogSink } from './console-capture.ts';
import { currentBody, DurableCalls } from './durable-calls.ts';
import type { AttemptHost, AttemptResult } from './executor.ts';
import type { RunOrder } from './message.ts';
import { OpenCalls } from './open-calls.ts';
import { packResult } from './pack-result.ts';
import type { Services } from './services.ts';
import { stopError } from './stop-error.ts';
import { joinImpurities } from './process-log.ts';
import { removeFolder } from './remove-folder.ts';
import {
  impureUnderStrict,
  insideCheckpoint,
  noSuchTask,
  outsideAction,
  SCRATCH_NAMED,
  whyLeft,
} from './refusal.ts';
import { faultOfResult, isFullDisk, thrownOutcome } from './thrown.ts';
import type { VariableView } from './variables.ts';
import { WaveRecorder } from './waves.ts';
import type { Recorded } from './waves.ts';

export interface ActionSettings {
  readonly order: RunOrder;
  readonly host: AttemptHost;
  readonly services: Services;
  /** Told when the action begins to wait for calls, and when it goes on. */
  readonly onWaiting: (waiting: boolean) => void;
}

/** How the task's function ended. */
type Ending =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly thrown: unknown };

interface Conclusion {
  readonly outcome: Outcome;
  readonly recorded: Recorded;
  readonly log: LogPrefix | null;
  readonly began: number;
}

/** The action that the present code belongs to, whether it still runs or not. */
export function currentAction(): RunningAction | undefined {
  const owner = currentOwner();
  const action = owner instanceof CheckpointBody ? owner.action : owner;
  return action instanceof RunningAction ? action : undefined;
}

/**
 * One attempt at an action while its code runs, and what the SDK offers to that code.
 *
 * R1: nothing of it is observed, called or logged after it ended.
 * R2: it ends once: by its function, by an error raised past it, never by both.
 */
export class RunningAction implements ActionScope, LogSink, Owner, VariableView {
  readonly watcher: ActionWatcher;
  readonly #order: RunOrder;
  readonly #host: AttemptHost;
  readonly #services: Services;
  readonly #recorder = new WaveRecorder();
  readonly #calls: OpenCalls;
  /** Most actions have no checkpoint. */
  #durable: DurableCalls | undefined;
  #finish: ((ending: Ending) => void) | undefined;
  #controller: AbortController | undefined;
  #stopping: 'timeout' | 'cancelled' | undefined;
  #ended = false;
  #scratch: string | undefined;
  #console: Console | undefined;
  #output: ActionOutput | undefined;

  constructor({ order, host, services, onWaiting }: ActionSettings) {
    this.#order = order;
    this.#host = host;
    this.#services = services;
    const { retains, strict } = order;
    const recorder = this.#recorder;
    const { log } = services;
    this.#calls = new OpenCalls({ host, services, recorder, onWaiting, retains });
    this.watcher = new ActionWatcher({
      recorder,
      log,
      host,
      retains,
      strict,
      raise: (error) => this.raise(error),
    });
  }

  get logger(): Logger {
    return this.console;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get run(): string {
    this.#contextRead('run');
    return this.#order.run;
  }

  get action(): number {
    this.#contextRead('action');
    return this.#order.action;
  }

  get attempt(): number {
    this.#contextRead('attempt');
    return this.#order.attempt;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopping !== undefined) this.#controller.abort(stopError(this.#stopping));
    return this.#controller.signal;
  }

  get console(): Console {
    this.#console ??= consoleOver((stream, text) => this.write(stream, text));
    return this.#console;
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (this.#ended) return;
    this.#output ??= new ActionOutput(this.#host, this.#services);
    this.#output.write(stream, text);
  }

  print(stream: 'stdout' | 'stderr', text: string): void {
    this.write(stream, text);
  }

  get contained(): boolean {
    return this.#services.contained;
  }

  start<T>(program: ProgramStart, spawn: () => T): T {
    observeStart(program);
    return ourselves(spawn);
  }

  scratch(): string {
    if (this.#scratch === undefined) {
      const { run, action, attempt } = this.#order;
      this.#scratch = join(this.#services.scratch, `${run}-${action}-${attempt}`);
      const folder = this.#scratch;
      ourselves(() => mkdirSync(folder, { recursive: true }));
    }
    return this.#scratch;
  }

  progress(done: number, total?: number): void {
    if (!this.#ended) this.#host.progressed(done, total);
  }

  call(request: ScopedCall): Promise<unknown> {
    const refused = this.#refusedCall(request.task.name);
    if (refused !== undefined) return Promise.reject(refused);
    return this.#calls.call(request, currentGroups());
  }

  map(request: ScopedMap): Promise<unknown[]> {
    const refused = this.#refusedCall(request.task.name);
    if (refused !== undefined) return Promise.reject(refused);
    return this.#calls.map(request, currentGroups());
  }

  async group<T>(name: string, fn: () => Promise<T>): Promise<T> {
    return await runAs(currentBody() ?? this, fn, [...currentGroups(), name]);
  }

  async checkpoint(call: ScopedCheckpoint): Promise<unknown> {
    return await this.#records().checkpoint(call);
  }

  async save(value: unknown): Promise<void> {
    await this.#records().save(value);
  }

  async load(): Promise<unknown> {
    return await this.#records().load();
  }

  get files(): FileHost {
    return this.#services.files;
  }

  get visible(): Record<string, string | undefined> {
    return this.#services.variables.visible;
  }

  get hidden(): Readonly<Record<string, string>> {
    return this.#services.variables.hidden;
  }

  artifactOf(file: Digest): Promise<Digest | undefined> {
    return this.#host.artifactOf(file);
  }

  /** Ends the action with an error that no `catch` of the task can take back. */
  raise(thrown: unknown): void {
    this.#finish?.({ kind: 'threw', thrown });
  }

  /** Asks the task to end: its signal aborts, and its calls reject. */
  stop(reason: 'timeout' | 'cancelled'): void {
    if (this.#ended || this.#stopping !== undefined) return;
    this.#stopping = reason;
    const error = stopError(reason);
    // Who listens is the author's code, wherever the order to stop comes from.
    runAs(this, () => this.#controller?.abort(error));
    this.#calls.rejectAll(error);
  }

  /** Runs the task's function to its end; never rejects. */
  execute(): Promise<AttemptResult> {
    return runAs(this, () => this.#execute());
  }

  async #execute(): Promise<AttemptResult> {
    const began = this.#services.elapsed();
    const ending = this.#endCalls(await this.#runFunction());
    this.#output?.end();
    this.#ended = true;
    this.watcher.end();
    this.#refuseLeft();
    const result = await this.#conclude(ending, began);
    const scratch = this.#scratch;
    if (scratch !== undefined) {
      await ourselves(() => removeFolder(scratch));
    }
    return result;
  }

  #runFunction(): Promise<Ending> {
    return new Promise((resolve) => {
      this.#finish = resolve;
      const threw = (thrown: unknown): void => resolve({ kind: 'threw', thrown });
      try {
        const { registry } = this.#services;
        const task = registry.task(this.#order.task);
        if (task === undefined) throw noSuchTask(this.#order.task);
        this.#refuseImpureProcess();
        const args = decodeArgs(this.#order.args, registry);
        invoke(task, args).then((value) => resolve({ kind: 'returned', value }), threw);
      } catch (thrown) {
        threw(thrown);
      }
    });
  }

  /** What every action of this process has in it: the clock that a module looked at, say. */
  #refuseImpureProcess(): void {
    const impurity = this.#services.log.outsideImpurity;
    if (this.#order.strict && impurity !== undefined) throw impureUnderStrict(impurity);
  }

  async #conclude(ending: Ending, began: number): Promise<AttemptResult> {
    if (this.#stopping !== undefined) return { kind: 'stopped', reason: this.#stopping };
    try {
      let outcome = this.#outcomeOf(ending);
      if (outcome instanceof Promise) outcome = await outcome;
      return await this.#endedBy(outcome, began);
    } catch (thrown) {
      if (isFullDisk(thrown)) return { kind: 'lost', cause: 'disk-full', message: thrown.message };
      const fault = ending.kind === 'threw' ? 'author' : faultOfResult(thrown);
      return await this.#endedBy(thrownOutcome(thrown, fault, this.#services), began);
    }
  }

  /** Throws what the task threw, and what is wrong with its result. */
  #outcomeOf(ending: Ending): Outcome | Promise<Outcome> {
    if (ending.kind === 'threw') throw ending.thrown;
    const encoded = (bytes: Uint8Array): void => this.#refuseScratch(bytes);
    return packResult(ending.value, this.#services, { encoded });
  }

  /** Others find it by its name, but only while this process lives (O5). */
  #refuseLeft(): void {
    for (const left of this.watcher.left) {
      const isOwn = this.#scratch !== undefined && left.path.startsWith(join(this.#scratch, '/'));
      if (isOwn || !ourselves(() => existsSync(left.path))) continue;
      this.#recorder.untraceable(whyLeft(left));
      return;
    }
  }

  /** A path in a scratch folder names nothing by the time that a later run reuses it (O5). */
  #refuseScratch(bytes: Uint8Array): void {
    const { scratch } = this.#services;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (text.includes(scratch)) this.#recorder.untraceable(SCRATCH_NAMED);
  }

  /** Everything that was observed is known before the end is told. */
  #endedBy(outcome: Outcome, began: number): AttemptResult | Promise<AttemptResult> {
    const recorded = this.#recorder.finish();
    const prefix = this.#services.log.prefix();
    if (!(recorded instanceof Promise) && !(prefix instanceof Promise)) {
      return this.#resultOf({ outcome, recorded, log: prefix, began });
    }
    return Promise.all([recorded, prefix]).then(([known, log]) =>
      this.#resultOf({ outcome, recorded: known, log, began }),
    );
  }

  #resultOf({ outcome, recorded, log, began }: Conclusion): AttemptResult {
    const { log: processLog, listener, elapsed } = this.#services;
    for (const chunk of listener.take()) this.#host.extended(chunk);
    const untraceable =
      this.#calls.untraceable ??
      recorded.untraceable ??
      processLog.lacking(this.#recorder.logs) ??
      processLog.untraceable;
    return {
      kind: 'ended',
      outcome,
      waves: recorded.waves,
      log,
      impurities: joinImpurities(recorded.impurities, processLog.impurities),
      ...(untraceable !== undefined && { untraceable }),
      durationMs: elapsed() - began,
    };
  }

  /** Why a task cannot be called here. */
  #refusedCall(task: string): FailureError | undefined {
    if (this.#ended) return outsideAction(`task '${task}'`);
    const body = currentBody();
    return body && insideCheckpoint(`task '${task}'`, body.call.checkpoint);
  }

  #records(): DurableCalls {
    if (this.#ended) throw outsideAction('a checkpoint or the snapshot');
    this.#durable ??= new DurableCalls({
      action: this,
      host: this.#host,
      services: this.#services,
      recorder: this.#recorder,
      watcher: this.watcher,
      retains: this.#order.retains,
      callsUntraceable: () => this.#calls.untraceable,
      ownScratch: () => this.#scratch,
      goesOn: () => {
        if (this.#stopping !== undefined) throw stopError(this.#stopping);
        if (this.#ended) throw outsideAction('a checkpoint or the snapshot');
      },
    });
    return this.#durable;
  }

  /** A call without an outcome is cancelled with its caller, and makes it irreproducible (O8). */
  #endCalls(ending: Ending): Ending {
    const [first, ...others] = this.#calls.abandonAll();
    if (first === undefined) return ending;
    for (const what of [first, ...others]) {
      this.#recorder.impure({ kind: 'open-call', what });
      if (this.#order.retains) this.#services.log.impure({ kind: 'open-call', what });
    }
    if (!this.#order.strict || ending.kind === 'threw') return ending;
    return { kind: 'threw', thrown: impureUnderStrict({ kind: 'open-call', what: first }) };
  }

  #contextRead(name: string): void {
    const what = `context().${name}`;
    const watcher = currentBody()?.watcher ?? this.watcher;
    if (watcher.knows('context', what)) return;
    const at = presentLine(this.#services.sources);
    watcher.impure({ kind: 'context', what, ...(at !== undefined && { at }) });
  }
}
