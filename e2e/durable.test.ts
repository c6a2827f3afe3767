import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { answerOf, listRuns, type Answer } from './support/answer.ts';
import { checkCode, skein, startSkein } from './support/command.ts';
import { whileEdited } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

const training = 'e2e/pipelines/training.ts';
const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

/** Kills the command when a task has told this name, and is not answered. */
async function killAt(witness: Witness, task: string, name: string): Promise<void> {
  witness.hold((told) => told === name);
  const command = startSkein(sandbox, ['run', training, task, '--witness', witness.url]);
  await witness.until(name);
  command.kill('SIGKILL');
  expect(await command.ended).toMatchObject({ signal: 'SIGKILL' });
  witness.release();
  await vi.waitFor(async () => expect((await listRuns(sandbox))[0]?.[1]).toBe('interrupted'));
}

async function resume(): Promise<Answer> {
  const ended = await skein(sandbox, ['resume', '--json']);
  checkCode(ended, 0);
  return answerOf(ended);
}

describe('a snapshot', () => {
  test('R5: a training that is killed in epoch 7 of 10 goes on with epoch 7', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 'train', 'epoch-7');
    const { result } = await resume();
    expect(result).toEqual([1, 4, 9, 16, 25, 36, 49, 64, 81, 100]);
    expect(witness.heard).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10].map((epoch) => `epoch-${epoch}`),
    );
  });

  test('R5: a run that is no resume begins with the first epoch', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 'train', 'epoch-3');
    witness.clear();
    const ended = await skein(sandbox, ['run', training, 'train', '--witness', witness.url]);
    checkCode(ended, 0);
    expect(witness.heard.at(0)).toBe('epoch-1');
    expect(witness.heard).toHaveLength(10);
  });
});

describe('a checkpoint', () => {
  test('R4 PARITY 18: killed in the fourth of five: the fourth and the fifth run', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 'steps', 'step-4');
    const { result } = await resume();
    expect(result).toEqual([{ $type: 'undefined' }, null, 0, '', false]);
    expect(witness.heard).toEqual([1, 2, 3, 4, 4, 5].map((step) => `step-${step}`));
  });

  test('R4 PARITY 18: one that was edited runs again', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 'steps', 'step-4');
    const file = join(sandbox.root, training);
    const edit = (text: string): string => text.replace('  return value;', '  return [value];');
    await whileEdited(file, edit, async () => {
      const { result } = await resume();
      expect(result).toEqual([[{ $type: 'undefined' }], [null], [0], [''], [false]]);
    });
    expect(witness.heard.slice(4)).toEqual([1, 2, 3, 4, 5].map((step) => `step-${step}`));
  });

  test('R4: two branches at once with the same checkpoint and arguments', async () => {
    await using witness = await Witness.open();
    await killAt(witness, 'branches', 'joined');
    const { result } = await resume();
    expect(result).toEqual(['same', 'same']);
    expect(witness.counts()).toEqual({ branch: 2, joined: 2 });
  });

  test('R4: one that captures a local variable is refused with its place', async () => {
    const file = 'e2e/pipelines/captures.ts';
    await writeFile(
      join(sandbox.root, file),
      `import { checkpoint, environment } from 'skein';
const env = environment({ name: 'captures' });
export const main = env.task(async (): Promise<number> => {
  const factor = 3;
  const triple = checkpoint(async (number: number) => number * factor);
  return await triple(2);
});
`,
    );
    const ended = await skein(sandbox, ['run', file, '--json']);
    checkCode(ended, 2);
    expect(answerOf(ended)).toMatchObject({ status: 'rejected' });
    expect(ended.stderr).toContain('error[checkpoint-captures]');
    expect(ended.stderr).toContain('captures.ts:5:');
    expect(ended.stderr).toContain('factor');
  });
});
