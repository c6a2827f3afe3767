import { expect, test } from 'vitest';
import { runTask, showRun } from './support/answer.ts';
import { checkCode, skein } from './support/command.ts';
import { useSandbox } from './support/suite.ts';

const entry = 'e2e/pipelines/limits.ts';
const sandbox = useSandbox({ folders: ['e2e/pipelines'] });

test.each(['heap', 'buffers', 'subprocess'])(
  'X3 PARITY 23: two gibibytes of %s under a limit of 512 Mi: the parent catches it',
  async (way) => {
    const { result, actions } = await runTask(sandbox, [entry, 'memory', '--way', way]);
    expect(result).toBe('out of memory, then 75');
    expect(actions).toMatchObject({ total: 3, failed: 1 });
  },
);

test('X4 R6: whatever happens to a task, the run goes on, and says what it was', async () => {
  const { result, actions } = await runTask(sandbox, [entry, 'trouble']);
  const [spin, leave, crash, flood, fine] = result as string[];
  expect(spin).toBe('TimeoutError run');
  expect(leave).toBe('Error process.exit(3) was called');
  expect(crash).toMatch(/^WorkerLostError .*SIGSEGV/);
  expect([flood, fine]).toEqual(['still here', '2']);
  expect(actions).toMatchObject({ total: 6, failed: 3 });
});

test('X2: 64 nested callers with memory limits do not wait for each other for ever', async () => {
  const { result } = await runTask(sandbox, [entry, 'nested', '--depth', '64']);
  expect(result).toBe(64);
  const { actions } = await showRun(sandbox, 'last');
  expect(actions.total).toBe(65);
  const shown = await skein(sandbox, ['show', 'last']);
  checkCode(shown, 0);
});
