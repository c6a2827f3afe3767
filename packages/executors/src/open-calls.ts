import { encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import {
  authorFrames,
  CancelledError,
  decodeThrown,
  encodeOverride,
  reviveError,
} from '@skein/sdk';
import { reviveReference } from '@skein/sdk';
import type { AnyTask, CallSite, ScopedCall, ScopedMap } from '@skein/sdk';
import { FailureError } from '@skein/model';
import type { CallObservation, ErrorOutcome, MapObservation, TaskId } from '@skein/model';
import { decodeValue } from './arguments.ts';
import type { AttemptHost, CallReply } from './executor.ts';
import { readResult } from './pack-result.ts';
import type { Services } from './services.ts';
import { placeStack } from './thrown.ts';
import type { WaveRecorder } from './waves.ts';

/** Faults that an author's task can have by itself, every time anew: they may be remembered. */
const REPEATABLE: ReadonlySet<string> = new Set(['author', 'encoding']);

interface OpenCall {
  readonly task: TaskId;
  readonly reject: (error: unknown) => void;
  /** Stops listening to the signal of the one call. */
  readonly ignoreSignal: () => void;
  /** What the task got for it. */
  promise: Promise<unknown> | undefined;
}

interface Surroundings {
  readonly host: AttemptHost;
  readonly services: Services;
  readonly recorder: WaveRecorder;
  /** Outcomes may outlive the action: they go to the log too (O3). */
  readonly retains: boolean;
  /** Told when the action begins to wait for calls, and when it goes on. */
  readonly onWaiting: (waiting: boolean) => void;
}

/** A reply with its value read, so that delivering it is one step. */
type Delivery =
  | { readonly kind: 'value'; readonly outcome: Digest; readonly value: unknown }
  | { readonly kind: 'error'; readonly outcome: Digest; readonly error: unknown }
  | { readonly kind: 'skipped' };

/**
 * A call on its way. What comes is read, which may take a while, and then delivered: observed and
 * settled in one step (W1).
 */
interface Sent<R, D, T> {
  readonly reply: Promise<R>;
  readonly read: (reply: R) => D | Promise<D>;
  /** Throws what the call rejects with. */
  readonly deliver: (delivery: D) => T;
}

/** The calls of one action that have no outcome yet. */
export class OpenCalls {
  readonly #around: Surroundings;
  readonly #open = new Map<number, OpenCall>();
  #made = 0;
  #untraceable: string | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Why the action may leave no trace: it met what may not be met again (T4). */
  get untraceable(): string | undefined {
    return this.#untraceable;
  }

  call({ task, args, override }: ScopedCall, groups: readonly string[]): Promise<unknown> {
    const { host, recorder } = this.#around;
    return this.#make(task, override?.signal, (id, site, number) => {
      const encoded = args.map((arg, index) => this.#encode(arg, `argument ${index + 1}`));
      const overrideBytes = encodeOverride(override);
      const made = recorder.makeCall(id, encoded.map(inputDigest), overrideBytes);
      const abortable = override?.signal === undefined ? undefined : true;
      const terms = { override: overrideBytes, groups, abortable };
      const request = { call: number, task: id, args: encoded, ...terms };
      return {
        reply: host.call(request),
        read: (reply) => this.#read(reply, site),
        deliver: (delivery) => {
          if (delivery.kind === 'skipped') throw new CancelledError('the call never started');
          this.#keep(recorder.deliver(made, delivery.outcome));
          if (delivery.kind === 'error') throw delivery.error;
          return delivery.value;
        },
      } satisfies Sent<CallReply, Delivery, unknown>;
    });
  }

  map(request: ScopedMap, groups: readonly string[]): Promise<unknown[]> {
    const { task, items, override, options } = request;
    const { host, recorder } = this.#around;
    const { concurrency, settled } = options;
    return this.#make(task, override?.signal, (id, site, number) => {
      const encoded = items.map((item, index) => this.#encode(item, `items[${index}]`));
      const overrideBytes = encodeOverride(override);
      const terms = { override: overrideBytes, concurrency, settled };
      const abortable = override?.signal === undefined ? undefined : true;
      const made = recorder.makeMap({ task: id, inputs: encoded.map(inputDigest), ...terms });
      return {
        reply: host.map({ call: number, task: id, items: encoded, groups, abortable, ...terms }),
        read: (replies) => together(replies.map((reply) => this.#read(reply, site))),
        deliver: (deliveries) => {
          this.#keep(recorder.deliverMap(made, deliveries.map(outcomeOf)));
          return settled ? deliveries.map(settledOf) : valuesOf(deliveries);
        },
      } satisfies Sent<readonly CallReply[], readonly Delivery[], unknown[]>;
    });
  }

  /**
   * The action ends: its calls are given up. The ids of their tasks. Others may wait for the same
   * promises, where something keeps them: they would wait for ever.
   */
  abandonAll(): readonly TaskId[] {
    const open = this.#giveUp();
    if (this.#around.retains) {
      for (const { task, reject, promise } of open) {
        promise?.catch(() => undefined);
        reject(new CancelledError(`the call of ${task} was cancelled: its caller has ended`));
      }
    }
    return open.map(({ task }) => task);
  }

  rejectAll(error: Error): void {
    for (const { reject } of this.#giveUp()) reject(error);
  }

  #giveUp(): readonly OpenCall[] {
    const open = [...this.#open];
    if (open.length === 0) return [];
    this.#open.clear();
    this.#around.onWaiting(false);
    return open.map(([number, call]) => {
      call.ignoreSignal();
      this.#around.host.abandon(number);
      return call;
    });
  }

  #make<R, D, T>(
    { id, name }: AnyTask,
    signal: AbortSignal | undefined,
    send: (id: TaskId, site: CallSite, number: number) => Sent<R, D, T>,
  ): Promise<T> {
    if (id === undefined) return Promise.reject(unnamed(name));
    if (signal?.aborted === true) return Promise.reject(this.#aborted(id, signal));
    this.#made += 1;
    const number = this.#made;
    const site = siteOf(id, this.#around.services.sources);
    const promise = new Promise<T>((resolve, reject) => {
      const { reply, read, deliver } = send(id, site, number);
      const abort = (): void => {
        if (this.#close(number)) this.#around.host.abandon(number);
        reject(this.#aborted(id, signal));
      };
      const ignoreSignal = (): void => signal?.removeEventListener('abort', abort);
      this.#open.set(number, { task: id, reject, ignoreSignal, promise: undefined });
      if (this.#open.size === 1) this.#around.onWaiting(true);
      signal?.addEventListener('abort', abort, { once: true });
      const settle = (delivery: D): void => {
        if (!this.#close(number)) return;
        ignoreSignal();
        try {
          resolve(deliver(delivery));
        } catch (error) {
          reject(error);
        }
      };
      const fail = (error: unknown): void => {
        if (this.#close(number)) reject(error);
      };
      const arrive = (received: R): void => {
        const delivery = read(received);
        if (delivery instanceof Promise) delivery.then(settle, fail);
        else settle(delivery);
      };
      reply.then(arrive).catch(fail);
    });
    const open = this.#open.get(number);
    if (open !== undefined) open.promise = promise;
    return promise;
  }

  #close(number: number): boolean {
    if (!this.#open.delete(number)) return false;
    if (this.#open.size === 0) this.#around.onWaiting(false);
    return true;
  }

  #read(reply: CallReply, site: CallSite): Delivery | Promise<Delivery> {
    if (reply.kind === 'skipped') return reply;
    const { outcome } = reply;
    const { registry, shelf } = this.#around.services;
    const { digest } = outcome;
    if (outcome.kind === 'error') {
      return { kind: 'error', outcome: digest, error: this.#revive(outcome, site) };
    }
    if (outcome.value.at === 'inline') {
      const value = decodeValue(outcome.value.bytes, registry);
      return { kind: 'value', outcome: digest, value };
    }
    return readResult(outcome, shelf).then((bytes) => {
      return { kind: 'value', outcome: digest, value: decodeValue(bytes, registry) };
    });
  }

  #revive(outcome: ErrorOutcome, site: CallSite): unknown {
    const { registry } = this.#around.services;
    if (!REPEATABLE.has(outcome.fault)) this.#met(`a call ended by ${outcome.fault}`);
    const revive = (reference: Parameters<typeof reviveReference>[0]): unknown =>
      reviveReference(reference, registry);
    return reviveError(decodeThrown(outcome.bytes, { revive }), registry, site);
  }

  #encode(value: unknown, path: string): Uint8Array {
    const { refuseText } = this.#around.services.secrets;
    return encode(value, refuseText === undefined ? { path } : { path, refuseText });
  }

  #aborted(id: TaskId, signal: AbortSignal | undefined): CancelledError {
    this.#met('a call was cancelled');
    const error = new CancelledError(`the call of ${id} was cancelled by its signal`);
    if (signal?.reason !== undefined) error.cause = signal.reason;
    return error;
  }

  #keep(seen: CallObservation | MapObservation): void {
    if (this.#around.retains) this.#around.services.log.called(seen);
  }

  /** What must not be remembered must not be used by others either. */
  #met(why: string): void {
    this.#untraceable ??= why;
    if (this.#around.retains) this.#around.services.log.spoil(why);
  }
}

/** The caller's stack is only written out if the call fails. */
function siteOf(task: TaskId, sources: readonly string[]): CallSite {
  const captured = { stack: '' };
  Error.captureStackTrace(captured, siteOf);
  return {
    task,
    get stack() {
      // Ours are told by where they lie, so they go before paths are shortened.
      return placeStack(authorFrames(captured.stack).join('\n'), sources);
    },
  };
}

/** Few results have to be read from elsewhere: no promise for each of ten thousand. */
function together(
  deliveries: readonly (Delivery | Promise<Delivery>)[],
): readonly Delivery[] | Promise<readonly Delivery[]> {
  const pending = deliveries.filter((delivery) => delivery instanceof Promise);
  if (pending.length === 0) return deliveries as readonly Delivery[];
  return Promise.all(deliveries.map((delivery) => Promise.resolve(delivery)));
}

function outcomeOf(delivery: Delivery): Digest | undefined {
  return delivery.kind === 'skipped' ? undefined : delivery.outcome;
}

/** The first failure is that of the lowest index (X6). */
function valuesOf(deliveries: readonly Delivery[]): unknown[] {
  const failed = deliveries.find((delivery) => delivery.kind === 'error');
  if (failed !== undefined) throw failed.error;
  return deliveries.map((delivery) => (delivery.kind === 'value' ? delivery.value : undefined));
}

function settledOf(delivery: Delivery): PromiseSettledResult<unknown> {
  if (delivery.kind === 'value') return { status: 'fulfilled', value: delivery.value };
  if (delivery.kind === 'error') return { status: 'rejected', reason: delivery.error };
  return { status: 'rejected', reason: new CancelledError('the call never started') };
}

function unnamed(task: string): FailureError {
  return new FailureError({
    code: 'task-unnamed',
    kind: 'diagnostic',
    headline: `task '${task}' is not bound to a name at module level, so it cannot be called`,
    facts: [['task', task]],
    hint: 'declare it as `const name = env.task(…)` at the top level of a module',
  });
}
