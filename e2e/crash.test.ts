import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FAULT_POINTS } from '@skein/model';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { DAMAGES } from './crash/damage.ts';
import { Draw } from './crash/draw.ts';
import { openLab, type Lab } from './crash/lab.ts';
import { violationsIn } from './crash/ledger.ts';
import {
  DISK_POINTS,
  planDamage,
  planFullDisk,
  planPoint,
  planRandom,
  type Plan,
} from './crash/plan.ts';
import { makeRounds, newTally, type Tally } from './crash/rounds.ts';
import { answerOf, listRuns, runTask, showRun } from './support/answer.ts';
import { checkCode, skein, startSkein } from './support/command.ts';
import { mountDisk } from './support/disk.ts';
import { familyOf, unwatchable } from './support/processes.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

/** The whole is `npm run crash`; this is a sample of it, the same each time. */
const SEED = 20_261_124;
const RANDOM_ROUNDS = 15;
const SIZE = 6;

const points = Object.keys(FAULT_POINTS);

describe('whatever dies when, nothing acknowledged is lost', () => {
  let lab: Lab;

  beforeAll(async () => {
    if (unwatchable === undefined) lab = await openLab(SIZE);
  });
  afterAll(async () => await lab?.[Symbol.asyncDispose]());

  async function checkRounds(context: TestContext, plans: Iterable<Plan>): Promise<Tally> {
    if (unwatchable !== undefined) context.skip(unwatchable);
    const tally = newTally();
    const reports: string[] = [];
    const failed = (report: string): void => void reports.push(report);
    await makeRounds(lab, plans, { recovery: 'resume', jobs: 2, failed, tally });
    expect(reports.join('\n\n')).toBe('');
    return tally;
  }

  test('P3 D1 R7: killed at each named point, then resumed', async (context) => {
    const draw = new Draw(SEED);
    const tally = await checkRounds(
      context,
      points.map((point) => planPoint(point, 1, draw.below(2 ** 31))),
    );
    expect(points.filter((point) => !tally.points.has(point))).toEqual([]);
  });

  test('P3: on a disk that is full for a moment, then resumed', async (context) => {
    const draw = new Draw(SEED);
    await checkRounds(
      context,
      DISK_POINTS.map((point) => planFullDisk(point, draw.below(2 ** 31))),
    );
  });

  test('P3 P4 D5 D6: killed, then a part of the state is lost or damaged', async (context) => {
    const draw = new Draw(SEED);
    await checkRounds(
      context,
      DAMAGES.map((damage) => planDamage(damage, draw)),
    );
  });

  test('P3: killed at random instants, again and again, by any clock', async (context) => {
    const draw = new Draw(SEED);
    await checkRounds(
      context,
      Array.from({ length: RANDOM_ROUNDS }, () => planRandom(draw.below(2 ** 31), points)),
    );
  });
});

test('every named point is in the code, once in a file', async () => {
  const places = new Map<string, string[]>(points.map((point) => [point, []]));
  const packages = join(repository, 'packages');
  for (const name of await readdir(packages, { recursive: true })) {
    if (!/^[\w-]+\/src\/.*\.ts$/.test(name) || name.endsWith('.test.ts')) continue;
    const text = await readFile(join(packages, name), 'utf8');
    for (const [, point = ''] of text.matchAll(/\breach\('([^']*)'\)/g)) {
      const found = places.get(point);
      expect(found, `"${point}" in "${name}"`).toBeDefined();
      expect(found).not.toContain(name);
      found?.push(name);
    }
  }
  expect([...places].filter(([, files]) => files.length === 0)).toEqual([]);
});

describe('the ledger of the harness', () => {
  const first = ['epoch run', 'begin c:a', 'got c:a', 'begin u:b', 'got u:b', 'begin c:c'];

  test.each<readonly [what: string, then: readonly string[], violations: readonly string[]]>([
    ['a call without a result may begin again', ['epoch resume', 'begin c:c'], []],
    ['a call with a result may not', ['epoch resume', 'begin c:a'], ['c:a']],
    ['nor in the same command', ['begin c:a'], ['c:a']],
    ['one that is never cached may not by resume', ['epoch resume', 'begin u:b'], ['u:b']],
    ['but by run', ['epoch run', 'begin u:b', 'begin c:a'], ['c:a']],
    ['two at once do not know of each other', ['epoch resumes', 'begin c:a', 'begin u:b'], []],
    ['what is forgotten may', ['forget :a$', 'epoch resume', 'begin c:a', 'begin u:b'], ['u:b']],
  ])('%s', (_, then, violations) => {
    const found = violationsIn([...first, ...then]);
    expect(found.map((line) => line.split(' ')[0])).toEqual(violations);
  });

  test('of calls that are alike only as many may begin as had no result', () => {
    const lines = [
      'epoch run',
      ...Array<string>(3).fill('begin u:x*3'),
      'got u:x*3',
      'epoch resume',
    ];
    const again = (count: number): readonly string[] =>
      violationsIn([...lines, ...Array<string>(count).fill('begin u:x*3')]);
    expect(again(2)).toEqual([]);
    expect(again(3)).toHaveLength(1);
  });
});

describe('a state', () => {
  const sandbox = useSandbox({ folders: ['e2e/pipelines'] });
  const fill = 'e2e/pipelines/fill.ts';

  test('on a full disk: with room again, resume goes on and ends well', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'disk'), 4_000);
    const variables = { SKEIN_STATE: join(disk.path, 'state') };
    const full = await skein(sandbox, ['run', fill, '--count', '200', '--json'], { variables });
    checkCode(full, 1);
    expect(answerOf(full)).toMatchObject({ status: 'failed', error: { class: 'disk-full' } });
    disk.grow(64_000);
    const resumed = await skein(sandbox, ['resume', '--json'], { variables });
    checkCode(resumed, 0);
    const { result, actions } = answerOf(resumed);
    expect(result).toBe(200 * 64 * 1024);
    expect(actions.executed).toBeLessThan(201);
    expect(actions.total).toBe(201);
  });

  test('that can only be read: clear failure, everything can be looked at', async (context) => {
    using disk = mountDisk(context, join(sandbox.folder, 'read-only'), 64_000);
    const variables = { SKEIN_STATE: join(disk.path, 'state') };
    const args = ['run', fill, '--count', '3', '--json'];
    const { run, result } = answerOf(await skein(sandbox, args, { variables }));
    disk.protect(true);
    const refused = await skein(sandbox, args, { variables });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('error[state-unwritable]: ');
    expect(refused.stderr).toContain('  hint: ');
    expect(await listRuns(sandbox, { variables })).toEqual([[run, 'succeeded']]);
    expect(await showRun(sandbox, 'last', { variables })).toMatchObject({ run });
    disk.protect(false);
    const after = await runTask(sandbox, args.slice(1, -1), { variables });
    expect(after.result).toEqual(result);
    expect(after.actions.executed).toBe(0);
  });

  test('D6: whose database is damaged says so in one line, and keeps it', async () => {
    const state = join(sandbox.folder, 'damaged');
    const variables = { SKEIN_STATE: state };
    const args = ['run', fill, '--count', '40', '--kibibytes', '1', '--json'];
    checkCode(await skein(sandbox, args, { variables }), 0);
    await DAMAGES.find(({ name }) => name === 'the database cut short')?.apply(state, new Draw(5));
    const next = await skein(sandbox, args, { variables });
    checkCode(next, 0);
    expect(next.stderr.match(/^warning\[state-corrupt\]: /gm)).toHaveLength(1);
    const kept = (await readdir(join(state, 'v1'))).filter((name) => name.includes('.corrupt-'));
    expect(kept.length).toBeGreaterThan(0);
    using db = new DatabaseSync(join(state, 'v1', 'state.db'), { readOnly: true });
    expect(db.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  });
});

describe('a worker', () => {
  const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

  test('R6 T4: that is killed with a caller in it: the caller leaves a trace', async (context) => {
    if (unwatchable !== undefined) context.skip(unwatchable);
    await using witness = await Witness.open();
    witness.hold((name) => name.startsWith('step-'));
    const args = ['e2e/pipelines/chain.ts', 'fan', '--witness', witness.url, '--count', '4'];
    const command = startSkein(sandbox, ['run', ...args, '--json']);
    await Promise.all([1, 2, 3, 4].map(async (id) => await witness.until(`step-${id}`)));
    const workers = familyOf(command.pid).filter(({ command: line }) => line.includes('worker'));
    for (const { pid } of workers) process.kill(pid, 'SIGKILL');
    witness.release();
    const ended = await command.ended;
    checkCode(ended, 0);
    const { actions } = await runTask(sandbox, args);
    expect(actions).toMatchObject({ executed: 0, reused: actions.total });
  });
});
