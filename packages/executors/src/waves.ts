import { packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { NEVER_STARTED, subjectOf } from '@skein/model';
import type {
  CallObservation,
  Impurity,
  LogPrefix,
  MapObservation,
  Observation,
  Observed,
  PlainObservation,
  TaskId,
  Wave,
} from '@skein/model';
import { describeSubject } from './identity.ts';
import { settleWithin } from './patience.ts';

/** What is read for longer after the end of its action costs the trace. */
const PATIENCE_MS = 1000;

/** A call that was made and may get an outcome. */
export interface MadeCall {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly count: number;
  readonly override: Uint8Array | undefined;
}

/** A bulk map that was made and may get its outcomes. */
export interface MadeMap {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly override: Uint8Array | undefined;
  readonly concurrency: number;
  readonly settled: boolean;
}

/** What an action left behind. */
export interface Recorded {
  readonly waves: readonly Wave[];
  readonly impurities: readonly Impurity[];
  readonly untraceable: string | undefined;
}

/** A moment of a recorder: how much it held then. */
export interface Position {
  readonly waves: number;
  /** In the wave that was not closed. */
  readonly current: number;
  readonly pending: number;
  readonly impurities: number;
  readonly untraceable: string | undefined;
}

/** Where each recorder begins. */
export const NOTHING_YET: Position = {
  waves: 0,
  current: 0,
  pending: 0,
  impurities: 0,
  untraceable: undefined,
};

/** Holds the place of what will be known later; `undefined` till then, `null` for nothing. */
interface Slot {
  readonly kind: 'slot';
  seen: PlainObservation | null | undefined;
}

/**
 * What one action observed, in the order it saw it (T1).
 *
 * W1: an outcome is observed when it is delivered to the task, not when the call is made; a file
 *     when its first bytes are, though its digest may come later.
 * W2: making a call closes the wave, if anything was observed since the last call.
 * W3: the same observation counts once, where it was first made. With another digest it counts
 *     again, and something changed while the action ran: it leaves no trace (O4).
 */
export class WaveRecorder {
  #waves: (readonly (Observation | Slot)[])[] = [];
  #current: (Observation | Slot)[] = [];
  /** Most actions call nothing and observe nothing. */
  #counts: Map<string, number> | undefined;
  #digests: Map<string, Digest | null> | undefined;
  #pending: Promise<void>[] | undefined;
  readonly #impurities: Impurity[] = [];
  #untraceable: string | undefined;
  #logs: LogPrefix[] | undefined;

  /** Logs of processes that what was inherited could have used (O3). */
  get logs(): readonly LogPrefix[] {
    return this.#logs ?? [];
  }

  /** A call leaves: the wave ends here. */
  makeCall(task: TaskId, inputs: readonly Digest[], override: Uint8Array | undefined): MadeCall {
    this.#cut();
    const identity = identityOfCall({ task, inputs });
    this.#counts ??= new Map();
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    return { task, inputs, count, override };
  }

  makeMap(map: MadeMap): MadeMap {
    this.#cut();
    return map;
  }

  deliver({ task, inputs, count, override }: MadeCall, outcome: Digest): CallObservation {
    const plain = { kind: 'call', task, inputs, outcome, count } as const;
    const call = override === undefined ? plain : { ...plain, override };
    this.#current.push(call);
    return call;
  }

  /** `undefined` for an item that was skipped: 40 zero bytes stand in its place. */
  deliverMap(made: MadeMap, outcomes: readonly (Digest | undefined)[]): MapObservation {
    const { task, inputs, override, concurrency, settled } = made;
    const plain = {
      kind: 'map',
      task,
      inputs: packDigests(inputs),
      outcomes: packDigests(outcomes.map((outcome) => outcome ?? NEVER_STARTED)),
      concurrency,
      settled,
    } as const;
    const map = override === undefined ? plain : { ...plain, override };
    this.#current.push(map);
    return map;
  }

  observe(seen: PlainObservation | Promise<PlainObservation | null>): void {
    if (seen instanceof Promise) this.#await(seen);
    else if (this.#isNews(seen)) this.#current.push(seen);
  }

  /**
   * What was observed at another time counts from here, in its own order (P1). Calls among it were
   * made: those that follow are counted after them.
   */
  inherit({ waves, log, impurities, untraceable }: Observed): void {
    for (const [index, wave] of waves.entries()) {
      if (index > 0) this.#cut();
      for (const seen of wave) this.#take(seen);
    }
    if (log !== null) {
      this.#logs ??= [];
      this.#logs.push(log);
    }
    for (const impurity of impurities) this.impure(impurity);
    if (untraceable !== undefined) this.untraceable(untraceable);
  }

  /** How much there is by now. */
  position(): Position {
    return {
      waves: this.#waves.length,
      current: this.#current.length,
      pending: this.#pending?.length ?? 0,
      impurities: this.#impurities.length,
      untraceable: this.#untraceable,
    };
  }

  /**
   * What came between two moments, once it is known. The first of the waves goes on with the one
   * that was not closed at the first moment.
   */
  async between(from: Position, to: Position): Promise<Recorded> {
    const pending = this.#pending?.slice(from.pending, to.pending) ?? [];
    const isKnown = pending.length === 0 || (await settleWithin(pending, PATIENCE_MS));
    const late = isKnown ? undefined : 'a file was still being read when a snapshot was saved';
    const waves: Wave[] = [];
    for (let index = from.waves; index <= to.waves; index += 1) {
      const wave = this.#waves[index] ?? this.#current;
      const begin = index === from.waves ? from.current : 0;
      const end = index === to.waves ? to.current : wave.length;
      waves.push(wave.slice(begin, end).flatMap(known));
    }
    const impurities = this.#impurities.slice(from.impurities, to.impurities);
    return { waves, impurities, untraceable: to.untraceable ?? late };
  }

  untraceable(why: string): void {
    this.#untraceable ??= why;
  }

  impure(impurity: Impurity): void {
    if (!this.knows(impurity.kind, impurity.what)) this.#impurities.push(impurity);
  }

  knows(kind: Impurity['kind'], what: string): boolean {
    return this.#impurities.some((known) => known.kind === kind && known.what === what);
  }

  /** Everything, once it is known: no promise where it is known already. */
  finish(): Recorded | Promise<Recorded> {
    this.#cut();
    if (this.#pending === undefined) return this.#recorded(this.#waves as readonly Wave[]);
    return this.#finishLater(this.#pending);
  }

  async #finishLater(pending: readonly Promise<void>[]): Promise<Recorded> {
    if (!(await settleWithin(pending, PATIENCE_MS))) {
      this.untraceable('a file was still being read when the task ended');
    }
    // What came later may stand earlier: what is news is asked again, in order.
    this.#digests = undefined;
    const waves = this.#waves.map((wave) => wave.flatMap((it) => this.#settled(it)));
    return this.#recorded(waves.filter((wave) => wave.length > 0));
  }

  #take(seen: Observation): void {
    if (seen.kind !== 'call' && seen.kind !== 'map') {
      this.observe(seen);
      return;
    }
    this.#current.push(seen);
    if (seen.kind === 'map') return;
    const identity = identityOfCall(seen);
    this.#counts ??= new Map();
    this.#counts.set(identity, Math.max(this.#counts.get(identity) ?? 0, seen.count + 1));
  }

  #settled(it: Observation | Slot): readonly Observation[] {
    return known(it).filter(
      (seen) => seen.kind === 'call' || seen.kind === 'map' || this.#isNews(seen),
    );
  }

  #recorded(waves: readonly Wave[]): Recorded {
    return { waves, impurities: this.#impurities, untraceable: this.#untraceable };
  }

  #isNews(seen: PlainObservation): boolean {
    this.#digests ??= new Map();
    const subject = subjectOf(seen);
    const before = this.#digests.get(subject);
    if (before === seen.digest) return false;
    this.#digests.set(subject, seen.digest);
    if (before !== undefined) {
      this.untraceable(`"${describeSubject(seen)}" changed while the task ran`);
    }
    return true;
  }

  #await(promise: Promise<PlainObservation | null>): void {
    const slot: Slot = { kind: 'slot', seen: undefined };
    this.#current.push(slot);
    this.#pending ??= [];
    const settled = promise.then(
      (seen) => {
        slot.seen = seen;
      },
      () => this.untraceable('what was read could not be read again to be hashed'),
    );
    this.#pending.push(settled);
  }

  #cut(): void {
    if (this.#current.length === 0) return;
    this.#waves.push(this.#current);
    this.#current = [];
  }
}

function known(it: Observation | Slot): readonly Observation[] {
  const seen = it.kind === 'slot' ? it.seen : it;
  return seen === null || seen === undefined ? [] : [seen];
}

function identityOfCall({ task, inputs }: Pick<MadeCall, 'task' | 'inputs'>): string {
  return `${task} ${inputs.join(' ')}`;
}
