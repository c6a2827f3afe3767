import { describe, expect, test, vi, type TestContext } from 'vitest';
import { answerOf, listRuns, runTask } from './support/answer.ts';
import { checkCode, skein, startSkein, type Started } from './support/command.ts';
import { entry, few } from './support/pipeline.ts';
import { aliveOf, familyOf, unwatchable, type KnownProcess } from './support/processes.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

const chain = 'e2e/pipelines/chain.ts';

describe('a command that is killed', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline', 'e2e/pipelines'] });

  /** Kills it so that it cannot do anything more, and gives what had been running beneath it. */
  async function kill(command: Started): Promise<readonly KnownProcess[]> {
    const family = familyOf(command.pid);
    expect(family.length).toBeGreaterThan(1);
    command.kill('SIGKILL');
    expect(await command.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    return family;
  }

  /** Workers go by themselves, or are ended: nobody else is there to do it. */
  async function checkGone(family: readonly KnownProcess[]): Promise<void> {
    await vi.waitFor(() => expect(aliveOf(family)).toEqual([]), { timeout: 10_000, interval: 20 });
  }

  function needsProc(context: TestContext): void {
    if (unwatchable !== undefined) context.skip(unwatchable);
  }

  test('in the middle: the next run executes what was not finished', async (context) => {
    needsProc(context);
    await using witness = await Witness.open();
    witness.hold((name) => name === 'step-6');
    const args = [chain, '--witness', witness.url, '--count', '8'];
    const command = startSkein(sandbox, ['run', ...args, '--json']);
    await witness.until('step-6');
    const family = await kill(command);
    await checkGone(family);
    expect((await listRuns(sandbox))[0]?.[1]).toBe('interrupted');

    witness.release();
    const { result, actions } = await runTask(sandbox, args);
    expect(result).toEqual([1, 4, 9, 16, 25, 36, 49, 64]);
    // Steps 1 to 5 were acknowledged, since step 6 was called after them.
    expect(witness.counts()).toEqual({
      ...Object.fromEntries([1, 2, 3, 4, 5, 7, 8].map((number) => [`step-${number}`, 1])),
      'step-6': 2,
    });
    expect(actions).toMatchObject({ total: 9, executed: 4, reused: 5 });
    const [now, before] = await listRuns(sandbox);
    expect([now?.[1], before?.[1]]).toEqual(['succeeded', 'interrupted']);
  });

  test('while many actions are in flight: each finished one is reused', async (context) => {
    needsProc(context);
    await using witness = await Witness.open();
    const held = new Set([7, 11, 13].map((number) => `step-${number}`));
    witness.hold((name) => held.has(name));
    const args = [chain, 'fan', '--witness', witness.url, '--count', '16'];
    const command = startSkein(sandbox, ['run', ...args, '--json']);
    await Promise.all([...held].map(async (name) => await witness.until(name)));
    const family = await kill(command);
    await checkGone(family);

    witness.release();
    const { result } = await runTask(sandbox, args);
    expect(result).toEqual(Array.from({ length: 16 }, (_, index) => (index + 1) ** 2));
    for (const [name, count] of Object.entries(witness.counts())) {
      if (held.has(name)) expect(count).toBe(2);
      else expect(count).toBeLessThanOrEqual(2);
    }
    const { actions } = await runTask(sandbox, args);
    expect(actions.executed).toBe(0);
  });

  test('while a task is busy and hears nothing: no process is left', async (context) => {
    needsProc(context);
    await using witness = await Witness.open();
    const command = startSkein(sandbox, ['run', chain, 'spin', '--witness', witness.url]);
    await witness.until('spin');
    await checkGone(await kill(command));
  });

  test('while a task waits for a program: that program is not left either', async (context) => {
    needsProc(context);
    await using witness = await Witness.open();
    witness.hold(() => true);
    const command = startSkein(sandbox, ['run', chain, 'delegate', '--witness', witness.url]);
    await vi.waitFor(() => expect(witness.heard).toHaveLength(1), { timeout: 30_000 });
    const child = Number(witness.heard[0]?.replace('delegate-', ''));
    const family = await kill(command);
    expect(family.map(({ pid }) => pid)).toContain(child);
    await checkGone(family);
  });

  test('in the real pipeline: the next run comes to the same result', async (context) => {
    needsProc(context);
    const variables = { SKEIN_STATE: `${sandbox.folder}/undisturbed` };
    const undisturbed = await runTask(sandbox, [entry, ...few], { variables });

    const command = startSkein(sandbox, ['run', entry, ...few, '--concurrency', '4']);
    await vi.waitFor(
      async () => {
        const { stdout } = await skein(sandbox, ['runs', '--status', 'running', '--json']);
        const { runs } = JSON.parse(stdout) as { runs: { actions: { executed: number } }[] };
        expect(runs[0]?.actions.executed).toBeGreaterThan(0);
      },
      { timeout: 30_000, interval: 5 },
    );
    const family = await kill(command);
    await checkGone(family);
    const { actions, result } = await runTask(sandbox, [entry, ...few]);
    expect(actions.executed).toBeLessThan(undisturbed.actions.executed);
    expect(result).toEqual({ ...(undisturbed.result as object), published: expect.anything() });
  });

  test('by Ctrl-C: it ends by itself with 130, and shows as cancelled', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name === 'step-2');
    const args = ['run', chain, '--witness', witness.url, '--count', '3', '--json'];
    const command = startSkein(sandbox, args);
    await witness.until('step-2');
    command.kill('SIGINT');
    const ended = await command.ended;
    expect(ended.code).toBe(130);
    expect(answerOf(ended)).toMatchObject({ status: 'cancelled', result: null });
    expect((await listRuns(sandbox))[0]?.[1]).toBe('cancelled');
    witness.release();
    const { result } = await runTask(sandbox, args.slice(1, -1));
    expect(result).toEqual([1, 4, 9]);
    expect(witness.counts()).toEqual({ 'step-1': 1, 'step-2': 2, 'step-3': 1 });
  });

  test('only in a worker: the action is executed again, and the run goes on', async (context) => {
    needsProc(context);
    await using witness = await Witness.open();
    witness.hold((name) => name === 'step-2' && witness.counts()['step-2'] === 1);
    const args = ['run', chain, '--witness', witness.url, '--count', '3', '--json'];
    const command = startSkein(sandbox, args);
    await witness.until('step-2');
    const workers = familyOf(command.pid).filter(({ command: line }) => line.includes('worker'));
    for (const { pid } of workers) process.kill(pid, 'SIGKILL');
    const ended = await command.ended;
    checkCode(ended, 0);
    expect(answerOf(ended)).toMatchObject({ result: [1, 4, 9] });
    expect(witness.counts()).toEqual({ 'step-1': 1, 'step-2': 2, 'step-3': 1 });
  });
});
