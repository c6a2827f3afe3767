import { createHash } from 'node:crypto';
import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { digestFrom } from '@skein/values';
import { expect, test, vi } from 'vitest';
import { send } from '../test/client.ts';
import { memoryOf, startServerProcess } from '../test/server-process.ts';
import { makeToken, openRealDepot, startServer, temporaryFolder } from '../test/test-server.ts';
import { DEFAULT_LIMITS } from './server-limits.ts';

vi.setConfig({ testTimeout: 120_000 });

const MEBIBYTE = 1 << 20;
const SIZE = 128 * MEBIBYTE;
const GROWTH = 48 * MEBIBYTE;

function* pieces(): Generator<Buffer> {
  for (let at = 0; at < SIZE; at += MEBIBYTE) yield Buffer.alloc(MEBIBYTE, at / MEBIBYTE);
}

function digestOfPieces(): string {
  const hash = createHash('sha256');
  for (const piece of pieces()) hash.update(piece);
  return hash.digest('hex');
}

/** Status and SHA-256 of what comes, without keeping it. */
function download(url: string, token: string): Promise<{ status: number; sha256: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const asked = request(url, { headers, agent: false }, (incoming) => {
      const hash = createHash('sha256');
      incoming.on('data', (chunk: Buffer) => hash.update(chunk));
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode ?? 0, sha256: hash.digest('hex') }),
      );
      incoming.once('error', reject);
    });
    asked.once('error', reject).end();
  });
}

test('memory does not grow with the size of what goes in and out', async () => {
  using folder = temporaryFolder();
  const depot = await openRealDepot(folder.path, DEFAULT_LIMITS);
  const token = await makeToken(depot, 'trusted', 'read-write');
  await using server = await startServerProcess({ data: folder.path });
  const [child = 0] = server.children();
  const upload = (path: string) =>
    send(server.url, {
      method: 'PUT',
      path,
      token,
      headers: { 'content-length': SIZE },
      body: Readable.from(pieces()),
    });
  await send(server.url, { method: 'PUT', path: '/v1/cache/warm', token, body: 'up' });
  const before = memoryOf(child).now;
  const sha256 = digestOfPieces();
  const blob = `/skein/v1/blobs/${digestFrom(sha256, SIZE)}`;
  const stored = await Promise.all([upload('/v1/cache/1'), upload(blob), upload('/v1/cache/2')]);
  expect(stored.map(({ status }) => status)).toEqual([200, 201, 200]);
  const got = await Promise.all(
    ['/v1/cache/1', blob, '/v1/cache/2'].map((path) => download(`${server.url}${path}`, token)),
  );
  expect(got).toEqual(Array.from({ length: 3 }, () => ({ status: 200, sha256 })));
  expect(memoryOf(child).peak - before).toBeLessThan(GROWTH);
});

test('an artifact of Nx that was damaged on the disk is not there', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const names = ['flipped', 'cut', 'longer', 'empty'] as const;
  const damage: Readonly<Record<(typeof names)[number], (file: string, size: number) => void>> = {
    flipped: (file, size) => writeFileSync(file, Buffer.alloc(size, 1)),
    cut: (file, size) => truncateSync(file, size - 1),
    longer: (file) => writeFileSync(file, 'more', { flag: 'a' }),
    empty: (file) => truncateSync(file, 0),
  };
  for (const name of names) {
    const path = `/v1/cache/${name}`;
    const seen = new Set(filesIn(server.data));
    await server.send({ method: 'PUT', path, token, body: Buffer.alloc(100_000) });
    const [file = ''] = filesIn(server.data).filter((it) => !seen.has(it) && it.includes('nx'));
    damage[name](file, statSync(file).size);
    expect((await server.send({ path, token })).status).toBe(404);
  }
});

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}
