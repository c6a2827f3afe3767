import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { SharedStoreError, type Depot } from '@skein/store';
import { expect, test } from 'vitest';
import { startServer, type TestServer } from '../test/test-server.ts';
import type { ServedDepot } from './service.ts';

const path = '/v1/cache/119321557134628363';
const body = randomBytes(300_000);

const put = (server: TestServer, token: string | undefined) =>
  server.send({ method: 'PUT', path, token, body });

test('Nx: what was put is got again, and never replaced', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  expect((await server.send({ path, token })).status).toBe(404);
  expect((await put(server, token)).status).toBe(200);
  const found = await server.send({ path, token });
  expect(found.status).toBe(200);
  expect(found.headers['content-type']).toBe('application/octet-stream');
  expect(found.bytes.equals(body)).toBe(true);
  expect((await put(server, token)).status).toBe(409);
  const other = await server.send({ method: 'PUT', path, token, body: 'forged' });
  expect(other.status).toBe(409);
  expect((await server.send({ path, token })).bytes.equals(body)).toBe(true);
});

test('Nx: without a valid token a GET is 403, a PUT 401, both with a text', async () => {
  await using server = await startServer();
  for (const token of [undefined, 'nonsense', 'skein_0123456789ab_00']) {
    const got = await server.send({ path, token });
    expect(got.status).toBe(403);
    expect(got.headers['content-type']).toMatch(/^text\/plain/);
    expect(got.bytes.length).toBeGreaterThan(0);
    const stored = await put(server, token);
    expect(stored.status).toBe(401);
    expect(stored.bytes.length).toBeGreaterThan(0);
  }
});

test('Nx: a token that only reads stores nothing, one that only writes reads nothing', async () => {
  await using server = await startServer();
  const reader = await server.token('trusted', 'read');
  const writer = await server.token('trusted', 'write');
  expect((await put(server, reader)).status).toBe(403);
  expect((await server.send({ path, token: reader })).status).toBe(404);
  expect((await put(server, writer)).status).toBe(200);
  expect((await server.send({ path, token: writer })).status).toBe(403);
  expect((await server.send({ path, token: reader })).status).toBe(200);
});

test('Nx: what a pull request forged is never read by main, nor by another one', async () => {
  await using server = await startServer();
  const main = await server.token('trusted');
  const forger = await server.token('pr/7');
  const neighbour = await server.token('pr/8');
  const forged = await server.send({ method: 'PUT', path, token: forger, body: 'forged' });
  expect(forged.status).toBe(200);
  expect((await server.send({ path, token: main })).status).toBe(404);
  expect((await server.send({ path, token: neighbour })).status).toBe(404);
  expect((await put(server, main)).status).toBe(200);
  expect((await server.send({ path, token: main })).bytes.equals(body)).toBe(true);
  expect((await server.send({ path, token: neighbour })).bytes.equals(body)).toBe(true);
});

test('Nx: a revoked writer is refused, and what it wrote is gone', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const reader = await server.token('trusted', 'read');
  expect((await put(server, token)).status).toBe(200);
  const [, id = ''] = token.split('_');
  expect((await server.depot.revokeWriter(id)).ok).toBe(true);
  expect((await server.send({ path, token: reader })).status).toBe(404);
  expect((await put(server, token)).status).toBe(401);
});

test('Nx: what is too large, or has no length, is refused before it is read', async () => {
  await using server = await startServer({ limits: { blobBytes: 1_000 } });
  const token = await server.token('trusted');
  expect((await put(server, token)).status).toBe(403);
  const chunked = { 'transfer-encoding': 'chunked' };
  const stream = Readable.from([Buffer.from('few')]);
  const sent = { method: 'PUT', path, token, headers: chunked, body: stream };
  expect((await server.send(sent)).status).toBe(403);
  expect((await server.send({ path, token })).status).toBe(404);
});

test('Nx: a hash that is none is not there, and cannot be put', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  for (const hash of ['a.b', '..%2f..%2fx', 'a'.repeat(65), '%00', '%', 'a/b', '']) {
    const odd = `/v1/cache/${hash}`;
    expect((await server.send({ path: odd, token })).status).toBe(404);
    const stored = await server.send({ method: 'PUT', path: odd, token, body });
    expect(stored.status).toBe(403);
  }
});

test('Nx: HEAD is GET without a body, and other methods are 405', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  await put(server, token);
  const head = await server.send({ method: 'HEAD', path, token });
  expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([
    200,
    String(body.length),
    0,
  ]);
  for (const method of ['POST', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect((await server.send({ method, path, token })).status).toBe(405);
  }
});

/** The depot, but what concerns artifacts of Nx goes wrong. */
function broken(real: Depot, fault: () => Promise<never>): ServedDepot {
  return { ...served(real), nx: () => ({ find: fault, put: fault }) };
}

/** A depot may be an instance of a class, whose methods a spread would lose. */
function served(real: Depot): ServedDepot {
  return {
    as: (rights) => real.as(rights),
    nx: (rights) => real.nx(rights),
    tokens: real.tokens,
    list: (...asked) => real.list(...asked),
    inspect: (...asked) => real.inspect(...asked),
    stats: (...asked) => real.stats(...asked),
    verify: (...asked) => real.verify(...asked),
    revokeWriter: (...asked) => real.revokeWriter(...asked),
    gc: (...asked) => real.gc(...asked),
  };
}

const faults: readonly (readonly [name: string, fault: () => Promise<never>])[] = [
  ['is unreachable', () => Promise.reject(new SharedStoreError('unreachable', 'down'))],
  ['is full', () => Promise.reject(new SharedStoreError('full', 'no room'))],
  ['has a defect', () => Promise.reject(new TypeError('undefined is not a function'))],
  ['never answers', () => new Promise<never>(() => undefined)],
];

test.each(faults)('Nx: storage that %s is a miss, and a refused PUT', async (_name, fault) => {
  await using server = await startServer({
    limits: { storageMs: 100 },
    depot: (real) => broken(real, fault),
  });
  const token = await server.token('trusted');
  expect((await server.send({ path, token })).status).toBe(404);
  expect((await put(server, token)).status).toBe(403);
});

test.each(faults)('Nx: tokens in storage that %s are a miss too', async (_name, fault) => {
  await using server = await startServer({
    limits: { storageMs: 100 },
    depot: (real) => ({ ...served(real), tokens: { ...real.tokens, authenticate: fault } }),
  });
  const token = await server.token('trusted');
  expect((await server.send({ path, token })).status).toBe(404);
  expect((await put(server, token)).status).toBe(403);
});

test('Nx: a defect is in the log, with its stack, and without the token', async () => {
  const fault = () => Promise.reject(new TypeError('undefined is not a function'));
  await using server = await startServer({ depot: (real) => broken(real, fault) });
  const token = await server.token('trusted');
  await server.send({ path, token });
  const lines = server.log.map((line) => JSON.stringify(line)).join('\n');
  expect(lines).toContain('TypeError: undefined is not a function');
  expect(lines).not.toContain(token);
});

test('Nx: beyond the limit on requests a GET is a miss, and a PUT refused', async () => {
  const blocked = Promise.withResolvers<never>();
  await using server = await startServer({
    limits: { requests: 1, waiting: 1, waitMs: 50 },
    depot: (real) => broken(real, () => blocked.promise),
  });
  const token = await server.token('trusted');
  const first = server.send({ path, token });
  while (server.inFlight() === 0) await new Promise((resolve) => setImmediate(resolve));
  expect((await server.send({ path, token })).status).toBe(404);
  expect((await put(server, token)).status).toBe(403);
  blocked.reject(new SharedStoreError('unreachable', 'down'));
  expect((await first).status).toBe(404);
});
