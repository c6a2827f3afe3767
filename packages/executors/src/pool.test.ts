import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TaskOptions } from '@skein/model';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine, reveal } from '../test/engine.ts';
import { NAMES, SOURCE } from '../test/pipeline.ts';
import { createPool } from './create.ts';
import { executorConformance } from './executor.conformance.ts';
import type { BundleLocation, Executor } from './executor.ts';

const workerEntry = join(import.meta.dirname, '../test/start-worker.ts');
const MEBIBYTE = 1 << 20;

// Processes start, fill their memory and are waited for.
vi.setConfig({ testTimeout: 60_000 });

executorConformance({
  name: 'pool',
  create: (settings) => createPool({ ...settings, workers: 2, workerEntry }),
});

describe('the pool executor', () => {
  let shop: Workshop;
  let pool: Executor;
  let bundle: BundleLocation;
  const strays: string[] = [];
  const engine = (): FakeEngine => new FakeEngine(pool, bundle);
  const limited = (limit: number): { options: Partial<TaskOptions> } => ({
    options: { resources: { memoryBytes: limit * MEBIBYTE } },
  });

  beforeAll(() => {
    shop = openWorkshop();
    bundle = shop.bundle(NAMES, SOURCE);
    pool = createPool({
      state: shop.state,
      environment: { PATH: process.env['PATH'] },
      warn: () => undefined,
      workers: 2,
      workerEntry,
      printed: (_, stream, text) => strays.push(`${stream} ${text}`),
    });
  });

  afterAll(async () => {
    await pool.close();
    shop.remove();
  });

  test('X7: stacks are those of the source files', async () => {
    const stack = String(await engine().run('stackOf'));
    expect(stack).toContain('(src/main.ts:');
    expect(stack).not.toContain('bundle');
  });

  test('X4: a busy loop is ended', async () => {
    const bench = engine();
    const done = bench.attempt('busy', [], { options: { timeout: { runMs: 10 } } });
    await bench.when(() => bench.log.some(({ text }) => text === 'busy\n'));
    bench.handles.get(1)?.cancel('timeout');
    expect(await done).toEqual({ kind: 'stopped', reason: 'timeout' });
    expect(await bench.run('echo', 1)).toBe(1);
  });

  test('X3: an action with a memory limit has its process alone, and loses it beyond', async () => {
    const bench = engine();
    const within = await bench.attempt('eat', [20], limited(400));
    expect(within.kind).toBe('ended');
    const beyond = await bench.attempt('eat', [2000], limited(300));
    expect(beyond).toMatchObject({ kind: 'lost', cause: 'memory' });
    expect(beyond.kind === 'lost' && beyond.message).toMatch(/took \d+ Mi, the limit is 300 Mi/);
  });

  test('X3: a heap that is exhausted is a lack of memory', async () => {
    const result = await engine().attempt('eatHeap', [], limited(220));
    expect(result).toMatchObject({ kind: 'lost', cause: 'memory' });
  });

  test('R6: a crash says how, and what the process said last', async () => {
    const bench = engine();
    const result = await bench.attempt('die', ['SIGKILL'], { alone: true });
    expect(result).toMatchObject({ kind: 'lost', cause: 'crash' });
    expect(result.kind === 'lost' && result.message).toContain('signal SIGKILL');
    expect(bench.log.map(({ text }) => text)).toContain('about to die\n');
  });

  test('R6: those who waited in a process that crashed are lost with it', async () => {
    const bench = engine();
    bench.beforeReply = () => new Promise(() => undefined);
    const waiting = bench.attempt('nested', [1]);
    await bench.when(() => bench.results.size === 1);
    const dying = await bench.attempt('die', ['SIGTERM']);
    expect(dying).toMatchObject({ kind: 'lost', cause: 'crash' });
    expect(await waiting).toMatchObject({ kind: 'lost', cause: 'collateral' });
  });

  test('X3: a child runs in its waiting caller’s process, unless it may be killed', async () => {
    const [caller, child] = (await engine().run('pidCaller')) as [number, number];
    expect(child).toBe(caller);
    const bench = engine();
    bench.override.set('src/main.ts#pid', { timeout: { runMs: 1000 } });
    const [other, alone] = (await bench.run('pidCaller')) as [number, number];
    expect(alone).not.toBe(other);
  });

  test('X5: a call that its caller may abort does not block the caller’s process', async () => {
    const bench = engine();
    expect(await bench.run('abortSpin', join(shop.root, 'aborted'))).toBe('CancelledError');
    await bench.when(() => bench.results.size === 2);
  });

  test('O7: secrets are masked in what is written past the console', async () => {
    const seen: string[] = [];
    const other = createPool({
      state: shop.state,
      environment: { PATH: process.env['PATH'], TOKEN: 'hunter2hunter2' },
      warn: () => undefined,
      workerEntry,
      printed: (_, stream, text) => seen.push(`${stream} ${text}`),
    });
    const bench = new FakeEngine(other, bundle);
    await bench.run('secretive', 'write');
    const lines = (): readonly string[] => [...seen, ...bench.log.map(({ text }) => text)];
    await bench.when(() => lines().some((line) => line.includes('written')));
    expect(lines().find((line) => line.includes('written'))).toMatch(/written \[TOKEN\]$/);
    await other.close();
  });

  test('nesting never locks up, whatever wants a process alone', async () => {
    const bench = engine();
    bench.override.set('src/main.ts#nested', { resources: { memoryBytes: 500 * MEBIBYTE } });
    expect(await bench.run('nested', 3)).toBe(8);
  });

  test('R6: alone, an action shares its process with nobody', async () => {
    const bench = engine();
    const holding = bench.attempt('hold', []);
    await bench.when(() => bench.workers.length === 1);
    await bench.attempt('echo', [1], { alone: true });
    expect(bench.workers[1]).not.toBe(bench.workers[0]);
    bench.handles.get(1)?.cancel('cancelled');
    expect(await holding).toEqual({ kind: 'stopped', reason: 'cancelled' });
  });

  test('O6: a process serves one set of variables', async () => {
    const bench = engine();
    const set = (value: string): { options: Partial<TaskOptions> } => ({
      options: { variables: { FIXED: { kind: 'set', value } } },
    });
    const one = await bench.attempt('fixed', [], set('a'));
    const two = await bench.attempt('fixed', [], set('b'));
    expect([one, two].map(decodedText)).toEqual(['a', 'b']);
    expect(new Set(bench.workers).size).toBe(2);
  });

  test('output past the console is kept within bounds, and nothing hangs', async () => {
    const bench = engine();
    expect(await bench.run('rawFlood')).toBe('done');
    const size = bench.log.reduce((sum, { text }) => sum + text.length, 0);
    expect(size).toBeLessThan(4 * MEBIBYTE);
    expect(size).toBeGreaterThan(0);
  });

  test('thousands of calls at once are spread over the workers', async () => {
    const bench = engine();
    expect(await bench.run('fanOut', 3000)).toBe(3000);
  });

  test('X1: inline tasks run in the coordinator', async () => {
    const bench = engine();
    const result = await bench.attempt('pid', [], { options: { isolation: 'inline' } });
    expect(decodedText(result)).toBe(String(process.pid));
  });

  test('what waits for a worker and is cancelled never starts', async () => {
    const bench = engine();
    const holding = [1, 2].map(() => bench.attempt('hold', [], { alone: true }));
    await bench.when(() => bench.workers.length === 2);
    const waiting = bench.attempt('echo', [1], { alone: true });
    await bench.when(() => bench.handles.size === 3);
    bench.handles.get(3)?.cancel('cancelled');
    expect(await waiting).toEqual({ kind: 'stopped', reason: 'cancelled' });
    expect(bench.workers).toHaveLength(2);
    for (const action of [1, 2]) bench.handles.get(action)?.cancel('cancelled');
    await Promise.all(holding);
  });

  test('R6: a process that cannot start is told as such', async () => {
    const bench = new FakeEngine(pool, { ...bundle, cwd: join(shop.root, 'gone') });
    bench.tableOf(await engine().table());
    const result = await bench.attempt('echo', [1]);
    expect(result).toMatchObject({ kind: 'lost', cause: 'start' });
  });
});

function decodedText(result: Awaited<ReturnType<FakeEngine['attempt']>>): string {
  if (result.kind !== 'ended') return JSON.stringify(result);
  return String(reveal(result.outcome));
}
