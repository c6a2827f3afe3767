import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = new URL('../test/measure-memory.ts', import.meta.url).pathname;

/** The most memory of a process that packs and unpacks so much: both in mebibytes. */
async function memoryFor(size: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(size)]);
  const memory = Number(stdout);
  expect(memory).toBeGreaterThan(0);
  return memory;
}

test('packing and unpacking take no more memory for much than for little', async () => {
  const little = await memoryFor(4);
  expect((await memoryFor(96)) - little).toBeLessThan(48);
});
