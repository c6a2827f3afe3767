import { decode, unpackDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { readChunk } from '@skein/model';
import type { ActionKey, LogPrefix, Observation, Provenance, Trace } from '@skein/model';
import { type FarTraces, LOG_KIND, MemoryBlobs, MemoryTraces } from '@skein/store';
import type { Stores } from './scripted.ts';

export const ADA: Provenance = {
  writer: 'a'.repeat(64),
  scope: 'trusted',
  user: 'ada',
  host: 'build-7',
  skein: '0.6.0',
  at: 900,
};

/** What several machines share: traces, with the inputs and logs that they depend on, and blobs. */
export class FarStore {
  readonly traces = new MemoryTraces();
  readonly values = new Map<Digest, Uint8Array>();
  readonly logs = new Map<Digest, Uint8Array>();
  readonly blobs = new MemoryBlobs();

  /** A machine in front of it. */
  client(near: Stores): FarClient {
    return new FarClient(this, near);
  }
}

/** How a client misbehaves. */
export interface Trouble {
  /** Nobody answers. */
  readonly down?: boolean;
  /** Turns of the event loop until an answer comes. */
  readonly turns?: number;
  readonly inputsGone?: boolean;
}

/** One run's view of the store, as `FarTraces` promises; it counts what it is asked. */
export class FarClient implements FarTraces {
  readonly finds: (readonly ActionKey[])[] = [];
  readonly prefetched: ActionKey[] = [];
  readonly offered: Trace[] = [];
  brought = 0;
  trouble: Trouble = {};
  #pushed = 0;
  readonly #far: FarStore;
  readonly #near: Stores;
  readonly #asked = new Map<ActionKey, Promise<readonly Trace[]>>();

  constructor(far: FarStore, near: Stores) {
    this.#far = far;
    this.#near = near;
  }

  async find(keys: readonly ActionKey[]): Promise<ReadonlyMap<ActionKey, readonly Trace[]>> {
    this.finds.push(keys);
    const found = new Map<ActionKey, readonly Trace[]>();
    for (const key of keys) {
      const traces = await this.#ask(key);
      if (traces.length > 0) found.set(key, traces);
    }
    return found;
  }

  prefetch(keys: readonly ActionKey[], learned: (trace: Trace) => void): void {
    this.prefetched.push(...keys);
    for (const key of keys) void this.#ask(key).then((traces) => traces.forEach(learned));
  }

  async bringInputs({ waves }: Trace): Promise<boolean> {
    this.brought += 1;
    await this.#turns();
    if (this.trouble.down === true || this.trouble.inputsGone === true) return false;
    let whole = true;
    for (const input of waves.flat().flatMap(inputsOf)) {
      const bytes = this.#far.values.get(input);
      if (bytes === undefined) whole = false;
      else this.#near.traces.rememberValue(input, bytes);
    }
    return whole;
  }

  offer(trace: Trace): void {
    this.offered.push(trace);
  }

  /** What was offered is shared, with what it depends on. */
  push(origin: Provenance = ADA): void {
    for (const trace of this.offered.slice(this.#pushed)) {
      this.#pushed += 1;
      this.#far.traces.learn({ ...trace, origin });
      for (const input of trace.waves.flat().flatMap(inputsOf)) {
        const bytes = this.#near.traces.valueOf(input);
        if (bytes !== undefined) this.#far.values.set(input, bytes);
      }
      this.#pushLog(trace.log);
    }
  }

  #pushLog(prefix: LogPrefix | null): void {
    for (let at = prefix; at !== null;) {
      const bytes = this.#near.traces.kept(LOG_KIND, at.digest);
      if (bytes === undefined) return;
      this.#far.logs.set(at.digest, bytes);
      at = previousOf(bytes);
    }
  }

  #ask(key: ActionKey): Promise<readonly Trace[]> {
    const known = this.#asked.get(key) ?? this.#fetch(key);
    this.#asked.set(key, known);
    return known;
  }

  async #fetch(key: ActionKey): Promise<readonly Trace[]> {
    await this.#turns();
    if (this.trouble.down === true) return [];
    const traces = this.#far.traces.lookUp(key);
    for (const trace of traces.toReversed()) {
      for (let at = trace.log; at !== null;) {
        const bytes = this.#far.logs.get(at.digest);
        if (bytes === undefined) break;
        this.#near.traces.keep(LOG_KIND, at.digest, bytes);
        at = previousOf(bytes);
      }
      this.#near.traces.learn(trace);
    }
    return traces;
  }

  async #turns(): Promise<void> {
    for (let turn = 0; turn < (this.trouble.turns ?? 1); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function previousOf(bytes: Uint8Array): LogPrefix | null {
  return readChunk(decode(bytes)).previous;
}

function inputsOf(seen: Observation): readonly Digest[] {
  if (seen.kind === 'call') return seen.inputs;
  return seen.kind === 'map' ? unpackDigests(seen.inputs) : [];
}

/** Blobs that lie far away until they are brought. */
export class FarBlobs extends MemoryBlobs {
  readonly brought: Digest[] = [];
  readonly #far: MemoryBlobs;

  constructor(far: MemoryBlobs) {
    super();
    this.#far = far;
  }

  override async has(digest: Digest): Promise<boolean> {
    return (await super.has(digest)) || (await this.#far.has(digest));
  }

  override async bring(digest: Digest): Promise<boolean> {
    if (await super.has(digest)) return true;
    const bytes = await this.#far.get(digest);
    if (bytes === undefined) return false;
    this.brought.push(digest);
    return (await this.put(bytes)) === digest;
  }
}
