import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { startServer, type TestServer, type TestServerOptions } from '../test/test-server.ts';

const path = '/v1/cache/1';

async function open(server: TestServer): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the server closes. */
async function answerTo(server: TestServer, text: string | Buffer): Promise<string> {
  const socket = await open(server);
  socket.write(text);
  return await rest(socket);
}

async function rest(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

function head(method: string, token: string, ...more: readonly string[]): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: cache', `authorization: Bearer ${token}`];
  return `${[...lines, ...more].join('\r\n')}\r\n\r\n`;
}

const quick: TestServerOptions = {
  limits: { headersMs: 100, stallMs: 100, keepAliveMs: 100, lingerMs: 100 },
};

test('a request that never gets its headers done is ended', async () => {
  await using server = await startServer(quick);
  expect(await answerTo(server, `GET ${path} HTTP/1.1\r\nhost: c`)).toMatch(/^HTTP\/1.1 408/);
  expect(await answerTo(server, '')).toMatch(/^HTTP\/1.1 408|^$/);
});

test('headers that are too long are 431, what is no HTTP is 400', async () => {
  await using server = await startServer({ limits: { headerBytes: 2_000 } });
  const long = `GET / HTTP/1.1\r\nhost: c\r\nx: ${'x'.repeat(5_000)}\r\n\r\n`;
  expect(await answerTo(server, long)).toMatch(/^HTTP\/1.1 431/);
  expect(await answerTo(server, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  expect(await answerTo(server, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  const smuggled =
    'PUT / HTTP/1.1\r\nhost: c\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n';
  expect(await answerTo(server, smuggled)).toMatch(/^HTTP\/1.1 400/);
});

test('a body that stops, or only trickles, is cut, and nothing of it is kept', async () => {
  await using server = await startServer(quick);
  const token = await server.token('trusted');
  const text = await answerTo(server, `${head('PUT', token, 'content-length: 100000')}few`);
  expect(text).toMatch(/^HTTP\/1.1 403/);
  const trickle = await open(server);
  trickle.write(head('PUT', token, 'content-length: 100000'));
  const timer = setInterval(() => trickle.write('x'), 10);
  expect(await rest(trickle)).toMatch(/^HTTP\/1.1 403/);
  clearInterval(timer);
  expect((await server.send({ path, token })).status).toBe(404);
});

test('a client that goes away in the middle leaves nothing behind', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const socket = await open(server);
  socket.write(`${head('PUT', token, 'content-length: 100000')}${'x'.repeat(50_000)}`);
  while (server.inFlight() === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  while (server.inFlight() > 0) await new Promise((resolve) => setImmediate(resolve));
  expect((await server.send({ path, token })).status).toBe(404);
  expect((await server.send({ method: 'PUT', path, token, body: 'whole' })).status).toBe(200);
});

test('a client that takes no bytes is cut', async () => {
  await using server = await startServer({ limits: { stallMs: 100 } });
  const token = await server.token('trusted');
  await server.send({ method: 'PUT', path, token, body: Buffer.alloc(64 << 20) });
  const socket = await open(server);
  socket.pause();
  socket.write(head('GET', token));
  while (!server.log.some(({ cut }) => cut === true)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(server.inFlight()).toBe(0);
  socket.destroy();
});

test('who asks before it sends is refused without a body, or told to go on', async () => {
  await using server = await startServer({ limits: { blobBytes: 10, keepAliveMs: 100 } });
  const token = await server.token('trusted');
  const expects = 'expect: 100-continue';
  const refused = await answerTo(server, head('PUT', token, 'content-length: 11', expects));
  expect(refused).toMatch(/^HTTP\/1.1 403[^]*connection: close/i);
  const socket = await open(server);
  socket.write(head('PUT', token, 'content-length: 4', expects));
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString('latin1')).toMatch(/^HTTP\/1.1 100/);
  socket.write('four');
  expect(await rest(socket)).toMatch(/^HTTP\/1.1 200/);
});

test('a connection too many is told so, and closed', async () => {
  await using server = await startServer({ limits: { connections: 1 } });
  const token = await server.token('trusted');
  const first = await open(server);
  while (server.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
  const nx = await server.send({ path, token });
  expect([nx.status, nx.headers.connection]).toEqual([404, 'close']);
  const put = await server.send({ method: 'PUT', path, token, body: 'some' });
  expect(put.status).toBe(403);
  const ours = await server.send({ path: '/skein/v1/greeting', token });
  expect([ours.status, ours.headers['retry-after']]).toEqual([429, '1']);
  expect((await server.send({ path: '/health' })).status).toBe(200);
  first.destroy();
});

test('an answer before the body was read is seen by who still sends, and the next', async () => {
  await using server = await startServer({ limits: { blobBytes: 1_000, keepAliveMs: 100 } });
  const token = await server.token('trusted');
  const socket = await open(server);
  socket.write(head('PUT', token, `content-length: ${4 << 20}`));
  socket.write(Buffer.alloc(4 << 20));
  socket.write(head('GET', token));
  const text = await rest(socket);
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 404']);
});

test('what is stored shorter than its digest says is cut, not padded', async () => {
  const short = new PassThrough();
  short.end('short');
  await using server = await startServer({
    depot: (real) => ({
      ...real,
      tokens: real.tokens,
      as: (rights) => Object.assign(Object.create(real.as(rights)), { getBlob: async () => short }),
    }),
  });
  const token = await server.token('trusted');
  const digest = `${'0'.repeat(64)}-100`;
  const sent = server.send({ path: `/skein/v1/blobs/${digest}`, token });
  await expect(sent).rejects.toThrow(/aborted|hang up|closed/);
});

test('metrics count what was asked, by pattern', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  await server.send({ path, token });
  await server.send({ method: 'PUT', path, token, body: 'four' });
  await server.send({ path, token });
  const { bytes, headers } = await server.send({ path: '/metrics' });
  const text = bytes.toString('utf8');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
  const route = 'route="/v1/cache/:hash"';
  expect(text).toContain(`skein_cache_requests_total{method="GET",${route},status="200"} 1`);
  expect(text).toContain(`skein_cache_requests_total{method="GET",${route},status="404"} 1`);
  expect(text).toContain(`skein_cache_requests_total{method="PUT",${route},status="200"} 1`);
  expect(text).toContain('skein_cache_lookups_total{kind="nx",result="hit"} 1');
  expect(text).toContain('skein_cache_received_bytes_total 4');
  expect(text).toMatch(/^skein_cache_process_resident_bytes [1-9]/m);
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^# (?:HELP|TYPE) |^[a-z_]+(?:\{[^{}]*\})? [0-9.e+-]+$/);
  }
});
