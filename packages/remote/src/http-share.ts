import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DecodingError, decode, encode, isDigest, parseDigest } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionKey } from '@skein/model';
import { FrameError, SKEIN_TYPE, SharedStoreError, encodeFrame, readFrames } from '@skein/store';
import type { Asking, Greeting, NewEntry, PutStatus, Scope, SharedEntry } from '@skein/store';
import { readGreeting } from './greeting.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { HttpClient, type HttpClientOptions } from './http-client.ts';
import { refusalOf } from './http-refusal.ts';
import type { MeteredShare, Traffic } from './traffic.ts';

export type HttpShareOptions = HttpClientOptions;

const API = '/skein/v1';
const MEBIBYTE = 1 << 20;
/** Bytes of an answer in JSON, of a list of digests, of entries together, and of one of them. */
const JSON_BYTES = 4 * MEBIBYTE;
const LIST_BYTES = 4 * MEBIBYTE;
const ENTRIES_BYTES = 512 * MEBIBYTE;
const ENTRY_BYTES = 32 * MEBIBYTE;

const STATUSES: readonly PutStatus[] = ['stored', 'same', 'conflict', 'refused', 'full'];

/** A shared store behind `skein cache-server`. `docs/formats/remote.md` is the protocol. */
export class HttpShare implements MeteredShare {
  readonly steady = true;
  readonly traffic: Traffic;
  readonly #client: HttpClient;

  constructor(options: HttpShareOptions) {
    this.traffic = options.traffic;
    this.#client = new HttpClient(options);
  }

  async greet({ signal }: Asking = {}): Promise<Greeting> {
    return readGreeting(await this.askJson({ method: 'GET', path: `${API}/greeting`, signal }));
  }

  async register(publicKey: Uint8Array, { signal }: Asking = {}): Promise<void> {
    const body = jsonBody({ publicKey: Buffer.from(publicKey).toString('base64') });
    const call: HttpCall = { method: 'POST', path: `${API}/writers`, body, signal };
    const answer = await this.#send(call, [200, 201, 204]);
    await readAll(answer.body, JSON_BYTES);
  }

  async *find(
    keys: readonly ActionKey[],
    { signal }: Asking = {},
  ): AsyncGenerator<SharedEntry, undefined> {
    const body = { kind: 'bytes', bytes: encode(keys), type: SKEIN_TYPE } as const;
    const call: HttpCall = { method: 'POST', path: `${API}/traces/find`, body, signal };
    const answer = await this.#send(call, [200], SKEIN_TYPE);
    try {
      const limits = { frameBytes: ENTRY_BYTES, totalBytes: ENTRIES_BYTES };
      for await (const frame of readFrames(answer.body, limits)) yield mustEntry(frame);
    } catch (error) {
      throw asTrouble(error);
    } finally {
      answer.body.destroy();
    }
  }

  async put(entries: readonly NewEntry[], { signal }: Asking = {}): Promise<readonly PutStatus[]> {
    const frames = entries.map(({ key, id, bytes }) => encodeFrame([key, id, bytes]));
    const body = { kind: 'bytes', bytes: Buffer.concat(frames), type: SKEIN_TYPE } as const;
    const call: HttpCall = { method: 'POST', path: `${API}/traces`, body, signal };
    return mustStatuses(await this.askJson(call), entries.length);
  }

  async hasBlobs(
    digests: readonly Digest[],
    { signal }: Asking = {},
  ): Promise<ReadonlySet<Digest>> {
    const body = { kind: 'bytes', bytes: encode(digests), type: SKEIN_TYPE } as const;
    const call: HttpCall = { method: 'POST', path: `${API}/blobs/find`, body, signal };
    const answer = await this.#send(call, [200], SKEIN_TYPE);
    const bytes = await readAll(answer.body, LIST_BYTES);
    const asked = new Set(digests);
    return new Set(mustDigests(bytes).filter((one) => asked.has(one)));
  }

  async getBlob(digest: Digest, { signal }: Asking = {}): Promise<Readable | undefined> {
    const call: HttpCall = { method: 'GET', path: `${API}/blobs/${digest}`, signal };
    const answer = await this.#send(call, [200, 404]);
    if (answer.status === 200) return answer.body;
    await readAll(answer.body, JSON_BYTES);
    return undefined;
  }

  async putBlob(digest: Digest, path: string, { signal }: Asking = {}): Promise<PutStatus> {
    const size = await sizeOf(path);
    const body = { kind: 'file', path, size } as const;
    const call: HttpCall = { method: 'PUT', path: `${API}/blobs/${digest}`, body, signal };
    const answer = await this.#send(call, [200, 201, 204, 403, 409, 413, 422, 507]);
    await readAll(answer.body, JSON_BYTES);
    if (answer.status === 507) return 'full';
    if (answer.status === 409) return 'conflict';
    if (answer.status >= 400) return 'refused';
    return answer.status === 200 ? 'same' : 'stored';
  }

  /** What a request for people answers, such as `GET /skein/v1/stats`. */
  async askJson(call: HttpCall): Promise<unknown> {
    const answer = await this.#send(call, [200], 'application/json');
    const text = Buffer.from(await readAll(answer.body, JSON_BYTES)).toString();
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new SharedStoreError('garbage', 'the answer is no JSON', { cause: error });
    }
  }

  /** The body of what a request for people answers with many things, such as the entries. */
  async open(call: HttpCall): Promise<Readable> {
    return (await this.#send(call, [200])).body;
  }

  close(): void {
    this.#client.close();
  }

  /** An answer of another status, or of another type than what is asked for, is trouble. */
  async #send(call: HttpCall, wanted: readonly number[], type?: string): Promise<HttpAnswer> {
    const answer = await this.#client.send(call);
    if (!wanted.includes(answer.status)) throw await refusalOf(answer);
    if (type === undefined || answer.type === type) return answer;
    answer.body.destroy();
    throw new SharedStoreError('garbage', `the answer is "${answer.type}", not "${type}"`);
  }
}

/** The body of a request in JSON. */
export function jsonBody(value: unknown): NonNullable<HttpCall['body']> {
  return { kind: 'bytes', bytes: Buffer.from(JSON.stringify(value)), type: 'application/json' };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw new SharedStoreError('refused', 'the blob is not there any more', { cause: error });
  }
}

async function readAll(body: Readable, mostBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      size += piece.byteLength;
      if (size > mostBytes) throw new SharedStoreError('garbage', 'the answer is too long');
      pieces.push(piece);
    }
  } catch (error) {
    throw asTrouble(error);
  }
  return Buffer.concat(pieces, size);
}

function asTrouble(error: unknown): unknown {
  if (!(error instanceof FrameError)) return error;
  return new SharedStoreError('garbage', error.message, { cause: error });
}

const ID = /^[0-9a-f]{64}$/;

function mustEntry(frame: unknown): SharedEntry {
  const [key, id, scope, bytes] = Array.isArray(frame) ? (frame as readonly unknown[]) : [];
  if (
    !isDigest(key) ||
    typeof id !== 'string' ||
    !ID.test(id) ||
    typeof scope !== 'string' ||
    !(bytes instanceof Uint8Array)
  ) {
    throw new SharedStoreError('garbage', 'a frame holds no entry');
  }
  return { key: key as ActionKey, id, scope: scope as Scope, bytes };
}

function mustStatuses(answer: unknown, count: number): readonly PutStatus[] {
  const told: unknown = typeof answer === 'object' && answer !== null ? answer : {};
  const statuses = (told as { readonly statuses?: unknown }).statuses;
  if (!Array.isArray(statuses) || statuses.length !== count) {
    throw new SharedStoreError('garbage', 'not one status for each entry');
  }
  return statuses.map((status: unknown) => {
    const known = STATUSES.find((one) => one === status);
    if (known === undefined) throw new SharedStoreError('garbage', 'an unknown status');
    return known;
  });
}

function mustDigests(bytes: Uint8Array): readonly Digest[] {
  let list: unknown;
  try {
    list = decode(bytes, { codecs: [] });
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error;
    throw new SharedStoreError('garbage', 'the answer is no list', { cause: error });
  }
  if (!Array.isArray(list)) throw new SharedStoreError('garbage', 'the answer is no list');
  return list.map((one: unknown) => {
    const digest = typeof one === 'string' ? parseDigest(one) : undefined;
    if (digest === undefined) throw new SharedStoreError('garbage', 'no digest');
    return digest;
  });
}
