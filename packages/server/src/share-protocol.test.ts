import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ActionKey } from '@skein/model';
import { SharedStoreError, encodeFrame, readFrames, type Depot } from '@skein/store';
import { decode, digestOf, encode, type Digest } from '@skein/values';
import { expect, test, vi } from 'vitest';
import { jsonIn, type Answered } from '../test/client.ts';
import { greeting, register, writtenEntry } from '../test/signed-entry.ts';
import { startServer } from '../test/test-server.ts';

const blob = randomBytes(200_000);
const digest = digestOf('blob', blob);
const key = digestOf('key', 'some key') as ActionKey;

async function framesIn({ bytes }: Answered): Promise<readonly (readonly unknown[])[]> {
  const limits = { frameBytes: 1e6, totalBytes: 1e7 };
  const frames: (readonly unknown[])[] = [];
  for await (const frame of readFrames(Readable.from([bytes]), limits))
    frames.push(frame as readonly unknown[]);
  return frames;
}

const code = (answered: Answered) => [
  answered.status,
  (jsonIn(answered) as { error: { code: string } }).error.code,
];

test('the greeting tells scope, mode, limits, and who may sign', async () => {
  await using server = await startServer();
  const token = await server.token('pr/7');
  const greeting = jsonIn(await server.send({ path: '/skein/v1/greeting', token }));
  expect(greeting).toMatchObject({
    format: 1,
    scope: 'pr/7',
    mode: 'read-write',
    reads: ['pr/7', 'trusted'],
    writers: [],
    revoked: [],
    unsigned: false,
    limits: { keys: 2_000, batchBytes: 2 ** 24, entryBytes: 2 ** 22, blobBytes: 2 ** 32 },
    server: '0.0.0-test',
  });
});

test('every request of ours wants a valid token', async () => {
  await using server = await startServer();
  const requests = [
    ['GET', 'greeting'],
    ['POST', 'writers'],
    ['POST', 'traces/find'],
    ['POST', 'traces'],
    ['PUT', `traces/${key}/${'0'.repeat(64)}`],
    ['POST', 'blobs/find'],
    ['GET', `blobs/${digest}`],
    ['PUT', `blobs/${digest}`],
    ['GET', 'entries'],
    ['GET', `entries/${key}`],
    ['GET', 'stats'],
    ['POST', 'revoke'],
    ['POST', 'gc'],
    ['POST', 'verify'],
  ] as const;
  for (const [method, name] of requests) {
    const path = `/skein/v1/${name}`;
    expect(code(await server.send({ method, path }))).toEqual([401, 'unauthorised']);
    const wrong = await server.send({ method, path, token: 'skein_000000000000_wrong' });
    expect(code(wrong)).toEqual([401, 'unauthorised']);
  }
});

test('a key is registered under its token, and revoked with it', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const reader = await server.token('trusted', 'read');
  const publicKey = randomBytes(32).toString('base64');
  const sent = { method: 'POST', path: '/skein/v1/writers', body: JSON.stringify({ publicKey }) };
  expect(code(await server.send({ ...sent, token: reader }))).toEqual([403, 'forbidden']);
  expect((await server.send({ ...sent, token })).status).toBe(204);
  const [, id] = token.split('_');
  expect(await greeting(server, reader)).toMatchObject({
    writers: [{ publicKey, scope: 'trusted', token: id }],
  });
  for (const body of ['', '[]', '{"publicKey":7}', '{"publicKey":"QUJD"}', '{']) {
    const refused = await server.send({ ...sent, token, body });
    expect(code(refused)).toEqual([400, 'bad-request']);
  }
  const who = {
    method: 'POST',
    path: '/skein/v1/revoke',
    token,
    body: JSON.stringify({ who: id }),
  };
  expect((await server.send(who)).status).toBe(200);
  expect(await greeting(server, reader)).toMatchObject({ writers: [] });
});

test('a blob is stored once, verified, and got whole', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const path = `/skein/v1/blobs/${digest}`;
  expect(code(await server.send({ path, token }))).toEqual([404, 'not-found']);
  expect((await server.send({ method: 'PUT', path, token, body: blob })).status).toBe(201);
  expect((await server.send({ method: 'PUT', path, token, body: blob })).status).toBe(200);
  const got = await server.send({ path, token });
  expect([got.status, got.headers['content-type']]).toEqual([200, 'application/octet-stream']);
  expect(got.bytes.equals(blob)).toBe(true);
  const head = await server.send({ method: 'HEAD', path, token });
  expect([head.status, head.headers['content-length']]).toEqual([200, String(blob.length)]);
});

test('a blob whose bytes are not its digest is refused, and not there', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const path = `/skein/v1/blobs/${digest}`;
  const forged = Buffer.from(blob);
  forged[7] = (forged[7] ?? 0) ^ 1;
  for (const body of [forged, blob.subarray(1)]) {
    const refused = await server.send({ method: 'PUT', path, token, body });
    expect(code(refused)).toEqual([422, 'wrong-digest']);
  }
  expect((await server.send({ path, token })).status).toBe(404);
  const odd = { method: 'PUT', path: '/skein/v1/blobs/abc', token, body: blob };
  expect(code(await server.send(odd))).toEqual([400, 'bad-request']);
});

test('a blob needs a length, room below the limit, and a token that may', async () => {
  await using server = await startServer({ limits: { blobBytes: 1_000 } });
  const token = await server.token('trusted');
  const path = `/skein/v1/blobs/${digest}`;
  expect(code(await server.send({ method: 'PUT', path, token, body: blob }))).toEqual([
    413,
    'too-large',
  ]);
  const chunked = { 'transfer-encoding': 'chunked' };
  const lengthless = { method: 'PUT', path, token, headers: chunked };
  expect(code(await server.send(lengthless))).toEqual([411, 'length-required']);
  const reader = await server.token('trusted', 'read');
  const refused = await server.send({ method: 'PUT', path, token: reader, body: blob });
  expect(code(refused)).toEqual([403, 'forbidden']);
  const writer = await server.token('trusted', 'write');
  expect(code(await server.send({ path, token: writer }))).toEqual([403, 'forbidden']);
});

test('many blobs are looked for at once', async () => {
  await using server = await startServer({ limits: { keys: 3 } });
  const token = await server.token('trusted');
  await server.send({ method: 'PUT', path: `/skein/v1/blobs/${digest}`, token, body: blob });
  const absent = digestOf('blob', 'absent');
  const sent = { method: 'POST', path: '/skein/v1/blobs/find', token };
  const found = await server.send({ ...sent, body: encode([absent, digest]) });
  expect(decode(found.bytes)).toEqual([digest]);
  const many = await server.send({ ...sent, body: encode([absent, absent, absent, absent]) });
  expect(code(many)).toEqual([413, 'too-large']);
  for (const body of [encode('no list'), encode([7]), Buffer.from('garbage'), '']) {
    expect(code(await server.send({ ...sent, body }))).toEqual([400, 'bad-request']);
  }
});

test('entries are put one by one and many at once, and found by many keys at once', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const entryOf = (name: string) => writtenEntry(digestOf('key', name) as ActionKey);
  const [one, two, three] = [entryOf('one'), entryOf('two'), entryOf('three')];
  const other = writtenEntry(one.key, one.id);
  for (const { publicKey } of [one, two, three, other]) await register(server, token, publicKey);
  const path = `/skein/v1/traces/${one.key}/${one.id}`;
  const put = (body: Uint8Array) => server.send({ method: 'PUT', path, token, body });
  expect((await put(one.bytes)).status).toBe(201);
  expect((await put(one.bytes)).status).toBe(200);
  expect(code(await put(other.bytes))).toEqual([409, 'conflict']);
  const frames = [one, two, three].map(({ key, id, bytes }) => encodeFrame([key, id, bytes]));
  const all = { method: 'POST', path: '/skein/v1/traces', token, body: Buffer.concat(frames) };
  expect(jsonIn(await server.send(all))).toEqual({ statuses: ['same', 'stored', 'stored'] });
  const keys: readonly Digest[] = [three.key, key, one.key];
  const asked = { method: 'POST', path: '/skein/v1/traces/find', token, body: encode(keys) };
  const found = await framesIn(await server.send(asked));
  expect(new Set(found.map(([key]) => key))).toEqual(new Set([one.key, three.key]));
  expect(found.find(([key]) => key === one.key)).toEqual([one.key, one.id, 'trusted', one.bytes]);
});

test('entries that are none are refused, and none of another scope is read', async () => {
  await using server = await startServer({ limits: { entryBytes: 10_000, batchBytes: 50_000 } });
  const token = await server.token('pr/7');
  const entry = writtenEntry(key);
  await register(server, token, entry.publicKey);
  const many = { method: 'POST', path: '/skein/v1/traces', token };
  const bad = [
    Buffer.from([0, 0, 0, 2, 0xff, 0xff]),
    encodeFrame('no entry'),
    encodeFrame([key, 'id', entry.bytes]),
    encodeFrame([key, entry.id, entry.bytes]).subarray(0, -1),
  ];
  for (const body of bad) expect((await server.send({ ...many, body })).status).toBe(400);
  const large = encodeFrame([key, entry.id, randomBytes(20_000)]);
  expect(code(await server.send({ ...many, body: large }))).toEqual([413, 'too-large']);
  const body = Buffer.concat([1, 2, 3, 4, 5, 6].map(() => encodeFrame(randomBytes(9_000))));
  expect(code(await server.send({ ...many, body }))).toEqual([413, 'too-large']);
  const path = `/skein/v1/traces/${key}/${entry.id}`;
  const tooLarge = { method: 'PUT', path, token, body: randomBytes(20_000) };
  expect(code(await server.send(tooLarge))).toEqual([413, 'too-large']);
  expect((await server.send({ method: 'PUT', path, token, body: entry.bytes })).status).toBe(201);
  const asked = { method: 'POST', path: '/skein/v1/traces/find', body: encode([key]) };
  expect(await framesIn(await server.send({ ...asked, token }))).toHaveLength(1);
  for (const scope of ['trusted', 'pr/8', 'dev/eve']) {
    const other = await server.send({ ...asked, token: await server.token(scope) });
    expect(await framesIn(other)).toHaveLength(0);
  }
});

test('people see what their token reads, and clean up what it writes', async () => {
  await using server = await startServer();
  const main = await server.token('trusted');
  const forger = await server.token('pr/7');
  const nx = { method: 'PUT', path: '/v1/cache/1', body: 'some' };
  await server.send({ ...nx, token: main });
  await server.send({ ...nx, token: forger });
  const list = async (token: string, query = '') => {
    const { bytes } = await server.send({ path: `/skein/v1/entries${query}`, token });
    const lines = bytes.toString('utf8').split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { scope: string }).scope).sort();
  };
  expect(await list(main)).toEqual(['trusted']);
  expect(await list(forger)).toEqual(['pr/7', 'trusted']);
  expect(await list(forger, '?scope=trusted&kind=nx')).toEqual(['trusted']);
  const refused = await server.send({ path: '/skein/v1/entries?scope=pr/7', token: main });
  expect(code(refused)).toEqual([403, 'forbidden']);
  const post = (name: string, token: string, body: unknown) =>
    server.send({ method: 'POST', path: `/skein/v1/${name}`, token, body: JSON.stringify(body) });
  const [, mainId] = main.split('_');
  expect(code(await post('revoke', forger, { who: mainId }))).toEqual([403, 'forbidden']);
  expect(code(await post('revoke', main, { who: 'nobody' }))).toEqual([404, 'not-found']);
  expect(code(await post('gc', main, { olderThanMs: 'all' }))).toEqual([400, 'bad-request']);
  expect(jsonIn(await post('verify', main, {}))).toMatchObject({ damagedCount: 0 });
  expect(jsonIn(await post('gc', forger, { maxSizeBytes: 0 }))).toMatchObject({
    removed: { count: 1 },
  });
  expect(await list(forger)).toEqual(['trusted']);
  const reader = await server.token('trusted', 'read');
  expect(code(await post('gc', reader, { maxSizeBytes: 0 }))).toEqual([403, 'forbidden']);
  expect(jsonIn(await server.send({ path: '/skein/v1/stats', token: reader }))).toMatchObject({
    total: { count: 1 },
  });
});

test('a revocation waits for no other work, nor for a body that does not come', async () => {
  const never = Promise.withResolvers<never>();
  never.promise.catch(() => undefined);
  const depot = (real: Depot) => ({ ...real, verify: () => never.promise });
  await using server = await startServer({ depot });
  const main = await server.token('trusted');
  const forger = await server.token('pr/7');
  const post = (name: string, token: string, body: string) =>
    server.send({ method: 'POST', path: `/skein/v1/${name}`, token, body });
  const checking = post('verify', forger, '{}');
  const body = new Readable({ read: () => undefined });
  body.push('{');
  const headers = { 'content-length': 10 };
  const path = '/skein/v1/revoke';
  const slow = server.send({ method: 'POST', path, token: forger, body, headers });
  slow.catch(() => undefined);
  await vi.waitFor(() => expect(server.inFlight()).toBe(2));
  const [, who] = forger.split('_');
  const revoked = await post('revoke', main, JSON.stringify({ who }));
  expect(jsonIn(revoked)).toMatchObject({ tokens: [{ id: who }] });
  never.reject(new SharedStoreError('timeout', 'it took too long'));
  body.destroy();
  expect((await checking).status).toBe(503);
});

test('what is no path of ours is 404, another method 405', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const none = await server.send({ path: '/skein/v2/greeting', token });
  expect(code(none)).toEqual([404, 'not-found']);
  expect(code(await server.send({ path: '/', token }))).toEqual([404, 'not-found']);
  const wrong = await server.send({ method: 'DELETE', path: '/skein/v1/greeting', token });
  expect(code(wrong)).toEqual([405, 'method-not-allowed']);
  expect(code(await server.send({ method: 'POST', path: '/health', token }))).toEqual([
    405,
    'method-not-allowed',
  ]);
});
