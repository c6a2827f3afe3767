import { DecodingError, decode, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import { StoredFormError, readChunk, storeChunk } from '@skein/model';
import type { ActionNumber, LogChunk, LogPrefix, Reason } from '@skein/model';
import { LOG_KIND } from '@skein/store';
import { keysOfCalls } from './calls-today.ts';
import { Chains } from './chains.ts';
import { describeTask } from './describe.ts';
import { callsIn, foresee } from './foresee.ts';
import type { RunFrame } from './frame.ts';
import { type Foresight, type LogCheck, type Logs, logged, newForesight } from './logs.ts';
import type { RecordedCall } from './logs.ts';
import { checkPlain } from './plain.ts';
import type { Taints } from './taints.ts';
import type { Writes, WrittenObservation } from './writes.ts';

/*
 * The logs of worker processes (O3): what one action observed and later ones may use.
 * L1  A chunk is recorded before anything that depends on it, once a run.
 * L2  A prefix holds if every chunk of it does; each chunk is checked once a run, the oldest
 *     first, and all that build on one that does not hold do not either.
 * L3  A call in a log is never made. It is asked for again only while nobody knows it, and after
 *     something was executed.
 * L4  What is known of logs is forgotten with everything else that was verified (W3); what
 *     actions of this run write is known for one check only (W2).
 */

/** With more calls that nobody knows, a prefix does not hold. */
const OPEN_MAX = 16;

const HOLDS: Checked = { changed: undefined, fleeting: false, open: [] };
const MISSING: Reason = { kind: 'log-missing' };

/** A chunk with all before it. */
interface Checked {
  readonly changed: Reason | undefined;
  readonly fleeting: boolean;
  readonly open: readonly OpenCall[];
}

/** A logged call that was not known when it was looked up last. */
interface OpenCall {
  readonly call: RecordedCall;
  state: 'open' | 'known' | 'different';
  /** How much was known then; -1: it has to be asked for each time. */
  asked: number;
}

export class ProcessLogs implements Logs {
  readonly #frame: () => RunFrame;
  readonly #recorded = new Set<Digest>();
  readonly #chains: Chains;
  #checked = new Map<Digest, Checked>();
  #learned = 0;
  /** Checks go one after the other: two that waited for each other's chunks would never end. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(frame: () => RunFrame, of: { readonly writes: Writes; readonly taints: Taints }) {
    this.#frame = frame;
    this.#chains = new Chains(of.writes, of.taints);
  }

  extend(chunk: LogChunk): void {
    if (this.#recorded.has(chunk.digest)) return;
    this.#recorded.add(chunk.digest);
    const { clock, emit, traces } = this.#frame();
    emit({ kind: 'process-logged', at: clock.now(), chunk });
    traces.keep(LOG_KIND, chunk.digest, encode(storeChunk(chunk)));
    this.#chains.extend(chunk);
  }

  holds(prefix: LogPrefix | null): boolean {
    if (prefix === null) return true;
    const checked = this.#checked.get(prefix.digest);
    if (checked === undefined || checked.changed !== undefined) return false;
    return checked.open.every(({ state }) => state === 'known');
  }

  check(prefix: LogPrefix | null): LogCheck | Promise<LogCheck> {
    if (prefix === null) return answerOf(HOLDS);
    const known = this.#checked.get(prefix.digest);
    if (known !== undefined && this.#isCurrent(known)) return answerOf(known);
    const check = this.#turn.then(() => this.checkWithin(prefix, newForesight()));
    this.#turn = check.catch(() => undefined);
    return check;
  }

  async checkWithin(prefix: LogPrefix | null, foresight: Foresight): Promise<LogCheck> {
    const checked = this.#checked;
    const { unchecked, below } = this.#unchecked(prefix);
    let check = await this.#again(below, foresight);
    for (const chunk of unchecked.toReversed()) {
      check = await this.#checkChunk(chunk, check, foresight);
      if (!check.fleeting) checked.set(chunk.digest, check);
    }
    return answerOf(check);
  }

  learn(): void {
    this.#learned += 1;
  }

  forget(): void {
    this.#checked = new Map();
    this.#chains.touch();
  }

  read({ digest, length }: LogPrefix): LogChunk | undefined {
    const bytes = this.#frame().traces.kept(LOG_KIND, digest);
    if (bytes === undefined) return undefined;
    try {
      const chunk = readChunk(decode(bytes));
      return chunk.digest === digest && chunk.length === length ? chunk : undefined;
    } catch (error) {
      if (error instanceof StoredFormError || error instanceof DecodingError) return undefined;
      throw error;
    }
  }

  writtenIn(prefix: LogPrefix | null, reader: ActionNumber): WrittenObservation | undefined {
    return this.#chains.writtenIn(prefix, reader);
  }

  isTainted(prefix: LogPrefix | null): boolean {
    return this.#chains.isTainted(prefix);
  }

  /** The chunks down to one that is known, or missing: the newest first. */
  #unchecked(prefix: LogPrefix | null): {
    readonly unchecked: readonly LogChunk[];
    readonly below: Checked;
  } {
    const unchecked: LogChunk[] = [];
    for (let at = prefix; at !== null;) {
      const known = this.#checked.get(at.digest);
      if (known !== undefined) return { unchecked, below: known };
      const chunk = this.read(at);
      if (chunk === undefined) return { unchecked, below: { ...HOLDS, changed: MISSING } };
      unchecked.push(chunk);
      at = chunk.previous;
    }
    return { unchecked, below: HOLDS };
  }

  async #checkChunk(chunk: LogChunk, below: Checked, foresight: Foresight): Promise<Checked> {
    if (below.changed !== undefined) return below;
    // A trace that depends on the very log it is to prove (F2).
    if (foresight.chunks.has(chunk.digest)) return { ...below, changed: MISSING, fleeting: true };
    const plain = await checkPlain(this.#frame(), chunk.observations);
    const fleeting = below.fleeting || plain.fleeting;
    if (plain.changed !== undefined) return { ...below, changed: logged(plain.changed), fleeting };
    const calls = chunk.observations.flatMap(callsIn);
    if (calls.length === 0) return { ...below, fleeting };
    const { far } = this.#frame();
    if (far !== undefined) await far.ahead([...keysOfCalls(this.#frame(), calls)]);
    const asked: OpenCall[] = calls.map((call) => ({ call, state: 'open', asked: -1 }));
    foresight.chunks.add(chunk.digest);
    const check = await this.#again({ ...below, fleeting, open: asked }, foresight);
    foresight.chunks.delete(chunk.digest);
    const open = [...below.open, ...asked].filter(({ state }) => state === 'open');
    if (check.changed !== undefined || open.length <= OPEN_MAX) return { ...check, open };
    return { ...check, open, changed: callChanged(open[0]) };
  }

  /** Asks again for what nobody knew. */
  async #again(checked: Checked, foresight: Foresight): Promise<Checked> {
    if (checked.changed !== undefined) return checked;
    for (const one of checked.open) {
      if (one.state === 'open' && one.asked < this.#learned) await this.#ask(one, foresight);
      if (one.state === 'different') return { ...checked, changed: callChanged(one) };
    }
    return checked;
  }

  /** What is known for this moment only is as good as unknown. */
  async #ask(open: OpenCall, foresight: Foresight): Promise<void> {
    const learned = this.#learned;
    const { outcome, fleeting } = await foresee(this.#frame(), open.call, foresight);
    open.asked = fleeting ? -1 : learned;
    if (fleeting || outcome === undefined) return;
    open.state = outcome === open.call.outcome ? 'known' : 'different';
  }

  #isCurrent({ changed, open }: Checked): boolean {
    if (changed !== undefined) return true;
    return open.every(({ state, asked }) => state !== 'open' || asked === this.#learned);
  }
}

function answerOf({ changed, fleeting, open }: Checked): LogCheck {
  const different = open.find(({ state }) => state === 'different');
  const still = open.filter(({ state }) => state === 'open').map(({ call }) => call);
  return {
    changed: changed ?? (different && callChanged(different)),
    fleeting,
    open: still,
  };
}

function callChanged(open: OpenCall | undefined): Reason {
  return { kind: 'logged-call-changed', task: describeTask(open?.call.task ?? '') };
}
