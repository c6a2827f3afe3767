import type { ActionKey, Failure, Trace } from '@skein/model';
import { LayeredBlobs, SharedStoreError, beliefOf } from '@skein/store';
import type { Belief, BlobStore, Greeting, ShareMode } from '@skein/store';
import { GatedBlobs } from './far-blobs.ts';
import { Gate } from './gate.ts';
import { InputsIn } from './inputs-in.ts';
import { InputsOut } from './inputs-out.ts';
import { Learner } from './learner.ts';
import { LogsIn } from './log-in.ts';
import { LogsOut } from './log-out.ts';
import { LookUps } from './look-ups.ts';
import { Outbox } from './outbox.ts';
import { Parcels } from './parcels.ts';
import { Patience } from './patience.ts';
import type { Remote, RemoteOptions, RemoteSummary, Settling } from './remote.ts';
import { type Licence, Sender } from './sender.ts';
import { type Unshared, whyUnshared } from './why-unshared.ts';

const LOOK_UP_MS = 15_000;
const SETTLE_MS = 10 * 60_000;
const STALL_MS = 10_000;

/** A remote for one run. Nothing is asked before somebody wants something. */
export function openRemote(options: RemoteOptions): Remote {
  return new OpenedRemote(options);
}

interface Greeted {
  readonly greeting: Greeting;
  readonly belief: Belief;
}

class OpenedRemote implements Remote {
  readonly blobs: BlobStore;
  readonly #options: RemoteOptions;
  readonly #gate: Gate;
  readonly #patience: Patience;
  readonly #farBlobs: GatedBlobs;
  readonly #lookUps: LookUps;
  readonly #learner: Learner;
  readonly #inputs: InputsIn;
  readonly #logsOut: LogsOut;
  readonly #outbox: Outbox;
  #greeted: Promise<Greeted | undefined> | undefined;
  #limits: Greeting['limits'] | undefined;
  #licence: Promise<Licence | 'refused' | undefined> | undefined;

  constructor(options: RemoteOptions) {
    const { share, traces, blobs: near, clock, timers, temporary, randomness } = options;
    const debug = options.debug ?? (() => undefined);
    this.#options = options;
    const { address, warn } = options;
    const gate = new Gate({ address, clock, warn, debug });
    this.#gate = gate;
    // Whoever still waits then has no answer, at once.
    gate.signalOf('look-up').addEventListener('abort', () => {
      this.#lookUps.close();
      this.#farBlobs.close();
    });
    const lookUpMs = options.lookUpMs ?? LOOK_UP_MS;
    const over = (): void => this.#endLookUps(lookUpMs);
    const patience = new Patience({ clock, timers, ms: lookUpMs, over });
    this.#patience = patience;
    this.#farBlobs = new GatedBlobs({
      share,
      gate,
      patience,
      timers,
      ready: async () => (await this.#readable())?.greeting.limits.keys ?? 0,
      blobBytes: () => this.#limits?.blobBytes ?? 0,
    });
    const far = this.#farBlobs;
    this.blobs = new LayeredBlobs({ near, far, temporary, randomness });
    const read: GatedBlobs['read'] = (blob, most) => far.read(blob, most);
    this.#inputs = new InputsIn({ traces, near, blobs: this.blobs, read });
    const logs = new LogsIn({ traces, read });
    const passing = options.passing === true;
    this.#learner = new Learner({ traces, logs, inputs: this.#inputs, passing, debug });
    const greeted = () => this.#readable();
    const learner = this.#learner;
    this.#lookUps = new LookUps({ share, gate, patience, timers, learner, greeted });
    const parcels = new Parcels({ temporary, randomness });
    this.#logsOut = new LogsOut(traces, parcels);
    const { locate, provenance: maker } = options;
    const inputs = new InputsOut({ traces, blobs: near, parcels, locate, temporary });
    this.#outbox = new Outbox({
      share,
      gate,
      sender: new Sender({ share, gate, blobs: near, parcels, clock, maker }),
      preparation: { blobs: near, inputs, logs: this.#logsOut },
      licence: () => this.#licensed(),
      clock,
      timers,
      warn,
      address,
      stallMs: options.stallMs ?? STALL_MS,
      settleMs: options.settleMs ?? SETTLE_MS,
    });
  }

  find(keys: readonly ActionKey[]): Promise<ReadonlyMap<ActionKey, readonly Trace[]>> {
    return reads(this.#options.mode) ? this.#lookUps.find(keys) : Promise.resolve(new Map());
  }

  prefetch(keys: readonly ActionKey[], learned: (trace: Trace) => void): void {
    if (reads(this.#options.mode)) this.#lookUps.prefetch(keys, learned);
  }

  bringInputs(trace: Trace): Promise<boolean> {
    return this.#inputs.bring(trace);
  }

  offer(trace: Trace): void {
    if (writes(this.#options.mode)) this.#outbox.offer(trace);
  }

  async greeting(): Promise<Greeting | undefined> {
    return (await this.#greet())?.greeting;
  }

  whyUnshared(trace: Trace): Unshared | undefined {
    return whyUnshared(trace, this.#logsOut.judge(trace.log));
  }

  async settle(settling: Settling = {}): Promise<RemoteSummary> {
    await this.#outbox.settle(settling);
    return this.summary();
  }

  summary(): RemoteSummary {
    const { traffic } = this.#options.share;
    const off = this.#gate.off;
    return {
      asked: this.#lookUps.asked,
      found: this.#lookUps.found,
      requests: traffic.requests,
      ...this.#outbox.sent,
      unshared: { ...this.#outbox.sent.unshared },
      left: this.#outbox.pending.entries,
      bytesDown: traffic.down,
      bytesUp: traffic.up,
      waitedMs: this.#patience.waitedMs,
      unbelieved: { ...this.#learner.unbelieved },
      ...(off === undefined ? {} : { off }),
    };
  }

  close(): void {
    this.#gate.close();
    void this.#outbox.close();
    this.#options.share.close();
  }

  #endLookUps(ms: number): void {
    this.#gate.endLookUps(`look-ups were waited for ${ms / 1_000} s longer than they saved`);
  }

  /** Asked once: for look-ups while it lasts, so that it ends with them. */
  #greet(): Promise<Greeted | undefined> {
    this.#greeted ??= this.#greetOnce();
    return this.#greeted;
  }

  async #greetOnce(): Promise<Greeted | undefined> {
    const { share, traces, trust, mode, modeAskedBy, warn } = this.#options;
    const greeting = await this.#gate.ask('share', (signal) => share.greet({ signal }));
    if (greeting === undefined) {
      // Another one may get an answer.
      this.#greeted = undefined;
      return undefined;
    }
    this.#limits = greeting.limits;
    if (greeting.revoked.length > 0) traces.forgetWriters(new Set(greeting.revoked));
    const isNarrower =
      (reads(mode) && !reads(greeting.mode)) || (writes(mode) && !writes(greeting.mode));
    if (isNarrower && modeAskedBy !== undefined) warn(this.#narrower(modeAskedBy, greeting.mode));
    return { greeting, belief: beliefOf(greeting, trust) };
  }

  async #readable(): Promise<Greeted | undefined> {
    const greeted = await this.#greet();
    return greeted !== undefined && reads(greeted.greeting.mode) ? greeted : undefined;
  }

  #licensed(): Promise<Licence | 'refused' | undefined> {
    this.#licence ??= this.#license().then((licence) => {
      if (licence === undefined) this.#licence = undefined;
      return licence;
    });
    return this.#licence;
  }

  /** The key is registered with the first thing that is shared: it counts under this token. */
  async #license(): Promise<Licence | 'refused' | undefined> {
    const greeting = await this.greeting();
    if (greeting === undefined) return undefined;
    if (!writes(greeting.mode)) return 'refused';
    const key = await this.#options.writerKey();
    const { share, warn } = this.#options;
    const registered = await this.#gate.ask('share', async (signal) => {
      try {
        await share.register(key.publicKey, { signal });
        return 'registered';
      } catch (error) {
        if (error instanceof SharedStoreError && error.trouble === 'forbidden') return 'forbidden';
        throw error;
      }
    });
    if (registered !== 'forbidden') return registered && { greeting, key };
    warn(this.#notRegistered(key.name));
    return 'refused';
  }

  #notRegistered(name: string): Failure {
    return {
      code: 'remote-refused',
      kind: 'warning',
      headline: 'the remote cache does not take what this key signs',
      facts: [
        ['remote', `"${this.#options.address}"`],
        ['key', name],
      ],
      hint: 'its writer may have been revoked: use another key, or none',
    };
  }

  #narrower(askedBy: string, allowed: ShareMode): Failure {
    return {
      code: 'remote-refused',
      kind: 'warning',
      headline: 'the token of the remote cache allows less than was asked for',
      facts: [
        ['remote', `"${this.#options.address}"`],
        ['asked', `"${this.#options.mode}", by ${askedBy}`],
        ['allowed', `"${allowed}"`],
      ],
      hint: 'use another token, or ask for that mode',
    };
  }
}

function reads(mode: ShareMode): boolean {
  return mode !== 'write';
}

function writes(mode: ShareMode): boolean {
  return mode !== 'read';
}
