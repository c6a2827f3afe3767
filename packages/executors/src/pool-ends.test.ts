import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine } from '../test/engine.ts';
import { isAlive } from '../test/living.ts';
import { STRAINING_NAMES, STRAINING_SOURCE } from '../test/straining.ts';
import { createPool } from './create.ts';
import type { BundleLocation, Executor } from './executor.ts';
import { clearAbandoned } from './scratch-home.ts';

// Processes start, end, and are waited for.
vi.setConfig({ testTimeout: 60_000 });

const HOWS = ['detached', 'orphan', 'bare'] as const;

let shop: Workshop;
let bundle: BundleLocation;
const printed: string[] = [];
const pools: Executor[] = [];

beforeAll(() => {
  shop = openWorkshop();
  bundle = shop.bundle(STRAINING_NAMES, STRAINING_SOURCE);
});

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  shop.remove();
});

function engine(workers = 2): { readonly bench: FakeEngine; readonly pool: Executor } {
  const pool = createPool({
    state: shop.state,
    environment: { PATH: process.env['PATH'] },
    warn: () => undefined,
    workers,
    workerEntry: join(import.meta.dirname, '../test/start-worker.ts'),
    printed: (worker, stream, text) => printed.push(`${worker} ${stream} ${text}`),
  });
  pools.push(pool);
  return { bench: new FakeEngine(pool, bundle), pool };
}

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await idle();
}

function pidsIn(text: string | undefined): readonly number[] {
  const pids = text?.match(/\d+/g)?.map(Number) ?? [];
  expect(pids.map(isAlive)).toEqual(pids.map(() => true));
  return pids;
}

test.each(HOWS)('P3: what a task starts does not outlive its worker, %s', async (how) => {
  const { bench } = engine();
  const done = bench.attempt('escapesAndSpins', [how]);
  await bench.when(() => bench.log.length > 0);
  const pids = pidsIn(bench.log[0]?.text);
  bench.handles.get(1)?.cancel('timeout');
  expect(await done).toEqual({ kind: 'stopped', reason: 'timeout' });
  await gone(pids);
});

test.each(['detached', 'orphan'])('P3: nor a worker that crashed, %s', async (how) => {
  const { bench } = engine();
  const done = bench.attempt('escapesAndWaits', [how]);
  await bench.when(() => bench.log.length > 0);
  const pids = pidsIn(bench.log[0]?.text);
  process.kill(pids.at(-1) ?? 0, 'SIGSEGV');
  expect(await done).toMatchObject({ kind: 'lost', cause: 'crash' });
  await gone(pids);
});

test('P3: nor the run, and it keeps nobody from ending', async () => {
  const { bench, pool } = engine();
  const pids = (await Promise.all(HOWS.map((how) => bench.run('escapes', how)))).map(Number);
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  await pool.close();
  await gone(pids);
  expect(existsSync(shop.state)).toBe(true);
});

test('P3: nor does one begin for what was sent to a process and not started there', async () => {
  const { bench, pool } = engine(1);
  const busy = bench.attempt('escapesAndSpins', ['bare']);
  await bench.when(() => bench.log.length > 0);
  const unstarted = bench.attempt('escapesAndSpins', ['bare']);
  await bench.when(() => bench.handles.size === 2);
  await idle();
  await pool.close();
  const stopped = { kind: 'stopped', reason: 'cancelled' };
  expect(await Promise.all([busy, unstarted])).toEqual([stopped, stopped]);
  expect(bench.log).toHaveLength(1);
});

function command(script: string, ...args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, '../test', script);
  return spawn(process.execPath, [path, JSON.stringify(bundle), shop.state, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}

test('P3: no process outlives a coordinator that was killed, not even in a busy loop', async () => {
  const child = command('coordinator.ts');
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  const pids = pidsIn(line.toString());
  child.kill('SIGKILL');
  await gone(pids);
  expect(child.killed).toBe(true);
});

test.each(HOWS)(
  'P3: nor what its tasks detached, %s; its folders go with the next',
  async (how) => {
    const child = command('coordinator.ts', 'escapesAndSpins', how);
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const pids = pidsIn(line.toString());
    const scratch = join(shop.state, 'scratch');
    const before = new Set(readdirSync(scratch));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await gone(pids);
    const { bench } = engine();
    expect(await bench.run('echo', 1)).toBe(1);
    const left = (): readonly string[] => readdirSync(scratch).filter((name) => before.has(name));
    const living = pools.length - 1;
    await bench.when(() => left().length <= living);
  },
);

test('a folder whose owner lives is left alone, and so is one of another host', async () => {
  const parent = join(shop.root, 'scratch-of-others');
  const { bench } = engine();
  await bench.run('echo', 1);
  const own = readdirSync(join(shop.state, 'scratch'));
  const make = (name: string, owner?: object): void => {
    mkdirSync(join(parent, name), { recursive: true });
    if (owner !== undefined) writeFileSync(join(parent, name, 'owner.json'), JSON.stringify(owner));
  };
  make('pool-own');
  make('pool-elsewhere', { pid: 1, startedAt: 'x', host: 'no such host' });
  make('pool-unknown');
  make('notes');
  await clearAbandoned(parent, join(parent, 'pool-own'));
  expect(readdirSync(parent).sort()).toEqual([
    'notes',
    'pool-elsewhere',
    'pool-own',
    'pool-unknown',
  ]);
  expect(readdirSync(join(shop.state, 'scratch'))).toEqual(own);
});

test('X5: what asks the command’s group to end leaves the workers to the command', async () => {
  const child = command('asked-coordinator.ts', join(shop.root, 'asked'));
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toBe('waits');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.kill(-(child.pid ?? 0), signal);
    expect(await next()).toBe(signal);
  }
  expect(await next()).toBe('ended');
});

test.each([
  ['trap', 'signal'],
  ['abort', 'signal SIGABRT (it aborted)'],
  ['exit', 'exit code 7'],
  ['SIGSEGV', 'signal SIGSEGV (native code crashed)'],
  ['SIGKILL', 'signal SIGKILL (it was killed from outside'],
])('R6: a process that ends by %s is lost, and says how', async (how, words) => {
  const { bench, pool } = engine();
  const args = how.startsWith('SIG') ? ['signal', how] : [how];
  const result = await bench.attempt('ends', args);
  expect(result).toMatchObject({ kind: 'lost', cause: 'crash' });
  expect(result.kind === 'lost' && result.message).toContain(words);
  await pool.close();
});

test('PARITY 23: what native code prints is the action’s that is alone', async () => {
  const { bench } = engine();
  await bench.run('printsNatively', 'native\n');
  expect(bench.log).toEqual([
    { task: 'src/main.ts#printsNatively', stream: 'stdout', text: 'native\n' },
  ]);
});

test('PARITY 23: where several are there it is recorded for the process', async () => {
  const { bench } = engine(1);
  const flag = join(shop.root, 'printed');
  const waiting = bench.attempt('waitFor', [flag]);
  const printing = bench.attempt('printsNativelyAndWaits', ['whose\n', flag]);
  await bench.when(() => printed.some((it) => it.endsWith('stdout whose\n')));
  writeFileSync(flag, '');
  await Promise.all([waiting, printing]);
  expect(bench.log.map(({ text }) => text)).toEqual(['waits\n']);
});

test('a flood of a subprocess neither blocks its action nor fills its memory', async () => {
  const { bench } = engine();
  const [turns, grownMebibytes] = (await bench.run('floodBelow', 256)) as [number, number];
  expect(turns).toBeGreaterThan(0);
  expect(grownMebibytes).toBeLessThan(128);
  const size = bench.log.reduce((sum, { text }) => sum + text.length, 0);
  expect(size).toBeLessThan(16 << 20);
  expect(bench.log.at(-1)?.text).toContain('bytes of output were cut here');
});
