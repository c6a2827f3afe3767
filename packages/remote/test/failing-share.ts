import type { Readable } from 'node:stream';
import type { Asking, Greeting, PutStatus } from '@skein/store';
import { type MeteredShare, Traffic } from '../src/traffic.ts';
import { SCOPE } from './team.ts';

/** What a share does with a request of this name; what it gives is the answer. */
export type Behaviour = (what: string, asking: Asking) => Promise<unknown>;

export const GREETING: Greeting = {
  format: 1,
  scope: SCOPE,
  mode: 'read-write',
  reads: [SCOPE],
  writers: [],
  revoked: [],
  unsigned: false,
  limits: { keys: 2_000, batchBytes: 1 << 23, entryBytes: 1 << 22, blobBytes: 1 << 30 },
};

/** A share that only fails, hangs, or answers with nothing: whatever the behaviour says. */
export class FailingShare implements MeteredShare {
  readonly traffic = new Traffic();
  readonly steady = true;
  readonly asked: string[] = [];
  behaviour: Behaviour;

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
  }

  async greet(asking: Asking = {}): Promise<Greeting> {
    return ((await this.#ask('greet', asking)) as Greeting | undefined) ?? GREETING;
  }

  async register(_: Uint8Array, asking: Asking = {}): Promise<void> {
    await this.#ask('register', asking);
  }

  async *find(_: unknown, asking: Asking = {}): AsyncGenerator<never, undefined> {
    yield* ((await this.#ask('find', asking)) as readonly never[] | undefined) ?? [];
  }

  async put(entries: readonly unknown[], asking: Asking = {}): Promise<readonly PutStatus[]> {
    const status = ((await this.#ask('put', asking)) as PutStatus | undefined) ?? 'stored';
    return entries.map(() => status);
  }

  async hasBlobs(_: unknown, asking: Asking = {}): Promise<ReadonlySet<never>> {
    await this.#ask('hasBlobs', asking);
    return new Set();
  }

  async getBlob(_: unknown, asking: Asking = {}): Promise<Readable | undefined> {
    return (await this.#ask('getBlob', asking)) as Readable | undefined;
  }

  async putBlob(_: unknown, __: unknown, asking: Asking = {}): Promise<PutStatus> {
    return ((await this.#ask('putBlob', asking)) as PutStatus | undefined) ?? 'stored';
  }

  close(): void {
    this.asked.push('close');
  }

  #ask(what: string, asking: Asking): Promise<unknown> {
    this.asked.push(what);
    return this.behaviour(what, asking);
  }
}

/** Never answers, but for being given up. */
export function hangs(asking: Asking): Promise<never> {
  return new Promise((_, reject) => {
    asking.signal?.addEventListener('abort', () => reject(new Error('given up')));
  });
}
