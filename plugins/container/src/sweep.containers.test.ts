import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identifyProcess } from '@skein/journal';
import type { ProcessIdentity } from '@skein/journal';
import type { Failure } from '@skein/model';
import { openContainers } from '../../../scripts/containers.ts';
import type { TestContainers } from '../../../scripts/containers.ts';
import { openBench } from '../test/bench.ts';
import type { Bench } from '../test/bench.ts';
import { labelsOf, nameIn, POOL_LABEL } from './container-labels.ts';
import { engineMarkedIn, markContainers } from './containers-mark.ts';
import { sweepContainers } from './sweep.ts';

let containers: TestContainers;
let environment: Readonly<Record<string, string | undefined>>;
let image: string;
let bench: Bench;
const warnings: Failure[] = [];
const warn = (warning: Failure): number => warnings.push(warning);

const alive = identifyProcess(process.pid);
const dead: ProcessIdentity = { pid: 2 ** 22, startedAt: 'then', host: hostname() };

beforeAll(async () => {
  containers = await openContainers('sweep');
  environment = { ...process.env, ...containers.environment };
  image = await containers.baseImage();
  bench = openBench();
});

afterAll(async () => {
  bench.remove();
  await containers.close();
});

/** A pool's scratch folder as a command leaves it, and a container of it that was made. */
async function leave(name: string, owner: ProcessIdentity | undefined): Promise<string> {
  const pool = join(bench.state, 'scratch', name);
  mkdirSync(pool, { recursive: true });
  writeFileSync(join(pool, 'owner.json'), JSON.stringify(owner ?? {}));
  markContainers(pool, '/usr/bin/podman');
  const labels = Object.entries(labelsOf({ pool, owner })).map((it) => `--label=${it.join('=')}`);
  const made = await containers.podman('create', ...labels, '--network=none', image, 'true');
  expect(made).toMatchObject({ code: 0 });
  return pool;
}

const left = (pool: string): Promise<readonly string[]> =>
  containers.containersLeft(`${POOL_LABEL}=${pool}`);

const sweep = (): Promise<number> => sweepContainers({ state: bench.state, environment, warn });

test('P3: what dead commands left is removed, stopped ones too, and said once', async () => {
  const [first, second] = [await leave('pool-a', dead), await leave('pool-b', dead)];
  const living = await leave('pool-c', alive);
  const elsewhere = await leave('pool-d', { ...dead, host: 'no such host' });
  expect(await sweep()).toBe(2);
  expect(warnings).toEqual([
    {
      code: 'container-leftover',
      kind: 'warning',
      headline: 'removed 2 containers that an ended command had left',
      facts: [['process', String(dead.pid)]],
    },
  ]);
  for (const pool of [first, second])
    expect([await left(pool), existsSync(pool)]).toEqual([[], false]);
  for (const pool of [living, elsewhere]) {
    expect(await left(pool)).toHaveLength(1);
    expect(existsSync(pool)).toBe(true);
    await containers.podman('rm', '--force', ...(await left(pool)));
  }
  warnings.length = 0;
  expect(await sweep()).toBe(0);
  expect(warnings).toEqual([]);
});

test('so is one whose pool’s folder is gone, whoever lives', async () => {
  const pool = await leave('pool-e', alive);
  rmSync(pool, { recursive: true });
  const other = await leave('pool-f', dead);
  expect(await sweep()).toBe(2);
  expect([await left(pool), await left(other)]).toEqual([[], []]);
  warnings.length = 0;
});

test('P3: so is what holds one that its engine forgot when its call was killed', async () => {
  const pool = join(bench.state, 'scratch', 'pool-g');
  mkdirSync(pool, { recursive: true });
  writeFileSync(join(pool, 'owner.json'), JSON.stringify(dead));
  markContainers(pool, '/usr/bin/podman');
  const name = nameIn(pool, '1');
  const args = ['run', '--rm', '--name', name, '--network=none', image, 'sleep', '1000'];
  const call = spawn('podman', args, { env: environment, stdio: 'ignore' });
  while (monitorsOf(name).length === 0) await new Promise((resolve) => setImmediate(resolve));
  call.kill('SIGKILL');
  await once(call, 'exit');
  expect(monitorsOf(name)).toHaveLength(1);
  await containers.podman('rm', '--force', '--ignore', '--time', '0', name);
  await sweep();
  expect(monitorsOf(name)).toEqual([]);
  warnings.length = 0;
});

/** Processes that hold a container for podman. */
function monitorsOf(name: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    const path = `/proc/${pid}/cmdline`;
    if (!/^\d+$/.test(pid)) return false;
    const words = existsSync(path) ? readFileSync(path, 'utf8').split('\0') : [];
    return words[0]?.endsWith('/conmon') === true && words.includes(name);
  });
}

test('where no pool is marked no engine is asked', async () => {
  const state = join(bench.root, 'other-state');
  mkdirSync(join(state, 'scratch', 'pool-x'), { recursive: true });
  const nothing = { PATH: '/nowhere' };
  expect(await sweepContainers({ state, environment: nothing, warn })).toBe(0);
  expect(await sweepContainers({ state: '/nowhere', environment: nothing, warn })).toBe(0);
  expect(warnings).toEqual([]);
});

test('an engine that does not answer is told, and the mark stays', async () => {
  const state = join(bench.root, 'stopped-state');
  const pool = join(state, 'scratch', 'pool-y');
  mkdirSync(pool, { recursive: true });
  writeFileSync(join(pool, 'owner.json'), JSON.stringify(dead));
  markContainers(pool, '/nowhere/podman');
  expect(await sweepContainers({ state, environment, warn })).toBe(0);
  expect(warnings.map(({ code, hint }) => [code, hint])).toEqual([
    ['container-leftover', 'start the engine: the next command removes them'],
  ]);
  expect(engineMarkedIn(pool)).toBe('/nowhere/podman');
});

test('P3: no container outlives a command that was killed, not even in a busy loop', async () => {
  const script = join(import.meta.dirname, '../test/coordinator.ts');
  const child = spawn(process.execPath, ['--conditions=@skein/source', script, image], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { root, pool } = JSON.parse(line.toString()) as { root: string; pool: string };
  expect(await left(pool)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  while ((await left(pool)).length > 0 || engineMarkedIn(pool) !== undefined);
  expect(await left(pool)).toEqual([]);
  rmSync(root, { recursive: true, force: true });
});
