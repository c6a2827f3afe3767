import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, isAlive } from './process.ts';

test('R7: a process is alive until it is gone, and another with its id is another', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === undefined) throw new Error('the child did not start');
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, startedAt: 'another' })).toBe(false);
  expect(isAlive({ ...identity, host: 'another' })).toBe(false);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  expect(isAlive(identity)).toBe(false);
  expect(identifyProcess(child.pid ?? 0)).toBeUndefined();
});

test('a process identifies itself the same way each time', () => {
  expect(identifyProcess(process.pid)).toEqual(identifyProcess(process.pid));
  expect(identifyProcess(process.pid)?.pid).toBe(process.pid);
});
