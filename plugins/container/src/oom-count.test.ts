import { expect, test } from 'vitest';
import { counterFile, oomCounterOf } from './oom-count.ts';

test.each([
  ['4:memory:/libpod_parent/a\n0::/\n', '/sys/fs/cgroup/memory/libpod_parent/a/memory.oom_control'],
  ['5:cpu,memory:/d/a\n0::/\n', '/sys/fs/cgroup/memory/d/a/memory.oom_control'],
  ['0::/user.slice/a.scope\n', '/sys/fs/cgroup/user.slice/a.scope/memory.events'],
  ['', undefined],
])('X3: both generations of control groups count: %j', (groups, file) => {
  expect(counterFile(groups)).toBe(file);
});

test('of a process that is gone nobody can say', () => {
  expect(oomCounterOf(2 ** 30)()).toBe(undefined);
});
