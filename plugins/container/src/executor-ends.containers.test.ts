import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  FakeEngine,
  openWorkshop,
  STRAINING_NAMES,
  STRAINING_SOURCE,
} from '@skein/executors/conformance/bench';
import type { Workshop } from '@skein/executors/conformance/bench';
import type { BundleLocation, Executor } from '@skein/executors';
import { openContainers } from '../../../scripts/containers.ts';
import type { TestContainers } from '../../../scripts/containers.ts';
import { mustFind } from '../test/engine.ts';
import { POOL_LABEL } from './container-labels.ts';
import { createContainers } from './create.ts';

const MEBIBYTE = 1 << 20;
const workerEntry = join(import.meta.dirname, '../../../packages/executors/test/start-worker.ts');

let containers: TestContainers;
let shop: Workshop;
let bundle: BundleLocation;
let executor: Executor;
let reference: string;

beforeAll(async () => {
  containers = await openContainers('ends');
  reference = await containers.baseImage();
  shop = openWorkshop();
  chmodSync(shop.root, 0o755);
  bundle = shop.bundle(STRAINING_NAMES, STRAINING_SOURCE);
  executor = createContainers({
    state: shop.state,
    environment: { PATH: process.env['PATH'] },
    warn: () => undefined,
    workers: 2,
    workerEntry,
    engine: await mustFind({ ...process.env, ...containers.environment }),
  });
});

afterAll(async () => {
  await executor.close();
  shop.remove();
  await containers.close();
});

function engine(): FakeEngine {
  const image = { name: reference, reference, digest: `sha256:${'0'.repeat(64)}` };
  return new FakeEngine(executor, bundle, { image });
}

const left = (pool: string): Promise<readonly string[]> =>
  containers.containersLeft(`${POOL_LABEL}=${join(shop.state, 'scratch', pool)}`);

async function living(): Promise<readonly string[]> {
  const pools = readdirSync(join(shop.state, 'scratch')).filter((it) => it.startsWith('pool-'));
  return (await Promise.all(pools.map(left))).flat();
}

test('R6: a container that is removed from outside is a lost worker, and others run', async () => {
  const bench = engine();
  const waiting = bench.attempt('untilAborted', []);
  await bench.when(() => bench.log.some(({ text }) => text === 'waiting\n'));
  await containers.podman('rm', '--force', '--time', '0', ...(await living()));
  expect(await waiting).toMatchObject({ kind: 'lost', cause: 'crash' });
  expect(await bench.run('echo', 1)).toBe(1);
});

test('X4: a busy loop, and what it started, is ended with its container', async () => {
  const bench = engine();
  const done = bench.attempt('escapesAndSpins', ['detached']);
  await bench.when(() => bench.log.length > 0);
  const before = await living();
  bench.handles.get(1)?.cancel('timeout');
  expect(await done).toEqual({ kind: 'stopped', reason: 'timeout' });
  while ((await living()).some((it) => before.includes(it)));
  expect(await bench.run('echo', 2)).toBe(2);
});

test('X3: the limit is on resident memory of the worker, watched from outside', async () => {
  const options = { resources: { memoryBytes: 300 * MEBIBYTE } };
  const result = await engine().attempt('eat', [1000], { options });
  expect(result).toMatchObject({ kind: 'lost', cause: 'memory' });
});

test('K1: none is left when it is closed', async () => {
  const pools = readdirSync(join(shop.state, 'scratch'));
  expect(await engine().run('echo', 3)).toBe(3);
  expect((await living()).length).toBeGreaterThan(0);
  await executor.close();
  expect((await Promise.all(pools.map(left))).flat()).toEqual([]);
});
