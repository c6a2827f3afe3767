import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomness } from '../test/ports.ts';
import { startServer } from '../test/test-server.ts';
import { NO_LOG, type LogLine } from './log.ts';
import { Upkeep, type UpkeepOptions } from './upkeep.ts';

const none: UpkeepOptions = { keepForMs: undefined, maxSizeBytes: undefined };

test('what was not used for so long, or is too much, is removed at the start', async () => {
  await using server = await startServer();
  const token = await server.token('trusted');
  const put = (path: string) =>
    server.send({ method: 'PUT', path, token, body: Buffer.alloc(10_000) });
  const upkeep = (options: Partial<UpkeepOptions>, ahead = 0) => {
    const ports = { randomness, log: NO_LOG, now: () => Date.now() + ahead };
    return new Upkeep(server.depot, { ...none, ...options }, ports);
  };
  await put('/v1/cache/1');
  await put('/v1/cache/2');
  const look = upkeep({});
  await look.start();
  expect(look.stored?.count).toBe(2);
  look.stop();
  const keeping = upkeep({ keepForMs: 60_000, maxSizeBytes: 100_000 });
  await keeping.start();
  expect(keeping.stored?.count).toBe(2);
  keeping.stop();
  const small = upkeep({ maxSizeBytes: 15_000 });
  await small.start();
  expect(small.stored?.count).toBe(1);
  small.stop();
});

test('what broken uploads left goes though nothing else is to be removed', async () => {
  await using server = await startServer();
  await server.send({ method: 'PUT', path: '/v1/cache/1', token: await server.token('trusted') });
  const half = join(server.data, 'tmp', 'half');
  writeFileSync(half, 'half');
  utimesSync(half, 1, 1);
  const upkeep = new Upkeep(server.depot, none, { randomness, log: NO_LOG, now: () => 0 });
  await upkeep.start();
  upkeep.stop();
  expect(existsSync(half)).toBe(false);
});

test('trouble of the storage is noted, and stops nothing', async () => {
  await using server = await startServer();
  const lines: LogLine[] = [];
  const log = { ...NO_LOG, write: (line: LogLine) => void lines.push(line) };
  const depot = { ...server.depot, gc: () => Promise.reject(new Error('unreachable')) };
  const upkeep = new Upkeep(depot, none, { randomness, log, now: () => 0 });
  await upkeep.start();
  upkeep.stop();
  expect(lines).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', event: 'upkeep', error: 'unreachable' },
  ]);
});
