import { spawnSync } from 'node:child_process';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { answerOf, runTask, type Answer } from './support/answer.ts';
import { CacheServer } from './support/cache-server.ts';
import { checkCode, skein } from './support/command.ts';
import { mountDisk } from './support/disk.ts';
import { FAULTS } from './support/faults.ts';
import { FaultyServer, honest, type Behaviour } from './support/faulty-server.ts';
import { aliveOf, childrenOf, familyOf } from './support/processes.ts';
import { useSandbox } from './support/suite.ts';

/*
 * D7: trouble with a remote never changes a result or an exit code. Each run here wants two hundred
 * or two thousand actions, of which the remote knows half, and meets one fault, from the first
 * request on or in the middle.
 */

const pipeline = 'e2e/pipelines/harvest.ts';

/** Bound on one answer, and what the end of a run waits for uploads, as the configuration says. */
const TIMEOUT_MS = 1_000;
const PATIENCE_MS = 3_000;
/** After so many failures the remote is off. */
const FAILURES = 3;
/** Look-ups are given up when they were waited for so much longer than what they saved. */
const LOOK_UPS_MS = 15_000;
/** What a remote may add to a run, as `docs/BENCHMARKS.md` states it. */
const ADDED_MS = LOOK_UPS_MS + FAILURES * TIMEOUT_MS + PATIENCE_MS;
/** For the run itself, on a machine that does other things too. */
const RUN_MS = 60_000;

/** So many requests are answered as they should be, where the fault comes in the middle. */
const MIDDLE = 4;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

/** A pipeline of some size, and a remote that knows its first edition. */
class Harvest {
  readonly actions: number;
  readonly #fields: string;
  #token = '';
  /** The run of the second edition without a remote, and how long it took. */
  #alone: Answer | undefined;
  #aloneMs = 0;

  constructor(fields: number) {
    this.actions = fields * 100;
    this.#fields = String(fields);
  }

  /** Data of a server that knows the first edition. */
  get known(): string {
    return join(sandbox.folder, `known-${this.#fields}`);
  }

  async prepare(): Promise<void> {
    await using server = await CacheServer.start(sandbox, { data: this.known });
    this.#token = await server.token('trusted');
    const first = this.#state('first');
    await this.#runAll(1, { ...server.client(this.#token), SKEIN_STATE: first });
    await server.stop();
    const started = performance.now();
    this.#alone = await this.#runAll(2, { SKEIN_STATE: this.#state('alone') });
    this.#aloneMs = performance.now() - started;
  }

  /** A server of its own for a test, which knows the first edition. */
  async startKnowing(folder = join(sandbox.folder, 'data')): Promise<CacheServer> {
    await rm(folder, { recursive: true, force: true });
    await cp(this.known, folder, { recursive: true });
    return await CacheServer.start(sandbox, { data: folder });
  }

  /** The second edition on a new state, by way of an address. */
  async check(address: string, context?: TestContext): Promise<Answer> {
    const remote = { url: address, timeout: `${TIMEOUT_MS}ms`, patience: `${PATIENCE_MS}ms` };
    const config = `export default ${JSON.stringify({ remote })};\n`;
    await writeFile(join(sandbox.root, 'skein.config.ts'), config);
    const state = this.#state('state');
    await rm(state, { recursive: true, force: true });
    const started = performance.now();
    const ended = await skein(sandbox, ['run', ...this.#args(2), '--json'], {
      variables: { SKEIN_STATE: state, SKEIN_REMOTE_TOKEN: this.#token },
      limitMs: RUN_MS + ADDED_MS,
    });
    const tookMs = performance.now() - started;
    checkCode(ended, 0);
    const answer = answerOf(ended);
    expect(answer).toMatchObject({ status: 'succeeded', error: null });
    expect(answer.result).toEqual(this.#alone?.result);
    const { total, executed, reused } = answer.actions;
    expect(answer.actions).toEqual({ total, executed, reused, failed: 0, adopted: 0 });
    // What is beneath a reused caller is not listed (X8).
    expect(total).toBeLessThanOrEqual(this.actions);
    expect(executed).toBeLessThanOrEqual(this.actions);
    expect(ended.stderr.match(/^warning\b.*/gm)?.slice(1) ?? []).toEqual([]);
    const added = Math.round(tookMs - this.#aloneMs);
    await context?.annotate(`${executed} executed, ${added} ms more than without a remote`);
    return answer;
  }

  /** What the remote was told meanwhile is no wrong result for anybody. */
  async checkUnspoilt(server: CacheServer): Promise<void> {
    const { actions } = await this.check(server.address);
    expect(actions.executed).toBeLessThan(this.actions);
  }

  async #runAll(edition: number, variables: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await runTask(sandbox, this.#args(edition), { variables });
    expect(answer.actions).toMatchObject({ total: this.actions, executed: this.actions });
    return answer;
  }

  #args(edition: number): readonly string[] {
    return [pipeline, '--edition', String(edition), '--fields', this.#fields];
  }

  #state(name: string): string {
    return join(sandbox.folder, `${name}-${this.#fields}`);
  }
}

/** For every fault there is, and for those that a user will meet one day. */
const small = new Harvest(2);
const large = new Harvest(20);

beforeAll(async () => {
  await rm(join(sandbox.root, 'skein.config.ts'), { force: true });
  await small.prepare();
  await large.prepare();
});

test('the remote knows half of it: the other half is executed, and shared', async (context) => {
  await using server = await large.startKnowing();
  const half = await large.check(server.address, context);
  expect(half.actions.executed).toBe(large.actions / 2 + 1);
  const { actions } = await large.check(server.address, context);
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
  await large.check(faulty.address, context);
  expect(faulty.asked.length).toBeGreaterThan(MIDDLE);
});

describe.each([
  ['from the first request on', 0],
  ['in the middle of the run', MIDDLE],
])('%s, a remote that', (_, after) => {
  test.for(Object.entries(FAULTS))('D7: %s', async ([, behaviour], context) => {
    await using server = await small.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    faulty.behave(behaviour, after);
    await small.check(faulty.address, context);
    expect(faulty.asked.length).toBeGreaterThan(after);
    await small.checkUnspoilt(server);
  });

  test('D7: refuses connections', async (context) => {
    await using server = await small.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    const { address } = faulty;
    if (after === 0) faulty.vanish();
    else faulty.behave(() => faulty.vanish(), after);
    await small.check(address, context);
    await small.checkUnspoilt(server);
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
    await large.check(faulty.address, context);
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
    await large.check(faulty.address, context);
    if (second === undefined) throw new Error('the server was not killed');
    await using again = second;
    await large.checkUnspoilt(again);
  });

  test('D7: loses its serving process in the middle', async (context) => {
    await using server = await large.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    const harm = async (): Promise<void> => {
      for (const { pid } of childrenOf(server.pid)) process.kill(pid, 'SIGKILL');
    };
    faulty.behave(once(harm), MIDDLE);
    await large.check(faulty.address, context);
    await large.checkUnspoilt(server);
  });

  test('D7: has a full disk', async (context) => {
    const size = Number(
      spawnSync('du', ['-sk', large.known], { encoding: 'utf8' }).stdout.split('\t')[0],
    );
    using disk = mountDisk(context, join(sandbox.folder, 'disk'), size + 400);
    await using server = await large.startKnowing(join(disk.path, 'data'));
    await writeFile(join(disk.path, 'rest'), Buffer.alloc(1 << 20)).catch(() => undefined);
    await large.check(server.address, context);
    await large.checkUnspoilt(server);
  });

  test('D7: has a disk that can only be read', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'protected'), 200_000);
    await using server = await large.startKnowing(join(disk.path, 'data'));
    disk.protect(true);
    await large.check(server.address, context);
    await large.checkUnspoilt(server);
  });

  test('D7: loses its data in the middle', async (context) => {
    await using server = await large.startKnowing();
    await using faulty = await FaultyServer.open(server.address);
    const harm = async (): Promise<void> => await rm(server.data, { recursive: true, force: true });
    faulty.behave(once(harm), MIDDLE);
    await large.check(faulty.address, context);
  });
});
