import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CacheServer } from './support/cache-server.ts';
import { mountDisk } from './support/disk.ts';
import { FAULTS } from './support/faults.ts';
import { checkHarvest, checkUnspoilt, Harvest } from './support/harvest.ts';
import { FaultyServer, honest, type Behaviour } from './support/faulty-server.ts';
import { aliveOf, childrenOf, familyOf } from './support/processes.ts';
import { useSandbox } from './support/suite.ts';

/*
 * D7: trouble with a remote never changes a result or an exit code. Each run here wants two hundred
 * or two thousand actions, of which the remote knows half, and meets one fault, from the first
 * request on or in the middle.
 */

/** So many requests are answered as they should be, where the fault comes in the middle. */
const MIDDLE = 4;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

/** For every fault there is, and for those that a user will meet one day. */
const small = new Harvest(sandbox, 2);
const large = new Harvest(sandbox, 20);

beforeAll(async () => {
  await rm(join(sandbox.root, 'skein.config.ts'), { force: true });
  await small.prepare();
  await large.prepare();
});

test('the remote knows half of it: the other half is executed, and shared', async (context) => {
  await using server = await large.startKnowing();
  const half = await checkHarvest(large, server.address, context);
  expect(half.actions.executed).toBe(large.actions / 2 + 1);
  const { actions } = await checkHarvest(large, server.address, context);
  expect(actions.executed).toBe(0);
});

/** What the large one meets, in the middle. */
const FREQUENT = [
  'accepts, and never answers',
  'answers what is no HTTP',
  'takes two seconds for each answer',
  "answers with another key's entries, and another digest's bytes",
] as const;

test.for(FREQUENT)('D7: two thousand actions, and a remote that %s', async (fault, context) => {
  await using server = await large.startKnowing();
  await using faulty = await FaultyServer.open(server.address);
  faulty.behave(FAULTS[fault], MIDDLE);
  await checkHarvest(large, faulty.address, context);
  expect(faulty.asked.length).toBeGreaterThan(MIDDLE);
});

describe('from the first request on, a remote that', () => {
  let server: CacheServer;

  beforeAll(async () => {
    server = await small.startKnowing(join(sandbox.folder, 'never-reached'));
  });
  afterAll(async () => await server.stop());

  test.for(Object.entries(FAULTS))('D7: %s', async ([, behaviour], context) => {
    await using faulty = await FaultyServer.open(server.address);
    faulty.behave(behaviour, 0);
    await checkHarvest(small, faulty.address, context);
    expect(faulty.asked.length).toBeGreaterThan(0);
  });

  test('D7: refuses connections', async (context) => {
    await using faulty = await FaultyServer.open(server.address);
    const { address } = faulty;
    faulty.vanish();
    await checkHarvest(small, address, context);
  });
});

/** What does something else once there is a greeting and some are found. */
const LATE = [
  'hangs in the middle of a body',
  'breaks off in the middle of a body',
  "answers with another key's entries, and another digest's bytes",
  'flips a bit in each body',
  'answers 401',
] as const;

describe('in the middle of the run, a remote that', () => {
  test.for(LATE)('D7: %s', async (fault, context) => {
    await using server = await small.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    faulty.behave(FAULTS[fault], MIDDLE);
    await checkHarvest(small, faulty.address, context);
    expect(faulty.asked.length).toBeGreaterThan(MIDDLE);
    await checkUnspoilt(small, server);
  });

  test('D7: refuses connections', async (context) => {
    await using server = await small.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    faulty.behave(() => faulty.vanish(), MIDDLE);
    await checkHarvest(small, faulty.address, context);
    await checkUnspoilt(small, server);
  });
});

/** Kills everything of it at once. */
async function murder({ pid }: CacheServer): Promise<void> {
  const family = familyOf(pid);
  for (const member of family) process.kill(member.pid, 'SIGKILL');
  while (aliveOf(family).length > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('a real server that', () => {
  /** Does something to the server at a request in the middle, which is then answered honestly. */
  function once(harm: () => Promise<void>): Behaviour {
    let isDone = false;
    return async (exchange) => {
      if (!isDone) {
        isDone = true;
        await harm();
      }
      await honest(exchange);
    };
  }

  test('D7: is killed in the middle', async (context) => {
    await using server = await large.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    faulty.behave(
      once(async () => await murder(server)),
      MIDDLE,
    );
    await checkHarvest(large, faulty.address, context);
  });

  test('D7: is killed in the middle, and started again', async (context) => {
    await using server = await large.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    let second: CacheServer | undefined;
    const { data, port } = server;
    const harm = async (): Promise<void> => {
      await murder(server);
      second = await CacheServer.start(sandbox, { data, port });
    };
    faulty.behave(once(harm), MIDDLE);
    await checkHarvest(large, faulty.address, context);
    if (second === undefined) throw new Error('the server was not killed');
    await using again = second;
    await checkUnspoilt(large, again);
  });

  test('D7: loses its serving process in the middle', async (context) => {
    await using server = await large.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    const harm = async (): Promise<void> => {
      for (const { pid } of childrenOf(server.pid)) process.kill(pid, 'SIGKILL');
    };
    faulty.behave(once(harm), MIDDLE);
    await checkHarvest(large, faulty.address, context);
    await checkUnspoilt(large, server);
  });

  test('D7: has a full disk', async (context) => {
    const size = Number(
      spawnSync('du', ['-sk', large.known], { encoding: 'utf8' }).stdout.split('\t')[0],
    );
    using disk = mountDisk(context, join(sandbox.folder, 'disk'), size + 400);
    await using server = await large.startKnowing(join(disk.path, 'data'));
    await writeFile(join(disk.path, 'rest'), Buffer.alloc(1 << 20)).catch(() => undefined);
    await checkHarvest(large, server.address, context);
    await checkUnspoilt(large, server);
  });

  test('D7: has a disk that can only be read', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'protected'), 200_000);
    await using server = await large.startKnowing(join(disk.path, 'data'));
    disk.protect(true);
    await checkHarvest(large, server.address, context);
    await checkUnspoilt(large, server);
  });

  test('D7: loses its data in the middle', async (context) => {
    await using server = await large.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    const harm = async (): Promise<void> => await rm(server.data, { recursive: true, force: true });
    faulty.behave(once(harm), MIDDLE);
    await checkHarvest(large, faulty.address, context);
  });
});
