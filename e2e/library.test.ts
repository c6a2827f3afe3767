import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { listRuns, runTask } from './support/answer.ts';
import { start, type Ended } from './support/command.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

describe('run() in a program', () => {
  const sandbox = useSandbox({
    folders: ['fixtures/three-tasks', 'e2e/pipelines', 'e2e/programs'],
  });
  let count = 0;
  let variables: Readonly<Record<string, string>>;

  beforeEach(() => {
    count += 1;
    variables = { SKEIN_STATE: join(sandbox.folder, `state-${count}`) };
  });

  async function runProgram(name: string, ...args: readonly string[]): Promise<Ended> {
    const program = join('e2e', 'programs', `${name}.ts`);
    return await start(sandbox, [process.execPath, program, ...args], { variables }).ended;
  }

  test('gives real values, executes nothing the second time, and prints nothing', async () => {
    const { code, stdout, stderr } = await runProgram('order');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "{
        sameId: true,
        status: 'succeeded',
        task: 'fixtures/three-tasks/src/main.ts#main',
        error: null,
        thrower: null,
        actions: { total: 4, executed: 4, reused: 0, adopted: 0, failed: 0 },
        text: 'Ada, due 2031-05-06T07:08:09.000Z\\ntea\\t30\\ncoal\\t40\\ntotal\\t70\\n'
      }
      {
        customer: 'Ada',
        currency: 'EUR',
        prices: Map(2) { 'tea' => 30n, 'coal' => 40n },
        items: Set(2) { 'tea', 'coal' },
        total: 70n,
        due: 2031-05-06T07:08:09.000Z,
        express: false,
        text: 'receipt.txt'
      }
      { total: 1, executed: 0, reused: 1, adopted: 0, failed: 0 }
      "
    `);
  });

  test('shares results with the command', async () => {
    await runProgram('order');
    const due = '2031-05-06T07:08:09.000Z';
    const order = { customer: 'Ada', items: ['tea', 'coal'], due };
    const args = ['fixtures/three-tasks/src/main.ts', '--order', JSON.stringify(order)];
    const { actions } = await runTask(sandbox, args, { variables });
    expect(actions.executed).toBe(0);
  });

  test("gives the author's own class, with fields and cause", async () => {
    const { code, stdout, stderr } = await runProgram('refused-order');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "failed null {
        task: 'fixtures/three-tasks/src/main.ts#main',
        inputs: { order: { customer: 'Ada', credit: 10n } }
      }
      the order costs 80 cents, the credit is 10
      70n true RangeError: 70 cents are missing
          at new CreditExceededError (fixtures/three-tasks/src/credit.ts:10:14)
          at <anonymous> (fixtures/three-tasks/src/main.ts:37:27)
      "
    `);
  });

  test('R1: goes on from a run that failed, and only from one of its task', async () => {
    const { code, stdout, stderr } = await runProgram('resumed');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replaceAll(/\d{8}-\d{6}-\w{6}/g, '<run>')).toMatchInlineSnapshot(`
      "failed undefined
      {
        sameRun: true,
        status: 'succeeded',
        result: 14,
        actions: { total: 4, executed: 1, reused: 0, adopted: 3, failed: 0 }
      }
      { adopted: 3, madeByEarlier: 0 }
      succeeded { total: 1, executed: 0, reused: 0, adopted: 1, failed: 0 }
      rejected FailureError: the run to go on from is one of another task
      rejected FailureError: no such run is recorded yet
      "
    `);
  });

  test('resolves as rejected on bad input, and records nothing', async () => {
    const { code, stdout, stderr } = await runProgram('wrong-order');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "rejected null null an argument cannot be encoded
      rejected null the state directory cannot be written
      "
    `);
    expect(await listRuns(sandbox, { variables })).toEqual([]);
  });

  test('stops when it is cancelled, and tells what had been executed', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name === 'step-2');
    const { code, stdout, stderr } = await runProgram('cancel', witness.url);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "cancelled null CancelledError { total: 3, executed: 3, reused: 0, adopted: 0, failed: 2 }
      "
    `);
    expect(witness.counts()).not.toHaveProperty('step-3');
    expect((await listRuns(sandbox, { variables })).map(([, status]) => status)).toEqual([
      'cancelled',
    ]);
  });

  test('executes nothing when its signal is aborted already', async () => {
    await using witness = await Witness.open();
    const { code, stdout, stderr } = await runProgram('aborted', witness.url);
    expect([code, stdout, stderr]).toEqual([0, 'cancelled null 0\n', '']);
    expect(witness.heard).toEqual([]);
  });

  test('runs a task with the options and the signal of its override', async () => {
    await using witness = await Witness.open();
    const { code, stdout, stderr } = await runProgram('overridden', witness.url);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "0 1
      failed TimeoutError
      cancelled CancelledError
      rejected what run was given is no task
      rejected the option "executor" of run does not fit
      "
    `);
  });

  test('is refused inside a task, wherever that runs', async () => {
    for (const executor of ['pool', 'inline']) {
      const args = ['e2e/pipelines/nested-run.ts', '--executor', executor];
      const { result } = await runTask(sandbox, args, { variables });
      expect(result).toBe('rejected: run was called by a task');
    }
  });

  test('is not needed to call a task: that is a plain call, which leaves nothing', async () => {
    await using witness = await Witness.open();
    const { code, stdout, stderr } = await runProgram('plain', witness.url);
    expect([code, stdout, stderr]).toEqual([0, '144\n', '']);
    expect(witness.counts()).toEqual({ 'step-12': 1 });
    expect(existsSync(variables['SKEIN_STATE'] ?? '')).toBe(false);
    expect(existsSync(join(sandbox.root, '.skein'))).toBe(false);
  });
});
