import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { digestOf, encode } from '@skein/values';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startServer, temporaryFolder } from '../test/test-server.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 0);
const runs = (usual: number) => ({ numRuns: RUNS > 0 ? RUNS : usual });

const digest = digestOf('blob', 'x');

const segment = fc.oneof(
  fc.constantFrom('v1', 'cache', 'skein', 'traces', 'blobs', 'find', 'greeting', 'writers'),
  fc.constantFrom('entries', 'stats', 'revoke', 'gc', 'verify', 'health', 'metrics'),
  fc.constantFrom('..', '.', '%2e%2e', '%2f', '%00', '%', '%zz', '%c0%af', '', digest),
  fc.string({ maxLength: 40 }).map((text) => encodeURI(text.toWellFormed())),
);
const query = fc.constantFrom('', '?', '?scope=..', '?kind=x&kind=nx', '?name=%00', '#x');
const path = fc.oneof(
  fc.tuple(fc.array(segment, { maxLength: 6 }), query).map(([all, q]) => `/${all.join('/')}${q}`),
  fc.constantFrom('/v1/cache/1', `/skein/v1/blobs/${digest}`, '/skein/v1/traces/find'),
  fc.constantFrom('/skein/v1/traces', '/skein/v1/writers', '/skein/v1/gc', '/skein/v1/entries'),
);
const method = fc.oneof(
  fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE'),
  fc.constantFrom('OPTIONS', 'PATCH', 'TRACE', 'SEARCH', 'PROPFIND'),
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc.anything({ withDate: true, withMap: true }).map((value) => Buffer.from(encoded(value))),
);
const headers = fc.dictionary(
  fc.constantFrom('expect', 'range', 'if-none-match', 'te', 'upgrade', 'x-y', 'content-type'),
  fc.constantFrom(
    '100-continue',
    'bytes=0-',
    '*',
    'trailers',
    'websocket',
    'application/json',
    'é',
  ),
  { maxKeys: 2 },
);

function encoded(value: unknown): Uint8Array {
  try {
    return encode(value);
  } catch {
    return new Uint8Array(8);
  }
}

test('no request whatever gives a 5xx, crashes, or leaves the folder', async () => {
  using outside = temporaryFolder();
  await using server = await startServer({
    data: `${outside.path}/data`,
    limits: { headersMs: 500, stallMs: 500, lingerMs: 500, keepAliveMs: 500, storageMs: 5_000 },
  });
  const tokens = [
    await server.token('trusted'),
    await server.token('pr/7'),
    await server.token('trusted', 'read'),
    'nonsense',
  ];
  const around = readdirSync(dirname(server.data));
  await fc.assert(
    fc.asyncProperty(
      fc.record({ method, path, headers, body, token: fc.constantFrom(undefined, ...tokens) }),
      async (sent) => {
        const status = await statusOf(server.port, sent);
        expect(status).toBeLessThan(500);
        if (sent.path.startsWith('/v1/cache/') && !sent.path.includes('..')) {
          if (sent.method === 'GET') expect([200, 403, 404]).toContain(status);
          if (sent.method === 'PUT' && status !== 0) {
            expect([200, 401, 403, 409]).toContain(status);
          }
        }
      },
    ),
    runs(3_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 200 })), async (bytes) => {
      const answer = await raw(server.port, Buffer.from(bytes as string));
      expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
    }),
    runs(500),
  );
  expect(readdirSync(dirname(server.data))).toEqual(around);
  expect((await server.send({ path: '/health' })).status).toBe(200);
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
});

interface Garbage {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly token: string | undefined;
}

/** 0 where the connection was closed without an answer, which an odd `Expect` may bring about. */
function statusOf(port: number, { method, path, headers, body, token }: Garbage): Promise<number> {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const length = body === undefined ? {} : { 'content-length': body.length };
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', method, path, agent: false } as const;
    const all = { ...headers, ...bearer, ...length };
    const outgoing = request({ ...options, headers: all }, (incoming) => {
      incoming.resume();
      incoming.once('close', () => resolve(incoming.statusCode ?? 0));
      incoming.once('error', () => undefined);
    });
    outgoing.once('error', () => resolve(0));
    outgoing.end(body);
  });
}

function raw(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
