import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import { expect, test, vi, type TestContext } from 'vitest';
import { send } from '../test/client.ts';
import { startServerProcess } from '../test/server-process.ts';
import { startServer, temporaryFolder } from '../test/test-server.ts';

vi.setConfig({ testTimeout: 60_000 });

const path = '/v1/cache/1';

function mountDisk(context: TestContext, folder: string, kibibytes: number): Disposable {
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'skein-server', folder];
  const { status, stderr } = spawnSync('mount', options, { encoding: 'utf8' });
  if (status !== 0) context.skip(`no small disk can be mounted here: ${stderr}`);
  return { [Symbol.dispose]: () => void spawnSync('umount', ['-l', folder]) };
}

test('a full disk refuses what is put, and serves what is there', async (context) => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'disk');
  using _ = mountDisk(context, data, 1_024);
  await using server = await startServer({ data });
  const token = await server.token('trusted');
  const small = Buffer.alloc(100_000, 'small');
  const large = Buffer.alloc(4_000_000, 'large');
  expect((await server.send({ method: 'PUT', path, token, body: small })).status).toBe(200);
  const refused = await server.send({ method: 'PUT', path: '/v1/cache/2', token, body: large });
  expect([refused.status, refused.bytes.length > 0]).toEqual([403, true]);
  const blob = `/skein/v1/blobs/${digestOf('blob', large)}`;
  const full = await server.send({ method: 'PUT', path: blob, token, body: large });
  expect([full.status, full.bytes.toString('utf8')]).toEqual([
    507,
    '{"error":{"code":"no-room","message":"no room"}}\n',
  ]);
  const who = 'f'.repeat(64);
  const write = { method: 'POST', path: '/skein/v1/revoke', token, body: JSON.stringify({ who }) };
  const filler = join(data, 'filler');
  expect(() => writeFileSync(filler, large)).toThrow('ENOSPC');
  const unwritten = await server.send(write);
  expect([unwritten.status, unwritten.bytes.equals(full.bytes)]).toEqual([507, true]);
  rmSync(filler);
  expect((await server.send({ path: '/v1/cache/2', token })).status).toBe(404);
  expect((await server.send({ path, token })).bytes.equals(small)).toBe(true);
  const again = { method: 'PUT', path: '/v1/cache/3', token, body: small };
  expect((await server.send(again)).status).toBe(200);
});

test('a disk that became read-only is no fault of the token, nor told it', async (context) => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'disk');
  using _ = mountDisk(context, data, 1_024);
  await using server = await startServer({ data });
  const token = await server.token('trusted');
  await server.send({ method: 'PUT', path, token, body: 'some' });
  spawnSync('mount', ['-o', 'remount,ro', data]);
  expect((await server.send({ path, token })).bytes.toString('utf8')).toBe('some');
  const put = (where: string) =>
    server.send({ method: 'PUT', path: where, token, body: 'other bytes' });
  const blob = `/skein/v1/blobs/${digestOf('blob', 'other bytes')}`;
  const gc = { method: 'POST', path: '/skein/v1/gc', token, body: '{"maxSizeBytes":0}' };
  const answers = [await put('/v1/cache/2'), await put(blob), await server.send(gc)];
  expect(answers.map(({ status }) => status)).toEqual([403, 503, 503]);
  for (const { bytes } of answers) {
    expect(bytes.toString('utf8')).toContain('the storage does not answer');
    expect(bytes.toString('utf8')).not.toContain(data);
  }
  const caused = server.log.filter(({ cause }) => String(cause).includes(data));
  expect(caused.map(({ status }) => status)).toEqual([403, 503, 503]);
});

test('a folder that is removed while it serves gives misses, never an error', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  await server.send({ method: 'PUT', path, token, body: 'some' });
  rmSync(server.data, { recursive: true });
  const got = await server.send({ path, token });
  expect([403, 404]).toContain(got.status);
  const put = await server.send({ method: 'PUT', path, token, body: 'some' });
  expect([200, 401, 403]).toContain(put.status);
});

/** Something that takes connections where a bucket should be, and does as it likes. */
async function inPlaceOfBucket(treat: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    treat(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const buckets: readonly (readonly [name: string, treat: (socket: Socket) => void])[] = [
  ['closes every connection', (socket) => socket.destroy()],
  ['never answers', () => undefined],
  ['answers garbage', (socket) => socket.end('garbage\r\n\r\n')],
  [
    'answers 500',
    (socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n')),
  ],
];

test.each(buckets)('a bucket that %s gives misses to Nx, 503 to us', async (_name, treat) => {
  const bucket = await inPlaceOfBucket(treat);
  await using server = await startServerProcess({
    data: 's3://bucket/prefix',
    limits: { storageMs: 300 },
    environment: {
      AWS_ENDPOINT_URL_S3: bucket.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  });
  const token = `skein_${'0'.repeat(12)}_${'0'.repeat(64)}`;
  const tokens = [token, 'skein_0123456789ab_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ'];
  for (const token of tokens) {
    const got = await send(server.url, { path, token });
    expect([403, 404]).toContain(got.status);
    const put = await send(server.url, { method: 'PUT', path, token, body: 'some' });
    expect([401, 403]).toContain(put.status);
    const ours = await send(server.url, { path: '/skein/v1/greeting', token });
    expect([401, 503]).toContain(ours.status);
  }
  expect((await send(server.url, { path: '/health' })).status).toBe(200);
  bucket.close();
});
