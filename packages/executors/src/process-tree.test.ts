import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { parsePs, residentBytesOn } from './process-tree.ts';

const residentBytes = residentBytesOn(process.platform);

test('X3: memory of a process counts with that of its subprocesses', async () => {
  const before = await residentBytes(process.pid);
  const child = spawn(process.execPath, [
    '-e',
    'process.stdout.write("up"); setInterval(() => 0, 1e6)',
  ]);
  await once(child.stdout, 'data');
  const own = await residentBytes(child.pid ?? 0);
  expect(own).toBeGreaterThan(10 << 20);
  expect(await residentBytes(process.pid)).toBeGreaterThan(before);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await residentBytes(child.pid ?? 0)).toBe(0);
});

test('the table of processes is read by its columns', () => {
  expect(parsePs('    1     0   3000\n  42     1  12\n\n')).toEqual([
    { pid: 1, parent: 0, kilobytes: 3000 },
    { pid: 42, parent: 1, kilobytes: 12 },
  ]);
});
