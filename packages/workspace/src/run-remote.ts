import { setTimeout as pause } from 'node:timers/promises';
import type { ActionKey, Failure, RemoteUse, Result, SharingLeft, Trace } from '@skein/model';
import type { Remote, RemoteSummary, Unshared } from '@skein/remote';
import type { BlobStore, FarTraces } from '@skein/store';
import type { FarSide } from './reaching-blobs.ts';
import type { RemoteSettings } from './remote-settings.ts';

/** Makes the client, when it is needed first. */
export type OpenClient = (warn: (warning: Failure) => void) => Promise<Result<Remote>>;

export interface Sharing {
  readonly progress?: (left: SharingLeft) => void;
  readonly signal?: AbortSignal;
}

/** Whoever is not told by then goes on with what he knows, and is told later. */
const GREETING_MS = 2_000;

const NOTHING_FOUND: ReadonlyMap<ActionKey, readonly Trace[]> = new Map();

/**
 * The remote of one run. The client is loaded, and the remote asked, when the state does not know
 * something or the run made something: a run that is answered near by pays nothing for it. Where it
 * cannot be opened it has nothing, which is said once (D7).
 */
export class RunRemote implements FarTraces, FarSide {
  readonly #settings: Pick<RemoteSettings, 'address' | 'mode'>;
  readonly #open: OpenClient;
  #client: Promise<Remote | undefined> | undefined;
  #wasUsed = false;
  #off: string | undefined;
  #isClosed = false;
  #warn: ((warning: Failure) => void) | undefined;
  readonly #early: Failure[] = [];

  constructor(settings: RemoteSettings, open: OpenClient) {
    this.#settings = settings;
    this.#open = open;
    this.#early.push(...settings.warnings);
  }

  /** True once the state did not know something, or something was made. */
  get wasUsed(): boolean {
    return this.#wasUsed;
  }

  /**
   * Lets the state forget whom the remote does not believe any more, before anything is looked up
   * in it. An answer that takes long is not waited for.
   */
  async greet(): Promise<void> {
    if (this.#settings.mode === 'write' || this.#isClosed) return;
    this.#client ??= this.#load();
    const greeting = this.#client.then(async (client) => void (await client?.greeting()));
    const late = new AbortController();
    const waited = pause(GREETING_MS, undefined, late).catch(() => undefined);
    await Promise.race([greeting, waited]);
    late.abort();
  }

  /** Told every warning, also those until now. */
  onWarning(warn: (warning: Failure) => void): void {
    this.#warn = warn;
    for (const warning of this.#early.splice(0)) warn(warning);
  }

  async find(keys: readonly ActionKey[]): Promise<ReadonlyMap<ActionKey, readonly Trace[]>> {
    if (this.#settings.mode === 'write') return NOTHING_FOUND;
    return (await (await this.#opened())?.find(keys)) ?? NOTHING_FOUND;
  }

  prefetch(keys: readonly ActionKey[], learned: (trace: Trace) => void): void {
    if (this.#settings.mode === 'write') return;
    void this.#opened().then((client) => client?.prefetch(keys, learned));
  }

  async bringInputs(trace: Trace): Promise<boolean> {
    return (await (await this.#opened())?.bringInputs(trace)) ?? false;
  }

  offer(trace: Trace): void {
    if (this.#settings.mode === 'read') return;
    void this.#opened().then((client) => client?.offer(trace));
  }

  /** Why it stays on this machine; `undefined`: it may be shared. */
  async whyUnshared(trace: Trace): Promise<Unshared | undefined> {
    return (await this.#opened())?.whyUnshared(trace);
  }

  async blobs(): Promise<BlobStore | undefined> {
    if (this.#settings.mode === 'write') return undefined;
    return (await this.#opened())?.blobs;
  }

  /** Waits until what was offered is shared, as long as that gets on. At once if nothing was. */
  async settle({ progress, signal }: Sharing = {}): Promise<RemoteUse> {
    const client = await this.#client;
    if (client === undefined) return this.#use(NONE);
    let most = 0;
    const settling = {
      ...(signal === undefined ? {} : { signal }),
      ...(progress === undefined
        ? {}
        : {
            progress: ({ entries, bytes }: { entries: number; bytes: number }) => {
              most = Math.max(most, entries);
              if (most > 0) progress({ entries, of: most, bytes });
            },
          }),
    };
    return this.#use(await client.settle(settling));
  }

  close(): void {
    this.#isClosed = true;
    void this.#client?.then((client) => client?.close());
  }

  async #opened(): Promise<Remote | undefined> {
    if (this.#isClosed) return undefined;
    this.#wasUsed = true;
    this.#client ??= this.#load();
    return await this.#client;
  }

  async #load(): Promise<Remote | undefined> {
    const opened = await this.#open((warning) => this.#tell(warning));
    if (opened.ok) return opened.value;
    const { headline, facts } = opened.failure;
    this.#off = headline;
    this.#tell({
      code: 'remote-off',
      kind: 'warning',
      headline: `the remote is not used: ${headline}`,
      facts,
      ...(opened.failure.hint === undefined ? {} : { hint: opened.failure.hint }),
    });
    return undefined;
  }

  #tell(warning: Failure): void {
    if (this.#warn === undefined) this.#early.push(warning);
    else this.#warn(warning);
  }

  #use(summary: RemoteSummary): RemoteUse {
    const { address, mode } = this.#settings;
    const off = this.#off;
    return { url: address.url, mode, ...summary, ...(off === undefined ? {} : { off }) };
  }
}

const NONE: RemoteSummary = {
  asked: 0,
  found: 0,
  requests: 0,
  pushed: 0,
  same: 0,
  conflicts: 0,
  refused: 0,
  dropped: 0,
  left: 0,
  bytesDown: 0,
  bytesUp: 0,
  waitedMs: 0,
  unbelieved: {},
  unshared: {},
};
