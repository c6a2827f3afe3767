import type { Digest } from '@skein/values';
import type { CheckpointCall, LogChunk, Outcome, Result, SavedSnapshot } from '@skein/model';
import type {
  AttemptHost,
  CallReply,
  CallRequest,
  CheckpointAnswer,
  EndedCheckpoint,
  MapCallRequest,
} from '@skein/executors';
import type { Grant } from './admit.ts';
import { DurableRecord } from './durable.ts';
import type { Far } from './far.ts';
import type { CallSpec, RunFrame } from './frame.ts';
import { actionKey } from './key.ts';
import type { LiveAction } from './live-action.ts';
import { cancelledOutcome, errorOutcome } from './outcome.ts';
import { type PreparedTask, keyInputs } from './prepare.ts';
import { specFromArgs } from './spec.ts';
import type { SettledCall } from './settled-call.ts';
import { noteWrite } from './note-write.ts';

/**
 * Serves one attempt of one action: its calls, its log, its progress. While calls are open the
 * action counts as waiting, and its cpu is free for others (X2).
 */
export class ActionHost implements AttemptHost {
  readonly #frame: RunFrame;
  readonly #node: LiveAction;
  readonly #grant: Grant;
  readonly #onStarted: (worker: string) => void;
  /** What each open call would have to be told if its caller lost interest. */
  readonly #open = new Map<number, Set<() => void>>();
  /** From here it learns nothing more: another attempt of the action makes its own calls. */
  /** Most actions have nothing on record. */
  #durable: DurableRecord | undefined;
  #ended = false;

  constructor(of: {
    readonly frame: RunFrame;
    readonly node: LiveAction;
    readonly grant: Grant;
    readonly onStarted: (worker: string) => void;
  }) {
    this.#frame = of.frame;
    this.#node = of.node;
    this.#grant = of.grant;
    this.#onStarted = of.onStarted;
  }

  started(worker: string): void {
    this.#onStarted(worker);
  }

  async call(request: CallRequest): Promise<CallReply> {
    const prepared = this.#prepared(request);
    this.#begin(request.call);
    const task = prepared instanceof Promise ? await this.#meant(request, prepared) : prepared;
    const outcome = await this.#made(task, request, request.args);
    await this.#end(request.call);
    return { kind: 'outcome', outcome };
  }

  async map(request: MapCallRequest): Promise<readonly CallReply[]> {
    const prepared = this.#prepared(request);
    this.#begin(request.call);
    const task = prepared instanceof Promise ? await this.#meant(request, prepared) : prepared;
    if (this.#frame.far !== undefined) await askAhead(this.#frame.far, task, request);
    const replies: CallReply[] = [];
    let next = 0;
    let failed = false;
    const work = async (): Promise<void> => {
      for (let index = next++; index < request.items.length; index = next++) {
        const item = request.items[index];
        if (item === undefined || (failed && !request.settled)) return;
        const outcome = await this.#made(task, request, [item]);
        replies[index] = { kind: 'outcome', outcome };
        failed ||= outcome.kind === 'error';
      }
    };
    const width = Math.min(request.concurrency, request.items.length);
    await Promise.all(Array.from({ length: width }, work));
    for (let index = 0; index < request.items.length; index += 1) {
      replies[index] ??= { kind: 'skipped' };
    }
    await this.#end(request.call);
    return replies;
  }

  abandon(call: number): void {
    const open = this.#open.get(call);
    for (const abandon of open ?? []) abandon();
  }

  logged(stream: 'stdout' | 'stderr', text: string): void {
    const at = this.#frame.clock.now();
    this.#frame.emit({ kind: 'action-logged', at, action: this.#node.number, stream, text });
  }

  progressed(done: number, total: number | undefined): void {
    this.#frame.emit({
      kind: 'action-progressed',
      at: this.#frame.clock.now(),
      action: this.#node.number,
      done,
      ...(total === undefined ? {} : { total }),
    });
  }

  /** Whoever asks opens it next: what lies far away is brought. */
  async artifactOf(file: Digest): Promise<Digest | undefined> {
    const { traces, blobs, far } = this.#frame;
    const artifact = traces.artifactOf(file);
    if (artifact !== undefined && far !== undefined) await blobs.bring(artifact);
    return artifact;
  }

  extended(chunk: LogChunk): void {
    this.#frame.logs.extend(chunk);
  }

  wrote(path: string): void {
    noteWrite(this.#frame, path, this.#node);
  }

  checkpoint(call: CheckpointCall): Promise<CheckpointAnswer | null> {
    return this.#record.checkpoint(call);
  }

  /** What comes after the end is of no use to anybody: the action has its outcome. */
  async checkpointed(ended: EndedCheckpoint): Promise<void> {
    if (!this.#ended) await this.#record.checkpointed(ended);
  }

  snapshot(): Promise<SavedSnapshot | null> {
    return this.#record.snapshot();
  }

  async snapshotSaved(snapshot: SavedSnapshot): Promise<void> {
    if (!this.#ended) await this.#record.snapshotSaved(snapshot);
  }

  /**
   * Calls that still run when their caller ends are cancelled with it (X5). Where its process was
   * lost they go on, for the attempt that follows makes them again (X3).
   */
  close(ending: 'ended' | 'lost'): void {
    this.#ended = true;
    const abandons = [...this.#open.values()].flatMap((open) => [...open]);
    this.#open.clear();
    for (const abandon of abandons) {
      if (ending === 'lost') this.#node.unclaimed.add(abandon);
      else abandon();
    }
  }

  get #record(): DurableRecord {
    this.#durable ??= new DurableRecord(this.#frame, this.#node);
    return this.#durable;
  }

  /** At once, but where the call names an image that nobody asked for yet. */
  #prepared({ task, override }: CallRequest | MapCallRequest): Prepared | Promise<Prepared> {
    return this.#frame.tasks.ready(task, override, this.#node.caching);
  }

  /** Whoever lost interest meanwhile makes no call: nothing is prepared for it. */
  async #meant(
    { call }: CallRequest | MapCallRequest,
    prepared: Promise<Prepared>,
  ): Promise<Prepared | undefined> {
    const open = this.#open.get(call);
    let isMeant = true;
    const leave = (): void => {
      isMeant = false;
    };
    open?.add(leave);
    const task = await prepared;
    open?.delete(leave);
    return isMeant ? task : undefined;
  }

  #made(
    prepared: Prepared | undefined,
    request: CallRequest | MapCallRequest,
    args: readonly (Uint8Array | null)[],
  ): Promise<Outcome> | Outcome {
    if (prepared === undefined) return cancelledOutcome();
    if (!prepared.ok) return this.#refused(prepared.failure.headline, prepared.failure.code);
    const { groups, override } = request;
    const spec = specFromArgs(prepared.value, args, { groups, override });
    return this.#claim(request.call, spec);
  }

  async #claim(call: number, spec: CallSpec): Promise<Outcome> {
    if (this.#ended || this.#node.cancelled) return cancelledOutcome();
    let abandon: (() => void) | undefined;
    const open = this.#open.get(call);
    const settled = await this.#frame.claimCall(this.#node, spec, (leave) => {
      abandon = leave;
      open?.add(leave);
    });
    if (abandon !== undefined) open?.delete(abandon);
    return this.#observe(settled);
  }

  /** Remembers what the caller's own trace and failure will depend on. */
  #observe(settled: SettledCall): Outcome {
    if (settled.how === 'impossible') {
      return this.#refused('the inputs of the call are gone', 'bytes-missing');
    }
    const { outcome } = settled;
    if (outcome.kind === 'error' && !this.#ended) {
      if (settled.thrower > 0) this.#node.throwers.set(outcome.digest, settled.thrower);
      if (outcome.fault !== 'author' && outcome.fault !== 'encoding') {
        this.#node.metSystemFault = true;
      }
    }
    return outcome;
  }

  #refused(message: string, code: string): Outcome {
    if (!this.#ended) this.#node.metSystemFault = true;
    return errorOutcome({ class: 'SkeinError', message, fields: { code }, fault: 'usage' });
  }

  #begin(call: number): void {
    if (this.#open.size === 0) this.#grant.pause();
    this.#open.set(call, new Set());
  }

  async #end(call: number): Promise<void> {
    this.#open.delete(call);
    if (this.#open.size === 0 && !this.#ended) await this.#grant.resume();
  }
}

type Prepared = Result<PreparedTask>;

/** All items of a map are looked up by one question, rather than a few at a time. */
async function askAhead(
  far: Far,
  prepared: Prepared | undefined,
  request: MapCallRequest,
): Promise<void> {
  if (prepared?.ok !== true || !prepared.value.caching || prepared.value.forced) return;
  const { value } = prepared;
  const { override } = request;
  const keys = request.items.map((item) => {
    const { inputs } = specFromArgs(value, [item], { groups: [], override });
    return actionKey(value.prefix, keyInputs(value, inputs));
  });
  await far.ahead(keys);
}
