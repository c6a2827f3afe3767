import { hash } from 'node:crypto';
import { decode, encode } from '@skein/values';

/** An entry as it travels; `scope` is told by the server. */
export interface WireEntry {
  readonly key: string;
  readonly id: string;
  readonly scope: string;
  readonly bytes: Uint8Array;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface WireRequest {
  readonly method?: string;
  readonly body?: Uint8Array | string;
  readonly type?: string;
}

/** The media type of Skein's own bodies. */
export const SKEIN_TYPE = 'application/vnd.skein';

/**
 * Both protocols of `docs/formats/remote.md` as the page has them, without the client that is
 * under test: what an attacker, or somebody else's client, sends.
 */
export class Wire {
  readonly #address: string;
  readonly #token: string;

  constructor(address: string, token: string) {
    this.#address = address;
    this.#token = token;
  }

  async ask(path: string, { method = 'GET', body, type }: WireRequest = {}): Promise<WireAnswer> {
    const response = await fetch(`${this.#address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const { status, headers } = response;
    return { status, headers, body: Buffer.from(await response.arrayBuffer()) };
  }

  async putNx(name: string, body: Uint8Array | string): Promise<number> {
    const type = 'application/octet-stream';
    return (await this.ask(`/v1/cache/${name}`, { method: 'PUT', body, type })).status;
  }

  /** The artifact, or the status where there is none. */
  async getNx(name: string): Promise<string | number> {
    const { status, body } = await this.ask(`/v1/cache/${name}`);
    return status === 200 ? body.toString() : status;
  }

  async putEntry({ key, id, bytes }: Omit<WireEntry, 'scope'>): Promise<number> {
    const path = `/skein/v1/traces/${key}/${id}`;
    return (await this.ask(path, { method: 'PUT', body: bytes, type: SKEIN_TYPE })).status;
  }

  async putEntries(entries: readonly Omit<WireEntry, 'scope'>[]): Promise<readonly string[]> {
    const body = framesOf(entries.map(({ key, id, bytes }) => [key, id, bytes]));
    const request = { method: 'POST', body, type: SKEIN_TYPE };
    const answer = jsonOf(await this.ask('/skein/v1/traces', request));
    return (answer as { statuses: string[] }).statuses;
  }

  async find(keys: readonly string[]): Promise<readonly WireEntry[]> {
    const request = { method: 'POST', body: encode([...keys]), type: SKEIN_TYPE };
    return entriesIn((await this.ask('/skein/v1/traces/find', request)).body);
  }

  async putBlob(bytes: Uint8Array | string, digest = blobDigest(bytes)): Promise<number> {
    const path = `/skein/v1/blobs/${digest}`;
    return (await this.ask(path, { method: 'PUT', body: bytes })).status;
  }

  /** The blob, or the status where there is none. */
  async getBlob(digest: string): Promise<string | number> {
    const { status, body } = await this.ask(`/skein/v1/blobs/${digest}`);
    return status === 200 ? body.toString() : status;
  }

  async hasBlobs(digests: readonly string[]): Promise<readonly string[]> {
    const request = { method: 'POST', body: encode([...digests]), type: SKEIN_TYPE };
    return decode((await this.ask('/skein/v1/blobs/find', request)).body) as string[];
  }

  /** Registers the raw public key of a writer under the token. */
  async register(publicKey: Uint8Array): Promise<number> {
    const body = JSON.stringify({ publicKey: Buffer.from(publicKey).toString('base64') });
    const request = { method: 'POST', body, type: 'application/json' };
    return (await this.ask('/skein/v1/writers', request)).status;
  }

  async greeting(): Promise<WireGreeting> {
    return jsonOf(await this.ask('/skein/v1/greeting')) as WireGreeting;
  }
}

/** As much of a greeting as the tests look at. */
export interface WireGreeting {
  readonly scope: string;
  readonly mode: string;
  readonly reads: readonly string[];
  readonly writers: readonly { readonly publicKey: string; readonly scope: string }[];
  readonly revoked: readonly string[];
  readonly limits: { readonly keys: number; readonly entryBytes: number };
}

/** The name of a blob. */
export function blobDigest(bytes: Uint8Array | string): string {
  return `${hash('sha256', bytes, 'hex')}-${Buffer.byteLength(bytes)}`;
}

/** A stream of frames. */
export function framesOf(values: readonly unknown[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const bytes = encode(value);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The values of a stream of frames that is whole. */
export function valuesIn(body: Buffer): readonly unknown[] {
  const values: unknown[] = [];
  for (let at = 0; at < body.length;) {
    const end = at + 4 + body.readUInt32BE(at);
    values.push(decode(body.subarray(at + 4, end)));
    at = end;
  }
  return values;
}

/** The entries that `traces/find` answers with. */
export function entriesIn(body: Buffer): readonly WireEntry[] {
  return valuesIn(body).map((value) => {
    const [key, id, scope, bytes] = value as [string, string, string, Uint8Array];
    return { key, id, scope, bytes };
  });
}

function jsonOf({ status, body }: WireAnswer): unknown {
  if (status !== 200) throw new Error(`status ${status}: ${body.toString()}`);
  return JSON.parse(body.toString());
}
