import type { Clock, Failure, Provenance, Randomness, Trace } from '@skein/model';
import type { BlobStore, EntryRefusal, FarTraces, Greeting, ShareMode } from '@skein/store';
import type { TraceStore, WriterKey } from '@skein/store';
import type { Digest } from '@skein/values';
import type { Timers } from './timers.ts';
import type { MeteredShare } from './traffic.ts';
import type { Unshared } from './why-unshared.ts';

/** A shared store as one run uses it: it never breaks the run, nor makes it wait for long (D7). */
export interface Remote extends FarTraces {
  /** The near blobs, with the far ones behind them. */
  readonly blobs: BlobStore;
  /** What the far side allows; `undefined` where it does not answer. Never rejects. */
  greeting(): Promise<Greeting | undefined>;
  /** Why a trace is not shared, whatever the far side says; `undefined`: it may be. */
  whyUnshared(trace: Trace): Unshared | undefined;
  /**
   * Waits until everything that was offered is shared. Gives up where it goes on too slowly, or
   * when told to; nothing is offered afterwards. The journal has to be flushed before: inputs of
   * recorded calls are read from the near store.
   */
  settle(settling?: Settling): Promise<RemoteSummary>;
  summary(): RemoteSummary;
  /** Gives up everything at once. */
  close(): void;
}

export interface Settling {
  /** Told at most every 100 ms, and at the end. */
  readonly progress?: (left: PendingShare) => void;
  readonly signal?: AbortSignal;
}

/** What is still to be shared: bytes as far as they are known. */
export interface PendingShare {
  readonly entries: number;
  readonly bytes: number;
}

export interface RemoteOptions {
  /** An `HttpShare`, or a `BucketShare`; closed with the remote. */
  readonly share: MeteredShare;
  /** How people call it: its address, which holds no secret. */
  readonly address: string;
  readonly mode: ShareMode;
  /** Who asked for the mode; absent: it is the default, and a narrower token is no surprise. */
  readonly modeAskedBy?: string;
  readonly traces: TraceStore;
  /** The near ones. */
  readonly blobs: BlobStore;
  /** Nothing of what is learned is kept beyond the run. */
  readonly passing?: boolean;
  /** The loose file of this content; `undefined` where there is none. */
  readonly locate: (file: Digest) => Promise<string | undefined>;
  /** A folder for files in the making, made on first use. */
  readonly temporary: string;
  /** Who makes what is shared: `provenanceOf` puts it together. */
  readonly provenance: Maker;
  /** Asked for once, when something is shared first. */
  readonly writerKey: () => Promise<WriterKey>;
  /** Raw public keys: only what they signed is believed. None: those that are registered. */
  readonly trust?: readonly Uint8Array[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly randomness: Randomness;
  readonly warn: (warning: Failure) => void;
  /** A line for whoever looks for a reason. */
  readonly debug?: (line: string) => void;
  /**
   * How long look-ups may be waited for in a run, beyond what was saved by what they found.
   * Default 15 s.
   */
  readonly lookUpMs?: number;
  /** How long `settle` goes on at most. Default 10 minutes. */
  readonly settleMs?: number;
  /** How long `settle` goes on while nothing moves. Default 10 s. */
  readonly stallMs?: number;
}

/** What of a `Provenance` is the same for all that a run shares. */
export type Maker = Omit<Provenance, 'writer' | 'scope' | 'at'>;

/** What a run had of its remote. */
export interface RemoteSummary {
  /** Keys that were asked for, keys with a trace that is believed, and requests. */
  readonly asked: number;
  readonly found: number;
  readonly requests: number;
  /** Entries that were stored, that were there with the same bytes, and with others. */
  readonly pushed: number;
  readonly same: number;
  readonly conflicts: number;
  /** Entries that the far side did not take. */
  readonly refused: number;
  /** Entries that were given up here: the queue was full, or something they need is gone. */
  readonly dropped: number;
  /** Entries that were still to be shared. */
  readonly left: number;
  readonly bytesDown: number;
  readonly bytesUp: number;
  /** How long somebody waited for look-ups. */
  readonly waitedMs: number;
  /** Entries that were not believed, by why. */
  readonly unbelieved: Readonly<Partial<Record<EntryRefusal | 'log-missing', number>>>;
  /** Offered traces that are not for others, by why. */
  readonly unshared: Readonly<Partial<Record<Unshared['kind'], number>>>;
  /** Why it was not used any more, as the warning said. */
  readonly off?: string;
}
