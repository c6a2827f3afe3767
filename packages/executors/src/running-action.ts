import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Console } from 'node:console';
import { encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { authorFrames, CancelledError, invoke, TimeoutError } from '@skein/sdk';
import type { ActionScope, FileHost, Logger, ScopedCall, ScopedMap } from '@skein/sdk';
import { FailureError } from '@skein/model';
import type { Outcome } from '@skein/model';
import { decodeArgs } from './arguments.ts';
import { consoleOver } from './console-capture.ts';
import type { LogSink } from './console-capture.ts';
import type { AttemptHost, AttemptResult } from './executor.ts';
import type { RunOrder } from './message.ts';
import { OpenCalls } from './open-calls.ts';
import { DEFAULT_BUDGET, OutputLimit } from './output-limit.ts';
import { packResult } from './pack-result.ts';
import type { Services } from './services.ts';
import { faultOfResult, isInstance, placeStack, thrownOutcome } from './thrown.ts';
import type { VariableView } from './variables.ts';
import { WaveRecorder } from './waves.ts';

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

/** What asynchronous code belongs to (O9). */
interface ActionContext {
  readonly action: RunningAction;
  /** Names given by `group`, outermost first. */
  readonly groups: readonly string[];
}

const actionContext = new AsyncLocalStorage<ActionContext>();

/** The action that the present code belongs to, whether it still runs or not. */
export function currentAction(): RunningAction | undefined {
  return actionContext.getStore()?.action;
}

/**
 * One attempt at an action while its code runs, and what the SDK offers to that code.
 *
 * R1: nothing of it is observed, called or logged after it ended.
 * R2: it ends once: by its function, by an error raised past it, never by both.
 */
export class RunningAction implements ActionScope, LogSink, VariableView {
  readonly #order: RunOrder;
  readonly #host: AttemptHost;
  readonly #services: Services;
  readonly #recorder = new WaveRecorder();
  readonly #calls: OpenCalls;
  #finish: ((ending: Ending) => void) | undefined;
  #controller: AbortController | undefined;
  #stopping: 'timeout' | 'cancelled' | undefined;
  #ended = false;
  #scratch: string | undefined;
  #console: Console | undefined;
  #output: OutputLimit | undefined;

  constructor({ order, host, services, onWaiting }: ActionSettings) {
    this.#order = order;
    this.#host = host;
    this.#services = services;
    this.#calls = new OpenCalls({ host, services, recorder: this.#recorder, onWaiting });
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
    this.#output ??= new OutputLimit(DEFAULT_BUDGET, this.#services.elapsed);
    const kept = this.#output.pass(this.#services.secrets.mask(text));
    if (kept !== '') this.#host.logged(stream, kept);
  }

  scratch(): string {
    if (this.#scratch === undefined) {
      const { run, action, attempt } = this.#order;
      this.#scratch = join(this.#services.scratch, `${run}-${action}-${attempt}`);
      mkdirSync(this.#scratch, { recursive: true });
    }
    return this.#scratch;
  }

  progress(done: number, total?: number): void {
    if (!this.#ended) this.#host.progressed(done, total);
  }

  call(request: ScopedCall): Promise<unknown> {
    if (this.#ended) return Promise.reject(outsideAction(request.task.name));
    return this.#calls.call(request, actionContext.getStore()?.groups ?? []);
  }

  map(request: ScopedMap): Promise<unknown[]> {
    if (this.#ended) return Promise.reject(outsideAction(request.task.name));
    return this.#calls.map(request, actionContext.getStore()?.groups ?? []);
  }

  async group<T>(name: string, fn: () => Promise<T>): Promise<T> {
    const groups = [...(actionContext.getStore()?.groups ?? []), name];
    return await actionContext.run({ action: this, groups }, fn);
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

  read(name: string, value: string | undefined): void {
    if (this.#ended) return;
    const digest = value === undefined ? null : inputDigest(encode(value));
    this.#recorder.readVariable(name, digest);
  }

  wrote(name: string): void {
    if (this.#ended) return;
    this.#recorder.impure({ kind: 'module-state', what: `process.env.${name}` });
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
    this.#controller?.abort(error);
    this.#calls.rejectAll(error);
  }

  /** Runs the task's function to its end; never rejects. */
  execute(): Promise<AttemptResult> {
    return actionContext.run({ action: this, groups: [] }, () => this.#execute());
  }

  async #execute(): Promise<AttemptResult> {
    const began = this.#services.elapsed();
    const ending = await this.#runFunction();
    this.#endCalls();
    const note = this.#output?.note() ?? '';
    if (note !== '') this.#host.logged('stderr', note);
    this.#ended = true;
    const result = await this.#conclude(ending, began);
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true });
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
        const args = decodeArgs(this.#order.args, registry);
        invoke(task, args).then((value) => resolve({ kind: 'returned', value }), threw);
      } catch (thrown) {
        threw(thrown);
      }
    });
  }

  async #conclude(ending: Ending, began: number): Promise<AttemptResult> {
    if (this.#stopping !== undefined) return { kind: 'stopped', reason: this.#stopping };
    try {
      let outcome = this.#outcomeOf(ending);
      if (outcome instanceof Promise) outcome = await outcome;
      return this.#endedBy(outcome, began);
    } catch (thrown) {
      if (isFullDisk(thrown)) return { kind: 'lost', cause: 'disk-full', message: thrown.message };
      const fault = ending.kind === 'threw' ? 'author' : faultOfResult(thrown);
      return this.#endedBy(thrownOutcome(thrown, fault, this.#services), began);
    }
  }

  /** Throws what the task threw, and what is wrong with its result. */
  #outcomeOf(ending: Ending): Outcome | Promise<Outcome> {
    if (ending.kind === 'threw') throw ending.thrown;
    return packResult(ending.value, this.#services);
  }

  #endedBy(outcome: Outcome, began: number): AttemptResult {
    const { waves, impurities } = this.#recorder.finish();
    const { untraceable } = this.#calls;
    const durationMs = this.#services.elapsed() - began;
    const ended = { kind: 'ended', outcome, waves, impurities, durationMs } as const;
    return untraceable === undefined ? ended : { ...ended, untraceable };
  }

  /** A call without an outcome is cancelled with its caller, and makes it irreproducible (O8). */
  #endCalls(): void {
    for (const task of this.#calls.abandonAll()) {
      this.#recorder.impure({ kind: 'open-call', what: task });
    }
  }

  #contextRead(what: string): void {
    if (this.#ended) return;
    const [frame = ''] = authorFrames(new Error().stack ?? '');
    const [at] = /[^\s()]+:\d+:\d+(?=\)?$)/.exec(placeStack(frame, this.#services.sources)) ?? [];
    this.#recorder.impure({ kind: 'context', what, ...(at !== undefined && { at }) });
  }
}

function stopError(reason: 'timeout' | 'cancelled'): Error {
  return reason === 'timeout'
    ? new TimeoutError('run')
    : new CancelledError('the action was cancelled');
}

function isFullDisk(error: unknown): error is Error {
  if (isInstance(error, FailureError)) return error.failure.code === 'disk-full';
  return isInstance(error, Error) && ownValue(error, 'code') === 'ENOSPC';
}

/** A getter of the author's is not asked: it may throw, or do anything. */
function ownValue(error: Error, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(error, name)?.value;
  } catch {
    return undefined;
  }
}

function outsideAction(task: string): FailureError {
  return new FailureError({
    code: 'call-outside-action',
    kind: 'usage',
    headline: `task '${task}' was called by an action that has ended`,
    facts: [['task', task]],
    hint: 'await the call before the task returns',
  });
}

function noSuchTask(id: string): FailureError {
  return new FailureError({
    code: 'task-not-found',
    kind: 'usage',
    headline: `the bundle has no task '${id}'`,
    facts: [['task', id]],
  });
}
