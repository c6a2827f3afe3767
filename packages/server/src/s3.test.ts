import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import { expect, test, vi } from 'vitest';
import { startMoto } from '../../../scripts/moto.ts';
import { send } from '../test/client.ts';
import { startServerProcess } from '../test/server-process.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Made in a process of its own, as the command does it. */
function tokensIn(
  data: string,
  environment: Readonly<Record<string, string>>,
  scopes: readonly string[],
): readonly string[] {
  const script = join(import.meta.dirname, '..', 'test', 'make-token.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, data, ...scopes], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split('\n');
}

test('data in a bucket: the same answers; a bucket that goes away gives misses only', async () => {
  const moto = await startMoto();
  const { environment } = moto;
  await moto.createBucket('cache');
  const data = 's3://cache/team';
  const [main = '', forger = ''] = tokensIn(data, environment, ['trusted', 'pr/7']);
  await using server = await startServerProcess({ data, environment });
  const path = '/v1/cache/1';
  const body = randomBytes(6 << 20);
  const put = (token: string, bytes: Buffer) =>
    send(server.url, { method: 'PUT', path, token, body: bytes });
  expect((await put(forger, Buffer.from('forged'))).status).toBe(200);
  expect((await send(server.url, { path, token: main })).status).toBe(404);
  expect((await put(main, body)).status).toBe(200);
  expect((await put(main, body)).status).toBe(409);
  expect((await send(server.url, { path, token: main })).bytes.equals(body)).toBe(true);
  const blob = `/skein/v1/blobs/${digestOf('blob', body)}`;
  const sent = { method: 'PUT', path: blob, token: main, body };
  expect((await send(server.url, sent)).status).toBe(201);
  expect((await send(server.url, sent)).status).toBe(200);
  expect((await send(server.url, { path: blob, token: main })).bytes.equals(body)).toBe(true);
  await moto.stop();
  expect((await send(server.url, { path, token: main })).status).toBe(404);
  expect((await put(main, body)).status).toBe(403);
  expect((await send(server.url, { path: blob, token: main })).status).toBe(503);
  expect((await send(server.url, { path: '/health' })).status).toBe(200);
});
