import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { answerOf, executedLast, runTask, showRun } from './support/answer.ts';
import { startSkein } from './support/command.ts';
import { repository } from './support/sandbox.ts';
import { useSandbox } from './support/suite.ts';
import { Witness } from './support/witness.ts';

const entry = 'e2e/pipelines/promises.ts';
const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

async function run(task: string, ...flags: readonly string[]): Promise<unknown> {
  return (await runTask(sandbox, [entry, task, ...flags])).result;
}

describe('a workflow is a program', () => {
  test('PARITY 1 PARITY 2: a loop over two tasks: the tree is the calls it made', async () => {
    expect(await run('collatz', '--start', '6')).toBe(8);
    const { calls } = await showRun(sandbox, 'last');
    const names = calls.map(({ task }) => task.split('#')[1]);
    const made = ['half', 'triple', 'half', 'triple', 'half', 'half', 'half', 'half'];
    expect(names).toEqual(['collatz', ...made]);
    expect(await run('collatz', '--start', '8')).toBe(3);
    expect(await executedLast(sandbox)).toEqual({ collatz: 1, half: 3 });
  });

  test('PARITY 3: three levels above, the class, its fields and its cause are there', async () => {
    expect(await run('caught')).toEqual(['no', 7, true, true, true]);
    const { actions, status, calls } = await showRun(sandbox, 'last');
    expect([status, actions.failed]).toEqual(['succeeded', 2]);
    expect(calls.map(({ outcome }) => outcome?.kind)).toEqual(['result', 'error', 'error']);
  });

  test('PARITY 3: inline alike', async () => {
    expect(await run('caught', '--executor', 'inline')).toEqual(['no', 7, true, true, true]);
  });

  test('PARITY 21: fifty deep, and ten thousand and a hundred thousand calls', async () => {
    expect(await run('deep', '--depth', '50')).toBe(50);
    expect(await run('many', '--count', '10000')).toBe(45_000);
    const { result, actions } = await runTask(sandbox, [entry, 'many', '--count', '100000']);
    expect(result).toBe(450_000);
    expect(actions).toMatchObject({ total: 100_001, executed: 100_001 });
    expect((await showRun(sandbox, 'last')).actions.total).toBe(100_001);
  });
});

describe('native async', () => {
  test('PARITY 4: the loser of a race is stopped, and recorded as cancelled', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name === 'slow');
    expect(await run('race', '--witness', witness.url)).toBe('quick');
    const { calls, actions } = await showRun(sandbox, 'last');
    expect(actions).toMatchObject({ total: 3, failed: 1 });
    expect(calls.map(({ outcome }) => String(outcome?.kind)).sort()).toEqual([
      'error',
      'result',
      'result',
    ]);
  });

  test('PARITY 4: an aborted call ends, whatever its task waits for', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name === 'held' || name === 'waiting');
    const args = ['run', entry, 'aborts', '--witness', witness.url, '--json'];
    const command = startSkein(sandbox, args);
    await Promise.all([witness.until('held'), witness.until('waiting')]);
    witness.hold((name) => name === 'held');
    witness.answer('waiting');
    expect(answerOf(await command.ended).result).toBe('CancelledError');
  });

  test('PARITY 4: allSettled gives what each came to', async () => {
    expect(await run('settled')).toEqual(['2', 'rejected', '3']);
  });

  test('PARITY 20: work uses all cores, and results come in the order of inputs', async () => {
    const [numbers, processes] = (await run('cores')) as [number[], number];
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(processes).toBeGreaterThan(1);
  });

  test('PARITY 20: never more than the concurrency are on their way', async () => {
    await using witness = await Witness.open();
    witness.hold((name) => name.startsWith('item-'));
    const args = ['run', entry, 'bounded', '--witness', witness.url, '--width', '3', '--json'];
    const command = startSkein(sandbox, args);
    for (let ended = 0; ended < 12; ended += 1) {
      const expected = Math.min(12, ended + 3);
      await vi.waitFor(() => expect(witness.heard).toHaveLength(expected), { timeout: 60_000 });
      witness.answer(`item-${ended}`);
    }
    const names = Array.from({ length: 12 }, (_, index) => `item-${index}`);
    expect(answerOf(await command.ended).result).toEqual(names);
  });
});

test('PARITY 5: a native module, a program, a CommonJS and an ES package', async () => {
  const modules = join(sandbox.root, 'node_modules');
  for (const name of ['oxc-parser', '@oxc-project', '@oxc-parser']) {
    await cp(join(repository, 'node_modules', name), join(modules, name), { recursive: true });
  }
  for (const [name, type, text] of [
    ['commonly', 'commonjs', "module.exports = { name: 'common' };"],
    ['modernly', 'module', "export const name = 'modern';"],
  ] as const) {
    await mkdir(join(modules, name), { recursive: true });
    const manifest = { name, version: '1.0.0', type, main: 'index.js' };
    await writeFile(join(modules, name, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(modules, name, 'index.js'), text);
  }
  const { result } = await runTask(sandbox, ['e2e/pipelines/libraries.ts']);
  expect(result).toEqual(['2', 'from a program\n', 'common', 'modern']);
});
