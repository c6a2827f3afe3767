import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { peakIn, runProgram } from './run-program.ts';

const node = (script: string) =>
  runProgram({
    file: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    environment: { SHOWN: 'to the program' },
    watchMemory: true,
  });

test('a program gives what it wrote, and sees the environment it was given alone', async () => {
  const { stdout, wallMs } = await node(
    'console.log(process.env.SHOWN, process.env.PATH); console.error("left out")',
  );
  expect(stdout).toBe('to the program undefined\n');
  expect(wallMs).toBeGreaterThan(0);
});

test('a program that fails is an error with what it said of it', async () => {
  const said = (text: string) =>
    node(`console.error(${JSON.stringify(text)}); process.exitCode = 3`);
  await expect(said('first\nno such task\n')).rejects.toThrow(
    'ended with exit code 3: no such task',
  );
  const stack = 'at here\nerror[no-such-task]: there is none\n  hint: look\n';
  await expect(said(stack)).rejects.toThrow('code 3: error[no-such-task]: there is none');
});

test('the peak of memory is the high-water mark, in bytes', () => {
  expect(peakIn('Name:\tnode\nVmHWM:\t   51200 kB\nVmRSS:\t   40000 kB\n')).toBe(52_428_800);
  expect(peakIn('Name:\tzombie\nState:\tZ (zombie)\n')).toBeUndefined();
});
