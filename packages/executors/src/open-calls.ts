import { encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { CancelledError, decodeThrown, encodeOverride, reviveError } from '@skein/sdk';
import { reviveReference } from '@skein/sdk';
import type { AnyTask, CallSite, ScopedCall, ScopedMap } from '@skein/sdk';
import { FailureError } from '@skein/model';
import type { ErrorOutcome, Outcome, TaskId } from '@skein/model';
import { decodeValue } from './arguments.ts';
import type { AttemptHost, CallReply } from './executor.ts';
import { readResult } from './pack-result.ts';
import type { Services } from './services.ts';
import type { WaveRecorder } from './waves.ts';

/** Faults that an author's task can have by itself, every time anew: they may be remembered. */
const REPEATABLE: ReadonlySet<string> = new Set(['author', 'encoding']);

interface OpenCall {
  readonly task: TaskId;
  readonly reject: (error: unknown) => void;
  /** Stops listening to the signal of the one call. */
  readonly ignoreSignal: () => void;
}

interface Surroundings {
  readonly host: AttemptHost;
  readonly services: Services;
  readonly recorder: WaveRecorder;
  /** Told when the action begins to wait for calls, and when it goes on. */
  readonly onWaiting: (waiting: boolean) => void;
}

/** A reply with its value read, so that delivering it is one step. */
type Delivery =
  | { readonly kind: 'value'; readonly outcome: Digest; readonly value: unknown }
  | { readonly kind: 'error'; readonly outcome: Digest; readonly error: unknown }
  | { readonly kind: 'skipped' };

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
    return this.#make({ task, signal: override?.signal }, (id, site, number) => {
      const encoded = args.map((arg, index) => this.#encode(arg, `argument ${index + 1}`));
      const overrideBytes = encodeOverride(override);
      const made = recorder.makeCall(id, encoded.map(inputDigest), overrideBytes);
      const request = { call: number, task: id, args: encoded, override: overrideBytes, groups };
      return host.call(request).then(async (reply) => {
        const delivery = await this.#read(reply, site);
        return () => {
          if (delivery.kind === 'skipped') throw new CancelledError('the call never started');
          recorder.deliver(made, delivery.outcome);
          if (delivery.kind === 'error') throw delivery.error;
          return delivery.value;
        };
      });
    });
  }

  map(request: ScopedMap, groups: readonly string[]): Promise<unknown[]> {
    const { task, items, override, options } = request;
    const { host, recorder } = this.#around;
    const { concurrency, settled } = options;
    return this.#make({ task, signal: override?.signal }, (id, site, number) => {
      const encoded = items.map((item, index) => this.#encode(item, `items[${index}]`));
      const overrideBytes = encodeOverride(override);
      const terms = { override: overrideBytes, concurrency, settled };
      const made = recorder.makeMap({ task: id, inputs: encoded.map(inputDigest), ...terms });
      return host
        .map({ call: number, task: id, items: encoded, groups, ...terms })
        .then(async (replies) => {
          const deliveries = await Promise.all(replies.map((reply) => this.#read(reply, site)));
          return () => {
            recorder.deliverMap(made, deliveries.map(outcomeOf));
            return settled ? deliveries.map(settledOf) : valuesOf(deliveries);
          };
        });
    }) as Promise<unknown[]>;
  }

  /** Gives up all calls; the ids of their tasks. */
  abandonAll(): readonly TaskId[] {
    const tasks: TaskId[] = [];
    for (const [number, { task, ignoreSignal }] of this.#open) {
      ignoreSignal();
      tasks.push(task);
      this.#around.host.abandon(number);
    }
    if (tasks.length > 0) {
      this.#open.clear();
      this.#around.onWaiting(false);
    }
    return tasks;
  }

  rejectAll(error: Error): void {
    const open = [...this.#open.values()];
    this.abandonAll();
    for (const { reject } of open) reject(error);
  }

  /**
   * `send` leaves with the call's number and gives what delivers its outcome, once that is here
   * and read. Delivering observes and settles in one step (W1).
   */
  #make(
    { task, signal }: { readonly task: AnyTask; readonly signal: AbortSignal | undefined },
    send: (id: TaskId, site: CallSite, number: number) => Promise<() => unknown>,
  ): Promise<unknown> {
    const { id } = task;
    if (id === undefined) return Promise.reject(unnamed(task.name));
    if (signal?.aborted === true) return Promise.reject(this.#aborted(id, signal));
    this.#made += 1;
    const number = this.#made;
    const site = siteOf(id);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        if (this.#close(number)) this.#around.host.abandon(number);
        reject(this.#aborted(id, signal));
      };
      const ignoreSignal = (): void => signal?.removeEventListener('abort', abort);
      let sent: Promise<() => unknown>;
      try {
        sent = send(id, site, number);
      } catch (error) {
        reject(error);
        return;
      }
      this.#open.set(number, { task: id, reject, ignoreSignal });
      if (this.#open.size === 1) this.#around.onWaiting(true);
      signal?.addEventListener('abort', abort, { once: true });
      sent.then((deliver) => {
        if (!this.#close(number)) return;
        ignoreSignal();
        try {
          resolve(deliver());
        } catch (error) {
          reject(error);
        }
      }, reject);
    });
  }

  #close(number: number): boolean {
    if (!this.#open.delete(number)) return false;
    if (this.#open.size === 0) this.#around.onWaiting(false);
    return true;
  }

  async #read(reply: CallReply, site: CallSite): Promise<Delivery> {
    if (reply.kind === 'skipped') return reply;
    const { outcome } = reply;
    if (outcome.kind === 'error') {
      return { kind: 'error', outcome: outcome.digest, error: this.#revive(outcome, site) };
    }
    const value = await this.#valueOf(outcome);
    return { kind: 'value', outcome: outcome.digest, value };
  }

  #revive(outcome: ErrorOutcome, site: CallSite): unknown {
    const { registry } = this.#around.services;
    if (!REPEATABLE.has(outcome.fault)) this.#met(`a call ended by ${outcome.fault}`);
    const revive = (reference: Parameters<typeof reviveReference>[0]): unknown =>
      reviveReference(reference, registry);
    return reviveError(decodeThrown(outcome.bytes, { revive }), registry, site);
  }

  #valueOf(outcome: Extract<Outcome, { kind: 'result' }>): unknown {
    const { registry, shelf } = this.#around.services;
    if (outcome.value.at === 'inline') return decodeValue(outcome.value.bytes, registry);
    return readResult(outcome, shelf).then((bytes) => decodeValue(bytes, registry));
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

  #met(why: string): void {
    this.#untraceable ??= why;
  }
}

/** The caller's stack is only written out if the call fails. */
function siteOf(task: TaskId): CallSite {
  const site = { task, stack: '' };
  Error.captureStackTrace(site, siteOf);
  return site;
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
