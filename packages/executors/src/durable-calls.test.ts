import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { DURABLE_NAMES, DURABLE_SOURCE } from '../test/durable-pipeline.ts';
import { FakeEngine, FakeRecord, reveal } from '../test/engine.ts';
import type { Ended } from '../test/engine.ts';
import { createInline, createPool } from './create.ts';
import { durableConformance } from './executor-durable.conformance.ts';
import type { ExecutorSettings, Executor } from './executor.ts';

const workerEntry = join(import.meta.dirname, '../test/start-worker.ts');
const pool = (settings: ExecutorSettings): Executor => createPool({ ...settings, workerEntry });

// Processes start.
vi.setConfig({ testTimeout: 60_000 });

durableConformance({ name: 'inline', create: createInline });
durableConformance({ name: 'pool', create: (settings) => pool({ ...settings, workers: 2 }) });

let shop: Workshop;
let executor: Executor;

beforeAll(() => {
  shop = openWorkshop();
  writeFileSync(join(shop.root, 'a.txt'), 'a');
  const environment = { PATH: process.env['PATH'] };
  // One process at a time: what ran in it is there for the next attempt.
  executor = pool({ state: shop.state, environment, workers: 1, warn: () => undefined });
});

afterAll(async () => {
  await executor.close();
  shop.remove();
});

test('R4 P1: in the process that it ran in, it is as if it ran now', async () => {
  const engine = new FakeEngine(executor, shop.bundle(DURABLE_NAMES, DURABLE_SOURCE));
  engine.retaining.add('src/main.ts#filling');
  const record = new FakeRecord();
  const [first, second] = [
    (await engine.attempt('filling', [], { record })) as Ended,
    (await engine.attempt('filling', [], { record })) as Ended,
  ];
  expect([reveal(first.outcome), reveal(second.outcome)]).toEqual(['filled', 'filled']);
  expect([first.untraceable, second.untraceable]).toEqual([undefined, undefined]);
});

test('R4 P3: what was recorded before its worker was killed is there in the next', async () => {
  const engine = new FakeEngine(executor, shop.bundle(DURABLE_NAMES, DURABLE_SOURCE));
  const record = new FakeRecord();
  const lost = await engine.attempt('dying', [true], { record });
  expect(lost).toMatchObject({ kind: 'lost', cause: 'crash' });
  expect(record.names).toEqual(['tick 0', 'read 0']);
  const ended = (await engine.attempt('dying', [false], { record })) as Ended;
  expect(reveal(ended.outcome)).toEqual([1, 'a', expect.any(Number)]);
  expect(record.names).toEqual(['tick 0', 'read 0']);
  // The two processes began alike, so what was observed in the first stands in the second's trace.
  expect(ended.untraceable).toBeUndefined();
  expect(ended.waves).toEqual(record.ended[1]?.observed.waves);
});

// The last of its process: what was used there that nobody can name spoils its log.
test('R4 P1: what a checkpoint may have filled in another process costs the trace', async () => {
  const engine = new FakeEngine(executor, shop.bundle(DURABLE_NAMES, DURABLE_SOURCE));
  engine.retaining.add('src/main.ts#dying');
  const record = new FakeRecord();
  await engine.attempt('dying', [true], { record });
  const ended = (await engine.attempt('dying', [false], { record })) as Ended;
  expect(ended.untraceable).toMatch(/^a checkpoint, which may have filled module variables,/);
});
