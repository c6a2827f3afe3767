import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCacheData } from './cache-data.ts';
import { systemClock } from './system.ts';

let cwd = '';

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'skein-cache-data-'));
});

afterAll(async () => await rm(cwd, { recursive: true }));

test('a folder that has to be there is not made', async () => {
  const request = { data: 'typo', cwd, environment: {}, clock: systemClock };
  expect(await openCacheData({ ...request, isThere: true })).toMatchObject({
    ok: false,
    failure: {
      code: 'server-data',
      facts: [
        ['data', expect.anything()],
        ['cause', 'there is no such folder'],
      ],
    },
  });
  expect(existsSync(join(cwd, 'typo'))).toBe(false);
  expect(await openCacheData(request)).toMatchObject({ ok: true });
  expect(existsSync(join(cwd, 'typo'))).toBe(true);
});

test('the address of a server is no folder', async () => {
  const data = 'http://127.0.0.1:7337';
  expect(await openCacheData({ data, cwd, environment: {}, clock: systemClock })).toMatchObject({
    ok: false,
    failure: { code: 'server-data' },
  });
  expect(existsSync(join(cwd, 'http:'))).toBe(false);
});
