import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { answerOf, runTask, showRun, type Answer } from './support/answer.ts';
import { skein, startSkein } from './support/command.ts';
import { entry, few } from './support/pipeline.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

const chain = 'e2e/pipelines/chain.ts';

describe('two commands at once on one state directory', () => {
  const sandbox = useSandbox({ folders: ['fixtures/pipeline', 'e2e/pipelines'] });

  /** No key was executed twice by one run. */
  async function checkOnce({ run }: Answer): Promise<void> {
    const { calls } = await showRun(sandbox, run ?? '');
    const executed = calls.flatMap(({ key, verdict }) => (verdict === 'executed' ? [key] : []));
    expect(new Set(executed).size).toBe(executed.length);
  }

  function checkDatabase(): void {
    const db = new DatabaseSync(join(sandbox.root, '.skein', 'v1', 'state.db'), { readOnly: true });
    expect(db.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    db.close();
  }

  test('begin on an empty state: both are right, nothing is executed twice by either', async () => {
    const args = ['run', entry, ...few, '--json'];
    const ended = await Promise.all([skein(sandbox, args), skein(sandbox, args)]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const [one, other] = ended.map(answerOf);
    expect(one?.result).toEqual(other?.result);
    for (const answer of [one, other]) if (answer !== undefined) await checkOnce(answer);
    checkDatabase();
    const next = await runTask(sandbox, [entry, ...few]);
    expect(next.actions.executed).toBe(0);
    expect(next.result).toEqual(one?.result);
  });

  test('are both in the middle at the same time: both end well', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name === 'step-3');
    const args = ['run', chain, '--witness', witness.url, '--count', '5', '--json'];
    const one = startSkein(sandbox, args);
    const other = startSkein(sandbox, args);
    await witness.until('step-3', 2);
    const running = await skein(sandbox, ['runs', '--status', 'running', '--json']);
    expect((JSON.parse(running.stdout) as { runs: unknown[] }).runs).toHaveLength(2);
    witness.release();
    const ended = await Promise.all([one.ended, other.ended]);
    for (const answer of ended.map(answerOf)) {
      expect(answer).toMatchObject({ status: 'succeeded', result: [1, 4, 9, 16, 25] });
      await checkOnce(answer);
    }
    for (const count of Object.values(witness.counts())) expect(count).toBeLessThanOrEqual(2);
    checkDatabase();
  });

  test('one after the other has begun: what the first finished is not executed again', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name === 'step-4');
    const args = ['run', chain, '--witness', witness.url, '--count', '4', '--json'];
    const one = startSkein(sandbox, args);
    await witness.until('step-4');
    const other = startSkein(sandbox, args);
    await witness.until('step-4', 2);
    witness.release();
    const [first, second] = (await Promise.all([one.ended, other.ended])).map(answerOf);
    expect(witness.counts()).toEqual({ 'step-1': 1, 'step-2': 1, 'step-3': 1, 'step-4': 2 });
    expect(first?.result).toEqual([1, 4, 9, 16]);
    expect(second?.result).toEqual([1, 4, 9, 16]);
    expect(second?.actions).toMatchObject({ executed: 2, reused: 3 });
  });
});
