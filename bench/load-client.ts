import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { HttpShare, Traffic, systemTimers } from '@skein/remote';
import { createDigester, digestOf, type Digest } from '@skein/values';
import { STRIDE, entryOf, keyOf, noiseOf, writeLarge } from './load-things.ts';
import type { ClientOrder, Phase, Share, Timed } from './load.ts';

/** Far more than anything here may take: what is late is measured, not given up. */
const PATIENCE = { connectMs: 60_000, answerMs: 120_000, stallMs: 120_000 };

/** One client of a cache server: the one that `skein run` has, and one as Nx has it. */
export class LoadClient {
  readonly #order: ClientOrder;
  readonly #first: number;
  readonly #share: HttpShare;
  readonly #large: string;
  #largeDigest: Digest | undefined;

  constructor(order: ClientOrder, number: number) {
    this.#order = order;
    this.#first = number * STRIDE;
    this.#large = join(order.scratch, `large-${number}`);
    this.#share = new HttpShare({
      base: new URL(order.url),
      token: order.token,
      timers: systemTimers,
      patience: PATIENCE,
      traffic: new Traffic(),
      agent: 'skein-bench',
    });
  }

  /** Everything that is not measured: the writer's key, and the files that are uploaded. */
  async prepare(): Promise<void> {
    await this.#share.register(Uint8Array.from(this.#order.publicKey));
  }

  /** Throws where the server did not do what was asked. */
  async work(phase: Phase): Promise<Share> {
    const requests: Timed[] = [];
    const things = await this.#things(phase);
    const { traffic } = this.#share;
    const before = traffic.up + traffic.down;
    let nxBytes = 0;
    for (const thing of things) {
      const startedMs = now();
      nxBytes += await thing();
      requests.push({ startedMs, endedMs: now() });
    }
    return { requests, bytes: traffic.up + traffic.down - before + nxBytes };
  }

  close(): void {
    this.#share.close();
  }

  /** Requests that are ready to be sent; each gives the bytes that `HttpShare` did not count. */
  async #things(phase: Phase): Promise<readonly (() => Promise<number>)[]> {
    const { kind, count, perRequest, ofClients } = phase;
    const numbers = Array.from({ length: count }, (_, index) => {
      if (ofClients === undefined) return this.#first + index;
      return (index % ofClients) * STRIDE + Math.floor(index / ofClients);
    });
    const { small } = this.#order.sizes;
    switch (kind) {
      case 'entries put':
        return groupsOf(numbers, perRequest).map((group) => this.#putEntries(group));
      case 'entries found':
        return groupsOf(numbers, perRequest).map((group) => this.#findEntries(group));
      case 'blobs put':
        return await Promise.all(numbers.map(async (number) => await this.#putSmall(number)));
      case 'blobs got':
        return numbers.map((number) => this.#getBlob(digestOf('blob', noiseOf(number, small))));
      case 'artifacts of Nx put':
        return numbers.map((number) => this.#nx(number, 'PUT'));
      case 'artifacts of Nx got':
        return numbers.map((number) => this.#nx(number, 'GET'));
      case 'large blob put':
        this.#largeDigest ??= await writeLarge(this.#large, this.#order.sizes.large);
        return [this.#putBlob(this.#largeDigest, this.#large)];
      case 'large blob got':
        if (this.#largeDigest === undefined) throw new Error('no large blob was put before');
        return [this.#getBlob(this.#largeDigest)];
    }
  }

  #putEntries(numbers: readonly number[]): () => Promise<number> {
    const { publicKey, sizes } = this.#order;
    const writer = { publicKey: Uint8Array.from(publicKey), size: sizes.entry };
    const entries = numbers.map((number) => entryOf(number, writer));
    return async () => {
      const statuses = await this.#share.put(entries);
      mustBe(statuses.join(), entries.map(() => 'stored').join());
      return 0;
    };
  }

  #findEntries(numbers: readonly number[]): () => Promise<number> {
    const keys = numbers.map(keyOf);
    return async () => {
      const found = new Set<string>();
      for await (const { key } of this.#share.find(keys)) found.add(key);
      mustBe(found.size, keys.length);
      return 0;
    };
  }

  async #putSmall(number: number): Promise<() => Promise<number>> {
    const bytes = noiseOf(number, this.#order.sizes.small);
    const path = join(this.#order.scratch, String(number));
    await writeFile(path, bytes);
    return this.#putBlob(digestOf('blob', bytes), path);
  }

  #putBlob(digest: Digest, path: string): () => Promise<number> {
    return async () => {
      mustBe(await this.#share.putBlob(digest, path), 'stored');
      return 0;
    };
  }

  #getBlob(digest: Digest): () => Promise<number> {
    return async () => {
      const body = await this.#share.getBlob(digest);
      if (body === undefined) throw new Error('a blob is missing');
      mustBe(await digestOfBody(body), digest);
      return 0;
    };
  }

  #nx(number: number, method: 'GET' | 'PUT'): () => Promise<number> {
    const { url, token, sizes } = this.#order;
    const bytes = Buffer.from(noiseOf(number, sizes.small));
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
    };
    const request = method === 'PUT' ? { method, headers, body: bytes } : { method, headers };
    return async () => {
      const response = await fetch(`${url}/v1/cache/${number}`, request);
      const body = Buffer.from(await response.arrayBuffer());
      mustBe(response.status, 200);
      if (method === 'GET') mustBe(Buffer.compare(body, bytes), 0);
      return bytes.length;
    };
  }
}

/** A clock that all processes of a machine share. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function digestOfBody(body: Readable): Promise<Digest> {
  const digester = createDigester('blob');
  for await (const chunk of body as AsyncIterable<Buffer>) digester.update(chunk);
  return digester.finish();
}

function groupsOf(numbers: readonly number[], size: number): readonly (readonly number[])[] {
  const count = Math.ceil(numbers.length / size);
  return Array.from({ length: count }, (_, at) => numbers.slice(at * size, (at + 1) * size));
}

function mustBe(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${String(actual)} instead of ${String(wanted)}`);
}
