import { SKEIN_TYPE, readFrames, encodeFrame, mayRead, mayWrite } from '@skein/store';
import type { NewEntry, PutStatus } from '@skein/store';
import type { ActionKey } from '@skein/model';
import { isDigest } from '@skein/values';
import { ask, badRequest, bodyOf, type Asked, type SharedEndpoint } from './asked.ts';
import { declaredLength } from './call.ts';
import { keysIn } from './key-list.ts';
import { receive } from './receive.ts';
import { empty, json, refusal, type Reply } from './reply.ts';
import { TooLong } from './too-long.ts';

const ID = /^[0-9a-f]{64}$/;
/** What a frame has besides the bytes of its entry. */
const FRAME_OVERHEAD_BYTES = 1_024;
/** So much of a request is kept in memory before it is stored. */
const STORED_AT_ONCE_BYTES = 1 << 20;
const STORED_AT_ONCE = 64;

export const traceEndpoints: readonly SharedEndpoint[] = [
  { method: 'POST', path: '/skein/v1/traces/find', answer: find },
  { method: 'POST', path: '/skein/v1/traces', answer: putMany },
  { method: 'PUT', path: '/skein/v1/traces/:key/:id', answer: putOne },
];

async function find(asked: Asked): Promise<Reply> {
  if (!mayRead(asked.rights)) return refusal('forbidden', 'this token may not read');
  const keys = await keysIn(asked);
  if (keys === undefined) return badRequest('a list of keys is expected');
  if (keys.length > asked.service.limits.keys) throw new TooLong(asked.service.limits.keys);
  return { kind: 'frames', type: SKEIN_TYPE, chunks: found(asked, keys as readonly ActionKey[]) };
}

async function* found({ rights, service, call }: Asked, keys: readonly ActionKey[]) {
  const hits = new Set<ActionKey>();
  const entries = service.depot.as(rights).find(keys, { signal: call.signal });
  for await (const { key, id, scope, bytes } of entries) {
    hits.add(key);
    yield encodeFrame([key, id, scope, bytes]);
  }
  service.metrics.lookup('trace', hits.size, new Set(keys).size - hits.size);
}

async function putMany(asked: Asked): Promise<Reply> {
  const { call, rights, service } = asked;
  const { limits } = service;
  if (!mayWrite(rights)) return refusal('forbidden', 'this token may not write');
  if ((declaredLength(call) ?? 0) > limits.batchBytes) throw new TooLong(limits.batchBytes);
  const frameLimits = {
    frameBytes: limits.entryBytes + FRAME_OVERHEAD_BYTES,
    totalBytes: limits.batchBytes,
  };
  const statuses = await receive({ call, most: limits.batchBytes, limits }, async (body) => {
    const batch = new Batch(asked);
    for await (const value of readFrames(body, frameLimits)) {
      const entry = entryIn(value);
      if (entry === undefined || batch.count >= limits.keys) return undefined;
      await batch.add(entry);
    }
    return await batch.finish();
  });
  if (statuses === undefined) return badRequest(`up to ${limits.keys} entries are expected`);
  return json({ statuses });
}

/** Stores entries in small groups, so that memory does not grow with the request. */
class Batch {
  readonly #asked: Asked;
  readonly #statuses: PutStatus[] = [];
  #held: NewEntry[] = [];
  #heldBytes = 0;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  get count(): number {
    return this.#statuses.length + this.#held.length;
  }

  async add(entry: NewEntry): Promise<void> {
    this.#held.push(entry);
    this.#heldBytes += entry.bytes.length;
    if (this.#held.length >= STORED_AT_ONCE || this.#heldBytes >= STORED_AT_ONCE_BYTES) {
      await this.#store();
    }
  }

  async finish(): Promise<readonly PutStatus[]> {
    await this.#store();
    return this.#statuses;
  }

  async #store(): Promise<void> {
    const entries = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#statuses.push(...(await store(this.#asked, entries)));
  }
}

async function store(asked: Asked, entries: readonly NewEntry[]): Promise<readonly PutStatus[]> {
  if (entries.length === 0) return [];
  const { rights, service } = asked;
  return await ask(asked, (signal) => service.depot.as(rights).put(entries, { signal }));
}

async function putOne(asked: Asked): Promise<Reply> {
  const { call, rights, service } = asked;
  const { key, id } = call.params;
  if (!isDigest(key)) return badRequest('the key is no key');
  if (id === undefined || !ID.test(id)) return badRequest('the id is 64 hexadecimal digits');
  if (!mayWrite(rights)) return refusal('forbidden', 'this token may not write');
  const body = await bodyOf(asked, service.limits.entryBytes);
  const entry = { key: key as ActionKey, id, bytes: new Uint8Array(body) };
  const [status = 'refused'] = await store(asked, [entry]);
  return statusReply(status);
}

/** What became of something that was put. */
export function statusReply(status: PutStatus): Reply {
  switch (status) {
    case 'stored':
      return empty(201);
    case 'same':
      return empty(200);
    case 'conflict':
      return refusal('conflict', 'something else is there');
    case 'refused':
      return refusal('forbidden', 'the storage does not take it');
    case 'full':
      return refusal('no-room', 'no room');
  }
}

function entryIn(value: unknown): NewEntry | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [key, id, bytes] = value as readonly unknown[];
  if (!isDigest(key) || typeof id !== 'string' || !ID.test(id)) return undefined;
  return bytes instanceof Uint8Array ? { key: key as ActionKey, id, bytes } : undefined;
}
