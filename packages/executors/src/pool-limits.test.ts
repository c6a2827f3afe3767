import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TaskOptions } from '@skein/model';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine } from '../test/engine.ts';
import { isAlive } from '../test/living.ts';
import { STRAINING_NAMES, STRAINING_SOURCE } from '../test/straining.ts';
import { createPool } from './create.ts';
import type { BundleLocation, Executor } from './executor.ts';

const MEBIBYTE = 1 << 20;

// Processes start, fill their memory and are waited for.
vi.setConfig({ testTimeout: 60_000 });

let shop: Workshop;
let pool: Executor;
let bundle: BundleLocation;
let flags = 0;
const engine = (): FakeEngine => new FakeEngine(pool, bundle);

beforeAll(() => {
  shop = openWorkshop();
  bundle = shop.bundle(STRAINING_NAMES, STRAINING_SOURCE);
  pool = createPool({
    state: shop.state,
    environment: { PATH: process.env['PATH'], CUDA_VISIBLE_DEVICES: '0,1,2,3' },
    warn: () => undefined,
    workers: 2,
    workerEntry: join(import.meta.dirname, '../test/start-worker.ts'),
  });
});

afterAll(async () => {
  await pool.close();
  shop.remove();
});

/** A file that does not exist until it is raised. */
function flag(): { readonly path: string; readonly raise: () => void } {
  flags += 1;
  const path = join(shop.root, `flag-${flags}`);
  return { path, raise: () => writeFileSync(path, '') };
}

const limited = (
  mebibytes: number,
  more: Partial<TaskOptions> = {},
): { options: Partial<TaskOptions> } => ({
  options: { ...more, resources: { memoryBytes: mebibytes * MEBIBYTE } },
});

test('X3: two gigabytes under a limit of 512 Mi are ended, with more they are there', async () => {
  const beyond = await engine().attempt('eatAtOnce', [2048], limited(512));
  expect(beyond).toMatchObject({ kind: 'lost', cause: 'memory' });
  const within = await engine().attempt('eatAtOnce', [300], limited(700));
  expect(engine().valueOf(within)).toBe(300 * MEBIBYTE);
});

test('X3: what a subprocess takes counts', async () => {
  const result = await engine().attempt('eatBelow', [1000], limited(300));
  expect(result).toMatchObject({ kind: 'lost', cause: 'memory' });
});

test('X3: with reuse the limit is shared, and the one that ran longest passed it', async () => {
  const shared = limited(500, { reuse: { replicas: 1 } });
  const bench = engine();
  const first = bench.attempt('waitFor', ['/no/such/flag'], shared);
  await bench.when(() => bench.workers.length === 1);
  const second = bench.attempt('eatThenHold', [800, '/no/such/flag'], shared);
  expect(await first).toMatchObject({ kind: 'lost', cause: 'memory' });
  expect(await second).toMatchObject({ kind: 'lost', cause: 'collateral' });
  expect(new Set(bench.workers).size).toBe(1);
});

test('X3: a replica with a limit serves one action after the other', async () => {
  const shared = limited(400, { reuse: { replicas: 1, idleTtlMs: 60_000 } });
  const one = engine().valueOf(await engine().attempt('pid', [], shared));
  const two = engine().valueOf(await engine().attempt('pid', [], shared));
  expect(two).toBe(one);
  const alone = [limited(400), limited(400)].map((given) => engine().attempt('pid', [], given));
  const pids = (await Promise.all(alone)).map((result) => engine().valueOf(result));
  expect(new Set([...pids, one]).size).toBe(3);
});

test('X2: there are never more replicas than asked for', async () => {
  const options = { reuse: { replicas: 1, concurrency: 2 } };
  const bench = engine();
  const { path, raise } = flag();
  const all = Array.from({ length: 5 }, () => bench.attempt('waitFor', [path], { options }));
  await bench.when(() => bench.log.length === 2);
  raise();
  const pids = (await Promise.all(all)).map((result) => bench.valueOf(result));
  expect(new Set(pids).size).toBe(1);
});

test('X2: nesting among replicas never locks up', async () => {
  const bench = engine();
  const options = { reuse: { replicas: 1 }, timeout: { runMs: 60_000 } };
  bench.override.set('src/main.ts#nested', options);
  expect(await bench.run('nested', 4)).toBe(16);
});

test('an idle worker ends after its time, and one with work does not', async () => {
  const options = { reuse: { idleTtlMs: 1 } };
  const bench = engine();
  const { path, raise } = flag();
  const working = bench.attempt('waitFor', [path], { options });
  await bench.when(() => bench.log.length === 1);
  await bench.attempt('pid', [], { options });
  raise();
  const pid = Number(bench.valueOf(await working));
  await bench.when(() => !isAlive(pid));
  expect(bench.workers.length).toBeGreaterThan(0);
});

test('X2: a process serves one set of gpus, and is no waiting caller’s', async () => {
  const bench = engine();
  const options = { resources: { gpu: 1 } };
  const on = async (...devices: readonly string[]): Promise<unknown> =>
    bench.valueOf(await bench.attempt('pid', [], { options, devices }));
  const first = await on('0');
  expect(await on('1')).not.toBe(first);
  expect(await on('0')).toBe(first);
  bench.override.set('src/main.ts#pid', options);
  const [caller, child] = (await bench.run('devicesCaller')) as [number, number];
  expect(child).not.toBe(caller);
});

test('X2: whoever asked for no gpu reads the variable as the command has it', async () => {
  expect(await engine().run('devices')).toEqual(['0,1,2,3', '']);
});

test('X2: what a process leaves in its folder for temporary files counts as its disk', async () => {
  const options = { resources: { diskBytes: 4 * MEBIBYTE } };
  const within = await engine().attempt('fillScratch', [2], { options });
  expect(engine().valueOf(within)).toBe(2);
  const beyond = await engine().attempt('fillTemporary', [64], { options });
  expect(beyond).toMatchObject({ kind: 'lost', cause: 'disk' });
  expect(beyond.kind === 'lost' && beyond.message).toMatch(/holds \d+ Mi, the limit is 4 Mi/);
});
