import type {
  AttemptHost,
  CallReply,
  CallRequest,
  CheckpointAnswer,
  EndedCheckpoint,
  MapCallRequest,
} from '@skein/executors';
import { SnapshotFold } from '@skein/model';
import type { CheckpointCall, Outcome, SavedSnapshot, TaskId, TaskRow } from '@skein/model';
import { OMITTED, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import {
  type RecordedOutcome,
  type ReplayRecord,
  callIdentity,
  checkpointIdentity,
} from './replay-record.ts';

/** A call that no record answers, executing. */
export interface Execution {
  readonly outcome: Promise<Outcome>;
  cancel(): void;
}

export interface ReplayCall {
  readonly task: TaskId;
  readonly args: readonly (Uint8Array | null)[];
  readonly override: Uint8Array | undefined;
}

export interface ReplayPorts {
  readonly rows: ReadonlyMap<TaskId, TaskRow>;
  /** Executes a call that is not on record. */
  readonly execute: (call: ReplayCall) => Execution;
  readonly logged: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly artifactOf: (file: Digest) => Digest | undefined;
  /** Whether the bytes of an outcome can be had. */
  readonly isThere: (outcome: Outcome) => Promise<boolean>;
  /** Calls that were answered from the record. */
  readonly answered: () => void;
}

/**
 * Serves one action that is replayed: its calls get what they got, in the order in which they got
 * it. What was cancelled when it was recorded stays open, as it was for the action: the loser of a
 * race never answers. Nothing is recorded.
 */
export class ReplayHost implements AttemptHost {
  readonly #record: ReplayRecord;
  readonly #ports: ReplayPorts;
  readonly #counts: Map<string, number>;
  readonly #checkpoints: Map<string, CheckpointAnswer>;
  readonly #open = new Map<number, Set<() => void>>();
  readonly #answers = new Answers();
  readonly #snapshot = new SnapshotFold();

  constructor(record: ReplayRecord, ports: ReplayPorts) {
    this.#record = record;
    this.#ports = ports;
    this.#counts = new Map(record.made);
    this.#checkpoints = new Map(record.checkpoints);
    if (record.snapshot !== null) this.#snapshot.add(record.snapshot);
  }

  started(): void {
    return undefined;
  }

  async call({ call, task, args, override }: CallRequest): Promise<CallReply> {
    const [outcome] = await this.#all(call, [this.#take({ task, args, override })]);
    return outcome === undefined ? { kind: 'skipped' } : { kind: 'outcome', outcome };
  }

  /** Items that are not on record start only where none before them had failed, or all count. */
  async map(request: MapCallRequest): Promise<readonly CallReply[]> {
    const { call, task, items, override, settled, concurrency } = request;
    const taken = items.map((item) => this.#take({ task, args: [item], override }));
    const stops = !settled && taken.some(({ recorded }) => recorded?.outcome.kind === 'error');
    const wanted = taken.map((one) => (stops && one.recorded === undefined ? undefined : one));
    const outcomes = await this.#all(call, wanted, { concurrency, settled });
    return outcomes.map((outcome) =>
      outcome === undefined ? { kind: 'skipped' } : { kind: 'outcome', outcome },
    );
  }

  abandon(call: number): void {
    for (const leave of this.#open.get(call) ?? []) leave();
    this.#open.delete(call);
  }

  /** Whatever still executes is cancelled with its caller (X5). */
  close(): void {
    for (const call of this.#open.keys()) this.abandon(call);
  }

  logged(stream: 'stdout' | 'stderr', text: string): void {
    this.#ports.logged(stream, text);
  }

  progressed(): void {
    return undefined;
  }

  artifactOf(file: Digest): Promise<Digest | undefined> {
    return Promise.resolve(this.#ports.artifactOf(file));
  }

  extended(): void {
    return undefined;
  }

  wrote(): void {
    return undefined;
  }

  async checkpoint(call: CheckpointCall): Promise<CheckpointAnswer | null> {
    const known = this.#checkpoints.get(checkpointIdentity(call));
    return known !== undefined && (await this.#ports.isThere(known.outcome)) ? known : null;
  }

  checkpointed(ended: EndedCheckpoint): Promise<void> {
    this.#checkpoints.set(checkpointIdentity(ended), ended);
    return Promise.resolve();
  }

  async snapshot(): Promise<SavedSnapshot | null> {
    const saved = this.#snapshot.whole();
    return saved !== undefined && (await this.#ports.isThere(saved.value)) ? saved : null;
  }

  snapshotSaved(snapshot: SavedSnapshot): Promise<void> {
    this.#snapshot.add(snapshot);
    return Promise.resolve();
  }

  /** Calls are counted as they are made. */
  #take(call: ReplayCall): Taken {
    const { task, args, override } = call;
    const inputs = args.map((bytes) => (bytes === null ? OMITTED : inputDigest(bytes)));
    const identity = callIdentity(this.#ports.rows, { task, inputs, override });
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    return { call, recorded: this.#record.calls.get(identity)?.[count] };
  }

  async #all(
    number: number,
    taken: readonly (Taken | undefined)[],
    { concurrency = 1, settled = true }: Partial<MapCallRequest> = {},
  ): Promise<readonly (Outcome | undefined)[]> {
    const open = this.#open.get(number) ?? new Set();
    this.#open.set(number, open);
    const outcomes: (Outcome | undefined)[] = taken.map(() => undefined);
    let next = 0;
    let failed = false;
    const work = async (): Promise<void> => {
      for (let index = next++; index < taken.length; index = next++) {
        const one = taken[index];
        if (one === undefined || (failed && one.recorded === undefined)) continue;
        const outcome = await this.#outcomeOf(one, open);
        outcomes[index] = outcome;
        failed ||= !settled && outcome.kind === 'error';
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, taken.length) }, work));
    this.#open.delete(number);
    return outcomes;
  }

  async #outcomeOf({ call, recorded }: Taken, open: Set<() => void>): Promise<Outcome> {
    if (recorded !== undefined && (await this.#ports.isThere(recorded.outcome))) {
      this.#ports.answered();
      return await this.#answer(recorded, open);
    }
    const execution = this.#ports.execute(call);
    const cancel = (): void => execution.cancel();
    open.add(cancel);
    const outcome = await execution.outcome;
    open.delete(cancel);
    return outcome;
  }

  async #answer({ outcome, rank }: RecordedOutcome, open: Set<() => void>): Promise<Outcome> {
    if (outcome.kind === 'error' && outcome.fault === 'cancelled') {
      const left = Promise.withResolvers<undefined>();
      open.add(() => left.resolve(undefined));
      await left.promise;
      return outcome;
    }
    await this.#answers.turn(rank);
    return outcome;
  }
}

interface Taken {
  readonly call: ReplayCall;
  readonly recorded: RecordedOutcome | undefined;
}

/** Hands out turns: of those who wait, in the order of their ranks, one at a time. */
class Answers {
  readonly #waiting: { readonly rank: number; readonly go: () => void }[] = [];
  #sorted = true;

  turn(rank: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ rank, go });
      this.#sorted = false;
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    if (!this.#sorted) this.#waiting.sort((a, b) => b.rank - a.rank);
    this.#sorted = true;
    this.#waiting.pop()?.go();
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
  }
}
