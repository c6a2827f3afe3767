import { encode, inputDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import { decodeThrown, NonRecoverableError, reviveError, reviveReference } from '@skein/sdk';
import type { ScopedCheckpoint } from '@skein/sdk';
import { reach } from '@skein/model';
import type { CheckpointCall, Observed, Outcome } from '@skein/model';
import { decodeValue } from './arguments.ts';
import { currentGroups, currentOwner, ourselves, runAs } from './attribution.ts';
import type { Owner } from './attribution.ts';
import { presentLine } from './author-line.ts';
import { CheckpointBody } from './checkpoint-body.ts';
import type { Inheritor } from './checkpoint-body.ts';
import type { AttemptHost } from './executor.ts';
import { packResult, readResult } from './pack-result.ts';
import { joinImpurities } from './process-log.ts';
import { insideCheckpoint, SCRATCH_NAMED } from './refusal.ts';
import type { Services } from './services.ts';
import { isInstance, thrownOutcome } from './thrown.ts';
import { NOTHING_YET } from './waves.ts';
import type { Position, Recorded, WaveRecorder } from './waves.ts';

export interface DurableSettings {
  readonly action: Owner;
  readonly host: AttemptHost;
  readonly services: Services;
  readonly recorder: WaveRecorder;
  readonly watcher: Inheritor;
  /** Its code may keep things in module variables (O3). */
  readonly retains: boolean;
  /** Why the calls that were made till now cost the trace. */
  readonly callsUntraceable: () => string | undefined;
  readonly ownScratch: () => string | undefined;
  /** Throws where the action has ended, or is to end: nothing begins then, nor is recorded. */
  readonly goesOn: () => void;
}

/** A replay fills no module variable: what comes of an empty one is nobody else's result (P1). */
const RAN_ELSEWHERE =
  'a checkpoint, which may have filled module variables, was answered from the record';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * The checkpoints and the snapshot of one attempt.
 *
 * K1: the count of a call is taken in the step in which it is made, so two branches at once get
 *     0 and 1, in every attempt alike.
 * K2: what a caller gets is read from the outcome that is on record, so that the first time is
 *     like the next ones.
 * K3: a call inside a checkpoint is one of that checkpoint's call: where the outer one is answered
 *     from the record, the counts of others do not move.
 * K4: saves are recorded in the order in which they were made, each with what is new since the
 *     one before it that is on record.
 * K5: a draw that follows a load is none of those that came before the save: a key that was drawn
 *     for one round is not handed to the next. Other checkpoints are told apart by arguments.
 */
export class DurableCalls {
  readonly #around: DurableSettings;
  readonly #counts = new Map<string, number>();
  #saving: Promise<unknown> = Promise.resolve();
  /** What the last save that is on record said. */
  #saved: Position | undefined;
  /** The last draw of each kind. */
  readonly #drawn = new Map<string, CheckpointCall>();
  /** What `load` would give was saved, or loaded, in this attempt. */
  #isOwn = false;

  constructor(around: DurableSettings) {
    this.#around = around;
  }

  async checkpoint({ checkpoint, args, run, impure }: ScopedCheckpoint): Promise<unknown> {
    const { watcher, services, recorder, retains } = this.#around;
    const within = currentBody();
    const outer = within?.watcher ?? watcher;
    if (impure !== undefined && !outer.knows(impure.kind, impure.what)) {
      const at = presentLine(services.sources);
      outer.impure({ ...impure, ...(at !== undefined && { at }) });
    }
    const name = nameOf(checkpoint);
    const encoded = this.#encode(args, `checkpoint ${name} arguments`);
    const call = this.#count(checkpoint, within, inputDigest(encoded));
    const answer = await this.#around.host.checkpoint(call);
    this.#around.goesOn();
    if (impure !== undefined && within === undefined) this.#draw(call);
    if (answer !== null) {
      outer.inherit(answer.observed);
      const isHere = !retains || impure !== undefined || services.ran.has(ranAs(call, answer));
      if (!isHere) {
        // Of this action alone: for others of the process it is as if nothing had run.
        for (const it of [within?.watcher.recorder, recorder]) it?.untraceable(RAN_ELSEWHERE);
      }
      return await this.#reveal(answer.outcome);
    }
    const copies = decodeValue(encoded, services.registry) as readonly unknown[];
    const bound = (): Promise<unknown> => run(...copies);
    if (impure !== undefined) return await this.#runOurs(call, bound);
    return await this.#runBody(call, outer, bound);
  }

  async save(value: unknown): Promise<void> {
    refuseInside('snapshot.save');
    const { services, recorder, callsUntraceable } = this.#around;
    // Both in the step in which it is called: the caller may change the value, and goes on.
    let why = callsUntraceable();
    const packed = packResult(value, services, {
      path: 'snapshot',
      encoded: (bytes) => {
        if (namesScratch(bytes, services)) why ??= SCRATCH_NAMED;
      },
    });
    const position = recorder.position();
    const drawn = [...this.#drawn.values()];
    const before = this.#saving;
    const saved = (async () => {
      const [outcome] = await Promise.all([packed, before]);
      const from = this.#saved;
      const news = await recorder.between(from ?? NOTHING_YET, position);
      const observed = await this.#observed(news, why);
      this.#around.goesOn();
      reach('snapshot-before-record');
      await this.#around.host.snapshotSaved({
        value: outcome,
        observed,
        ...(drawn.length > 0 && { drawn }),
        ...(from !== undefined && { continues: true }),
      });
      reach('snapshot-after-record');
      this.#saved = position;
      this.#isOwn = true;
    })();
    this.#saving = saved.catch(() => undefined);
    await saved;
  }

  async load(): Promise<unknown> {
    refuseInside('snapshot.load');
    await this.#saving;
    const snapshot = await this.#around.host.snapshot();
    this.#around.goesOn();
    if (snapshot === null) return undefined;
    if (!this.#isOwn) {
      this.#isOwn = true;
      this.#around.watcher.inherit(snapshot.observed);
      for (const call of snapshot.drawn ?? []) this.#draw(call);
    }
    return await this.#reveal(snapshot.value);
  }

  #count(
    checkpoint: CheckpointCall['checkpoint'],
    within: CheckpointBody | undefined,
    own: Digest,
  ): CheckpointCall {
    const args = within === undefined ? own : nestedIn(within.call, own);
    const identity = `${checkpoint} ${args}`;
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    return { checkpoint, args, count };
  }

  /** From here on it is one of those that were drawn. */
  #draw(call: CheckpointCall): void {
    const identity = `${call.checkpoint} ${call.args}`;
    const next = call.count + 1;
    this.#counts.set(identity, Math.max(this.#counts.get(identity) ?? 0, next));
    const last = this.#drawn.get(identity);
    if (last === undefined || last.count < call.count) this.#drawn.set(identity, call);
  }

  /** One of ours: its impurity is told already, and it touches nothing else. */
  async #runOurs(call: CheckpointCall, run: Call): Promise<unknown> {
    const value = await ourselves(run);
    const outcome = await packResult(value, this.#around.services);
    const observed: Observed = { waves: [], log: null, impurities: [] };
    await this.#record(call, { outcome, observed, began: this.#around.services.elapsed() });
    return value;
  }

  async #runBody(call: CheckpointCall, outer: Inheritor, run: Call): Promise<unknown> {
    const { action, services, ownScratch } = this.#around;
    const began = services.elapsed();
    const body = new CheckpointBody({ call, action, outer, services, ownScratch });
    const outcome = await this.#outcomeOf(body, run);
    const observed = await body.observed();
    if (this.#around.retains) services.ran.add(ranAs(call, { outcome }));
    await this.#record(call, { outcome, observed, began });
    return await this.#reveal(outcome);
  }

  /** Throws what the function threw, unless trying again cannot help (R6). */
  async #outcomeOf(body: CheckpointBody, run: Call): Promise<Outcome> {
    const { services } = this.#around;
    const path = `checkpoint ${nameOf(body.call.checkpoint)}`;
    const encoded = (bytes: Uint8Array): void => {
      if (namesScratch(bytes, services)) body.watcher.untraceable(SCRATCH_NAMED);
    };
    let value: unknown;
    try {
      value = await runAs(body, run, currentGroups());
    } catch (thrown) {
      if (isInstance(thrown, NonRecoverableError)) return thrownOutcome(thrown, 'author', services);
      body.end();
      throw thrown;
    }
    try {
      return await packResult(value, services, { path, encoded });
    } catch (refused) {
      body.end();
      throw refused;
    }
  }

  /** Chunks of the log are told before what names them (D1). */
  async #record(
    call: CheckpointCall,
    {
      outcome,
      observed,
      began,
    }: {
      readonly outcome: Outcome;
      readonly observed: Observed;
      readonly began: number;
    },
  ): Promise<void> {
    const { host, services } = this.#around;
    this.#around.goesOn();
    for (const chunk of services.listener.take()) host.extended(chunk);
    const durationMs = services.elapsed() - began;
    reach('checkpoint-before-record');
    await host.checkpointed({ ...call, outcome, observed, durationMs });
    reach('checkpoint-after-record');
    this.#around.goesOn();
  }

  async #observed(
    { waves, impurities, untraceable }: Recorded,
    callsUntraceable: string | undefined,
  ): Promise<Observed> {
    const { host, recorder, services } = this.#around;
    const { log, listener } = services;
    const prefix = await log.prefix();
    for (const chunk of listener.take()) host.extended(chunk);
    const why = callsUntraceable ?? untraceable ?? log.lacking(recorder.logs) ?? log.untraceable;
    return {
      waves,
      log: prefix,
      impurities: joinImpurities(impurities, log.impurities),
      ...(why !== undefined && { untraceable: why }),
    };
  }

  /** A copy of the value, or the error thrown. */
  async #reveal(outcome: Outcome): Promise<unknown> {
    const { registry, shelf } = this.#around.services;
    if (outcome.kind === 'result') {
      return decodeValue(await readResult(outcome, shelf), registry);
    }
    const revive = (reference: Parameters<typeof reviveReference>[0]): unknown =>
      reviveReference(reference, registry);
    throw reviveError(decodeThrown(outcome.bytes, { revive }), registry);
  }

  #encode(value: unknown, path: string): Uint8Array {
    const { refuseText } = this.#around.services.secrets;
    return encode(value, refuseText === undefined ? { path } : { path, refuseText });
  }
}

/** The checkpoint whose code is running, if any. */
export function currentBody(): CheckpointBody | undefined {
  const owner = currentOwner();
  return owner instanceof CheckpointBody ? owner : undefined;
}

function refuseInside(what: string): void {
  const body = currentBody();
  if (body !== undefined) throw insideCheckpoint(what, body.call.checkpoint);
}

/** `train` of `src/model.ts#train`. */
function nameOf(checkpoint: string): string {
  return checkpoint.slice(checkpoint.lastIndexOf('#') + 1);
}

/** Which execution of a checkpoint's function it was, as far as it shows. */
function ranAs(call: CheckpointCall, { outcome }: { readonly outcome: Outcome }): string {
  return `${call.checkpoint} ${call.args} ${call.count} ${outcome.digest}`;
}

function nestedIn({ checkpoint, args, count }: CheckpointCall, own: Digest): Digest {
  return inputDigest(encode([checkpoint, args, count, own]));
}

/** A path in a scratch folder names nothing by the time that it is given back (O5). */
function namesScratch(bytes: Uint8Array, { scratch }: Services): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(scratch);
}
