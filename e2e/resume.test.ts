import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answerOf, executedIn, executedLast, runTask, showRun } from './support/answer.ts';
import type { Answer } from './support/answer.ts';
import { checkCode, skein, startSkein } from './support/command.ts';
import { THROWS, writeItems } from './support/items.ts';
import type { ItemsRequest } from './support/items.ts';
import { whileEdited } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

const COUNT = 1_000;
/** The sum of the squares of 1 to 1,000. */
const SUM = 333_833_500;

const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

async function fail(entry: string, task: string): Promise<Answer> {
  const ended = await skein(sandbox, ['run', entry, task, '--count', `${COUNT}`, '--json']);
  checkCode(ended, 1);
  expect(ended.stderr).toContain('RangeError: bad');
  expect(ended.stderr).toContain('847');
  const answer = answerOf(ended);
  expect(ended.stderr).toContain(`skein resume ${answer.run}`);
  return answer;
}

async function resume(args: readonly string[] = []): Promise<Answer> {
  const ended = await skein(sandbox, ['resume', ...args, '--json']);
  checkCode(ended, 0);
  return answerOf(ended);
}

/** How many items a run finished. */
async function finished(run: string): Promise<number> {
  const { calls } = await showRun(sandbox, run);
  return calls.filter(({ task, outcome }) => task.endsWith('#item') && outcome?.kind === 'result')
    .length;
}

const broken: ItemsRequest = { cache: 'auto', own: THROWS };
const fixes: readonly (readonly [what: string, before: object, after: object])[] = [
  ['the task itself', { own: THROWS }, { own: '' }],
  ['a helper', { helper: THROWS }, { helper: '' }],
];

describe.each(['disable', 'auto'] as const)('item 847 of 1,000 throws, cache: %s', (cache) => {
  test('PARITY 24: the failure names the task and its input', async () => {
    const entry = await writeItems(sandbox, `named-${cache}`, { cache, own: THROWS });
    const { error } = await fail(entry, 'main');
    expect(error).toMatchObject({
      class: 'RangeError',
      message: 'bad',
      task: `${entry}#item`,
      inputs: { number: 847 },
    });
  });

  test.each(fixes)(
    'R1 PARITY 19 PARITY 24: %s is fixed: 154 items and their caller execute',
    async (what, before, after) => {
      const folder = `${cache}-${what.replaceAll(' ', '-')}`;
      const entry = await writeItems(sandbox, folder, { cache, ...before });
      await fail(entry, 'main');
      await writeItems(sandbox, folder, { cache, ...after });
      const { result, actions } = await resume();
      expect(result).toBe(SUM);
      expect(actions).toEqual({ total: 1001, executed: 155, reused: 0, adopted: 846, failed: 0 });
      expect(await executedLast(sandbox)).toEqual({ main: 1, item: 154 });

      // R3: a run meets nothing that the earlier code made.
      const again = await runTask(sandbox, [entry, 'main', '--count', `${COUNT}`]);
      expect(again.result).toBe(SUM);
      const kept = cache === 'auto' ? 154 : 0;
      expect(again.actions).toMatchObject({ executed: 1001 - kept, reused: kept, adopted: 0 });
    },
  );

  test('R1: a run instead of a resume executes everything whose code changed', async () => {
    const entry = await writeItems(sandbox, `run-${cache}`, { cache, own: THROWS });
    await fail(entry, 'main');
    await writeItems(sandbox, `run-${cache}`, { cache });
    const { actions } = await runTask(sandbox, [entry, 'main', '--count', `${COUNT}`]);
    expect(actions).toMatchObject({ total: 1001, executed: 1001, adopted: 0 });
  });

  test('R1 X6: 64 in flight: what was in flight and finished is adopted', async () => {
    const entry = await writeItems(sandbox, `wide-${cache}`, { cache, own: THROWS });
    const { run } = await fail(entry, 'wide');
    const done = await finished(run ?? '');
    expect(done).toBeGreaterThanOrEqual(846);
    expect(done).toBeLessThan(COUNT - 1);
    await writeItems(sandbox, `wide-${cache}`, { cache });
    const { result, actions } = await resume();
    expect(result).toBe(SUM);
    expect(actions).toMatchObject({ executed: COUNT - done + 1, adopted: done });
  });

  test('R1: a caller between, whose own input the fix changes', async () => {
    const folder = `nested-${cache}`;
    const entry = await writeItems(sandbox, folder, { cache, own: THROWS });
    await fail(entry, 'nested');
    await writeItems(sandbox, folder, { cache, tolerance: 2 });
    const { result, actions } = await resume();
    expect(result).toBe(SUM);
    expect(actions).toMatchObject({ executed: 156, adopted: 846 });
    expect(await executedLast(sandbox)).toEqual({ nested: 1, stage: 1, item: 154 });
    expect(entry).toContain(folder);
  });
});

describe('a run that is killed, with caching off', () => {
  const uncached = 'e2e/pipelines/uncached.ts';

  /** Kills it while it executes a step that is not answered. */
  async function killAt(witness: Witness, number: number): Promise<void> {
    witness.hold((name) => name === `step-${number}`);
    const args = ['run', uncached, '--witness', witness.url, '--count', '10'];
    const command = startSkein(sandbox, args);
    await witness.until(`step-${number}`);
    command.kill('SIGKILL');
    await command.ended;
    witness.release();
  }

  test('PARITY 16: at 8 of 10, 1 to 7 are not executed again', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 8);
    const { result, actions } = await resume();
    expect(result).toBe(385);
    expect(actions).toMatchObject({ executed: 4, adopted: 7 });
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10];
    expect(witness.heard).toEqual(numbers.map((number) => `step-${number}`));
  });

  test('PARITY 6 P3: right after a child ended: another process reads all of it', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 4);
    const shown = await skein(sandbox, ['show', 'last', '--action', '4', '--json']);
    checkCode(shown, 0);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      task: `${uncached}#step`,
      inputs: [{ value: witness.url }, { value: 3 }],
      outcome: {
        kind: 'result',
        result: { number: 3, squares: { $type: 'map', value: [[3, 9]] } },
      },
    });
  });

  test('PARITY 17: also where siblings are called in another order', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 6);
    const file = join(sandbox.root, uncached);
    const swap = (text: string): string =>
      text
        .replace('export const main', 'export const sequence')
        .replace('export const reversed', 'export const main');
    await whileEdited(file, swap, async () => {
      const { result, actions } = await resume();
      expect(result).toBe(385);
      expect(actions).toMatchObject({ executed: 6, adopted: 5 });
    });
  });
});

describe('the dry run of a resume', () => {
  test('PARITY 19: lists what is adopted, what earlier code made, and what is left', async () => {
    const entry = await writeItems(sandbox, 'dry', broken);
    await fail(entry, 'main');
    await writeItems(sandbox, 'dry', { cache: 'auto' });
    const ended = await skein(sandbox, ['resume', '--dry-run']);
    checkCode(ended, 0);
    expect(ended.stdout).toContain('846');
    expect(ended.stdout).toContain('earlier code');
    expect(ended.stdout).toContain('main.ts#item');
    const runs = await skein(sandbox, ['runs', '--limit', '1', '--json']);
    const { actions } = await resume();
    expect(actions).toMatchObject({ executed: 155, adopted: 846 });
    expect(runs.stdout).toContain('failed');
  });

  test('R2: --edited execute executes again what earlier code made', async () => {
    const entry = await writeItems(sandbox, 'edited', broken);
    await fail(entry, 'main');
    await writeItems(sandbox, 'edited', { cache: 'auto' });
    const { result, actions } = await resume(['--edited', 'execute']);
    expect(result).toBe(SUM);
    expect(actions).toMatchObject({ executed: 1001, adopted: 0 });
  });
});

describe('a resume with another input', () => {
  test('R1: a result whose inputs changed is never adopted', async () => {
    const entry = await writeItems(sandbox, 'input', broken);
    await fail(entry, 'main');
    const { result, actions } = await resume(['--count', '100']);
    expect(result).toBe(338_350);
    // The caller is another: its calls are found by its task.
    expect(actions).toMatchObject({ total: 101, executed: 1 });
    expect(executedIn(await showRun(sandbox, 'last'))).toEqual({ main: 1 });
    expect(entry).toContain('input');
  });
});

describe.each(['disable', 'auto'] as const)(
  'training succeeds and deploying fails, cache: %s',
  (cache) => {
    const text = (deploy: string): string => `import { environment } from 'skein';
const env = environment({ name: 'deploying', cache: '${cache}' });
export const train = env.task(async (witness: string, epochs: number): Promise<number[]> => {
  await fetch(witness + 'train');
  return Array.from({ length: epochs }, (_, epoch) => epoch ** 2);
});
export const deploy = env.task(async (weights: number[]): Promise<string> => {
  ${deploy}
});
export const main = env.task(async (witness: string): Promise<string> => {
  return await deploy(await train(witness, 3));
});
`;

    test('PARITY 25: deploy is edited: training is not executed again', async () => {
      await using witness = await Witness.open();
      const entry = `deploy-${cache}.ts`;
      const file = join(sandbox.root, entry);
      await writeFile(file, text("throw new TypeError('no room for ' + weights.length);"));
      const ended = await skein(sandbox, ['run', entry, '--witness', witness.url, '--json']);
      checkCode(ended, 1);
      expect(answerOf(ended).error).toMatchObject({ class: 'TypeError', task: `${entry}#deploy` });
      await writeFile(file, text("return weights.join(' ');"));
      const { result, actions } = await resume();
      expect(result).toBe('0 1 4');
      expect(witness.counts()).toEqual({ train: 1 });
      expect(actions).toMatchObject({ total: 3, executed: 2, failed: 0 });
    });
  },
);
