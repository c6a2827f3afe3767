import type { Clock, Failure, Trace } from '@skein/model';
import type { Gate } from './gate.ts';
import type { PendingShare, Settling } from './remote.ts';
import type { Delivery, Licence, Sender } from './sender.ts';
import { type PreparationOptions, type Shipment, prepare } from './shipment.ts';
import { type Timers, pause } from './timers.ts';
import type { MeteredShare } from './traffic.ts';
import type { Unshared } from './why-unshared.ts';

export interface OutboxOptions {
  readonly share: MeteredShare;
  readonly gate: Gate;
  readonly sender: Sender;
  readonly preparation: PreparationOptions;
  /** `refused`: nothing may be shared; `undefined`: no answer, so that it can be asked again. */
  readonly licence: () => Promise<Licence | 'refused' | undefined>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly warn: (warning: Failure) => void;
  readonly address: string;
  readonly stallMs: number;
  readonly settleMs: number;
}

/** What became of what was offered. */
export interface Sent {
  pushed: number;
  same: number;
  conflicts: number;
  refused: number;
  dropped: number;
  readonly unshared: Partial<Record<Unshared['kind'], number>>;
}

interface Offered {
  readonly trace: Trace;
  readonly weight: number;
  tries: number;
}

const MOST = 50_000;
const MOST_BYTES = 128 * 1024 * 1024;
const AT_A_TIME = 200;
/** The journal has folded by then what was recorded with a trace. */
const SOON_MS = 200;
const TRIES = 3;
/** So many in a row for which there is no room: there will be none for the next ones. */
const FULL = 3;
const TICK_MS = 100;
/** At least so fast does a body go that is not counted as it goes. */
const UNSEEN_BYTES_A_MS = 256;
/** A rate is known after this time. */
const RATE_AFTER_MS = 10_000;

/**
 * What is to be shared, behind the run's back. O1: `offer` does next to nothing. O2: what waits is
 * bounded; what is too much is dropped and counted. O3: everything offered is counted once, as
 * sent, refused, unshared, dropped or left.
 */
export class Outbox {
  readonly sent: Sent = {
    pushed: 0,
    same: 0,
    conflicts: 0,
    refused: 0,
    dropped: 0,
    unshared: {},
  };
  readonly #options: OutboxOptions;
  #queue: Offered[] = [];
  #weight = 0;
  /** Taken from the queue, and not yet counted. */
  #under = 0;
  #sending: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isSettling = false;
  #isClosed = false;
  #full = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get pending(): PendingShare {
    return {
      entries: this.#queue.length + this.#under,
      bytes: Math.max(0, this.#options.sender.bytesLeft),
    };
  }

  offer(trace: Trace): void {
    if (trace.origin !== undefined) return this.#unshared({ kind: 'learned' });
    const weight = weightOf(trace);
    const isTooMuch = this.#queue.length >= MOST || this.#weight + weight > MOST_BYTES;
    if (isTooMuch || this.#isClosed || this.#options.gate.isOff('share')) {
      this.sent.dropped += 1;
      return;
    }
    this.#add({ trace, weight, tries: 0 });
    this.#soon();
  }

  async settle({ progress, signal }: Settling): Promise<void> {
    const { gate, timers, clock } = this.#options;
    this.#isSettling = true;
    const began = clock.elapsed();
    const first = this.#measure();
    let last = { at: began, mark: first };
    this.#start();
    while (this.pending.entries > 0 && !this.#isClosed && !gate.isOff('share')) {
      await Promise.race([pause(timers, TICK_MS, signal), this.#sending ?? Promise.resolve()]);
      progress?.(this.pending);
      const now = clock.elapsed();
      const mark = this.#measure();
      if (mark !== last.mark) last = { at: now, mark };
      const isHopeless = this.#isHopeless(now - began, mark - first);
      if (signal?.aborted === true || isHopeless || now - last.at > this.#stallMs()) break;
      this.#start();
    }
    progress?.(this.pending);
    await this.close();
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    if (this.pending.entries > 0) this.#options.gate.close();
    await this.#sending;
  }

  #add(offered: Offered): void {
    this.#queue.push(offered);
    this.#weight += offered.weight;
  }

  #soon(): void {
    if (this.#sending !== undefined || this.#isSettling) return;
    this.#cancel ??= this.#options.timers.after(SOON_MS, () => this.#start());
  }

  #start(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#isClosed || this.#sending !== undefined || this.#queue.length === 0) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#queue.length > 0 && !this.#options.gate.isOff('share')) this.#soon();
    });
  }

  /** One time through the queue; what is to be tried again is behind its end. */
  async #sendAll(): Promise<void> {
    const { gate, licence } = this.#options;
    let left = this.#queue.length;
    const licensed = left === 0 ? undefined : await licence();
    if (licensed === 'refused') return this.#dropAll();
    if (licensed === undefined) return;
    while (left > 0 && !this.#isClosed && !gate.isOff('share')) {
      const some = this.#queue.splice(0, Math.min(left, AT_A_TIME));
      left -= some.length;
      this.#under += some.length;
      for (const { weight } of some) this.#weight -= weight;
      await this.#sendSome(some, licensed);
      if (this.#full >= FULL) return this.#noRoom();
    }
  }

  async #sendSome(some: readonly Offered[], licence: Licence): Promise<void> {
    const { sender, preparation } = this.#options;
    const shipments = new Map<Shipment, Offered>();
    for (const offered of some) {
      const mayWait = !this.#isSettling && offered.tries < TRIES;
      const prepared = await prepare(offered.trace, mayWait, preparation);
      if (prepared.kind === 'ready') shipments.set(prepared.shipment, offered);
      else if (prepared.kind === 'later') this.#again(offered);
      else {
        this.#under -= 1;
        this.#unshared(prepared.why);
      }
    }
    try {
      await sender.send([...shipments.keys()], licence, (shipment, delivery) => {
        const offered = shipments.get(shipment);
        if (offered !== undefined) this.#count(offered, delivery);
      });
    } finally {
      for (const shipment of shipments.keys()) await shipment.discard();
    }
  }

  #count(offered: Offered, delivery: Delivery): void {
    this.#full = delivery === 'full' ? this.#full + 1 : 0;
    if (delivery === 'failed' && (offered.tries < TRIES || this.#options.gate.isOff('share'))) {
      return this.#again(offered);
    }
    this.#under -= 1;
    if (delivery === 'stored') this.sent.pushed += 1;
    else if (delivery === 'same') this.sent.same += 1;
    else if (delivery === 'conflict') this.sent.conflicts += 1;
    else if (delivery === 'failed') this.sent.dropped += 1;
    else this.sent.refused += 1;
  }

  #again(offered: Offered): void {
    this.#under -= 1;
    offered.tries += 1;
    this.#add(offered);
  }

  #unshared({ kind }: Unshared): void {
    this.sent.unshared[kind] = (this.sent.unshared[kind] ?? 0) + 1;
  }

  #dropAll(): void {
    this.sent.dropped += this.#queue.length;
    this.#queue = [];
    this.#weight = 0;
    this.#isClosed = true;
  }

  #noRoom(): void {
    this.sent.refused += this.#queue.length;
    this.#queue = [];
    this.#weight = 0;
    this.#isClosed = true;
    this.#options.warn({
      code: 'remote-refused',
      kind: 'warning',
      headline: 'the remote cache has no room: nothing more is shared in this run',
      facts: [['remote', `"${this.#options.address}"`]],
      hint: 'make room there, such as with "skein cache gc", or give it more',
    });
  }

  /** Grows as long as anything moves. */
  #measure(): number {
    const { pushed, same, conflicts, refused, dropped } = this.sent;
    return this.#options.share.traffic.up + pushed + same + conflicts + refused + dropped;
  }

  #stallMs(): number {
    const { share, stallMs } = this.#options;
    return share.steady ? stallMs : stallMs + this.pending.bytes / UNSEEN_BYTES_A_MS;
  }

  #isHopeless(afterMs: number, moved: number): boolean {
    const { settleMs } = this.#options;
    if (afterMs > settleMs) return true;
    if (afterMs < RATE_AFTER_MS || !this.#options.share.steady) return false;
    return (this.pending.bytes * afterMs) / Math.max(1, moved) > settleMs - afterMs;
  }
}

/** About how much memory a trace takes while it waits. */
function weightOf({ waves, outcome }: Trace): number {
  let weight = 1_000;
  for (const wave of waves) {
    for (const seen of wave) weight += seen.kind === 'map' ? 2 * seen.inputs.byteLength : 200;
  }
  if (outcome.kind === 'error') return weight + outcome.bytes.byteLength;
  return outcome.value.at === 'inline' ? weight + outcome.value.bytes.byteLength : weight;
}
