import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { decode, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionKey } from '@skein/model';
import { SKEIN_TYPE, SharedStoreError, encodeFrame, readFrames } from '@skein/store';
import type { DepotShare, NewEntry, PutStatus } from '@skein/store';

/** What a server does instead of answering; false: it answers. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface DepotServer extends AsyncDisposable {
  readonly url: URL;
  /** Method and path of every request, in order. */
  readonly requests: readonly string[];
  fault: Fault | undefined;
  /** Connections that were made. */
  readonly connections: () => number;
}

const STATUS: Readonly<Record<PutStatus, number>> = {
  stored: 201,
  same: 200,
  conflict: 409,
  refused: 403,
  full: 507,
};

/** The protocol of `docs/formats/remote.md` in front of a depot, for one token. */
export async function serveDepot(share: DepotShare, token: string): Promise<DepotServer> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    if (served.fault?.(request, response) === true) return;
    if (request.headers.authorization !== `Bearer ${token}`) return json(response, 401, {});
    answer(share, request, response).catch((error: unknown) => {
      const isForbidden = error instanceof SharedStoreError && error.trouble === 'forbidden';
      json(response, isForbidden ? 403 : 503, { error: { code: 'x', message: 'not this time' } });
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const served: DepotServer = {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    fault: undefined,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return served;
}

async function answer(
  share: DepotShare,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, , , resource, name] = (request.url ?? '').split('/');
  const route = `${request.method} ${resource}${name === 'find' ? '/find' : ''}`;
  switch (route) {
    case 'GET greeting':
      return json(response, 200, forJson(await share.greet()));
    case 'POST writers': {
      const { publicKey } = JSON.parse((await bodyOf(request)).toString()) as {
        readonly publicKey: string;
      };
      await share.register(Buffer.from(publicKey, 'base64'));
      response.writeHead(204).end();
      return;
    }
    case 'POST traces/find': {
      response.writeHead(200, { 'content-type': SKEIN_TYPE });
      const keys = decode(await bodyOf(request)) as readonly ActionKey[];
      for await (const { key, id, scope, bytes } of share.find(keys)) {
        response.write(encodeFrame([key, id, scope, bytes]));
      }
      response.end();
      return;
    }
    case 'POST traces': {
      const entries: NewEntry[] = [];
      const limits = { frameBytes: 1 << 25, totalBytes: 1 << 27 };
      for await (const frame of readFrames(request, limits)) {
        const [key, id, bytes] = frame as [ActionKey, string, Uint8Array];
        entries.push({ key, id, bytes });
      }
      return json(response, 200, { statuses: await share.put(entries) });
    }
    case 'POST blobs/find': {
      const there = await share.hasBlobs(decode(await bodyOf(request)) as readonly Digest[]);
      response.writeHead(200, { 'content-type': SKEIN_TYPE }).end(encode([...there]));
      return;
    }
    case 'GET blobs': {
      const body = await share.getBlob(name as Digest);
      if (body === undefined) return json(response, 404, {});
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      return pipeline(body, response);
    }
    case 'PUT blobs': {
      const status = await share.receiveBlob(name as Digest, request);
      request.resume();
      return json(response, STATUS[status], {});
    }
    default:
      return json(response, 404, {});
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat((await Array.fromAsync(request)) as Buffer[]);
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function forJson(greeting: Awaited<ReturnType<DepotShare['greet']>>): unknown {
  const writers = greeting.writers.map(({ publicKey, ...rest }) => ({
    ...rest,
    publicKey: Buffer.from(publicKey).toString('base64'),
  }));
  return { ...greeting, writers, server: '0.0.0' };
}
