import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { add, closingLine, runStep } from './step.ts';

let reports = '';
beforeEach(async () => {
  reports = await mkdtemp(join(tmpdir(), 'skein-step-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(reports, { recursive: true });
});

/** Runs a suite that is this code, and gives what was printed beside its count. */
async function runSuite(code: string): Promise<{ count: unknown; printed: string }> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const step = { name: 'suite', project: 'suite', command: ['--eval', code] };
  const count = await runStep(step, reports);
  return { count, printed: printed.replace(/\d+\.\d s/, '… s') };
}

function counting(count: object): string {
  const text = JSON.stringify(JSON.stringify(count));
  return `require('node:fs').writeFileSync(process.env.SKEIN_COUNT_FILE, ${text});`;
}

test('a suite that is left out as a whole says why in one line', async () => {
  const skipped = ['a.test.ts: one: no engine', 'a.test.ts: two: no engine'];
  const counted = { passed: 0, failed: 0, skipped, reason: 'no engine' };
  const { count, printed } = await runSuite(counting(counted));
  expect(count).toEqual(counted);
  expect(printed).toBe('suite       ok      … s  0 tests\n  skipped  2 tests: no engine\n');
});

test('a suite whose tests pass and that ends badly is one failure', async () => {
  const counted = { passed: 3, failed: 0, skipped: [] };
  const code = `${counting(counted)} console.log('containers are left'); process.exitCode = 1;`;
  const { count, printed } = await runSuite(code);
  expect(count).toEqual({ ...counted, failed: 1 });
  expect(printed).toContain('containers are left');
});

test('a check closes with what passed, failed and, if anything, was skipped', () => {
  const one = { passed: 2, failed: 0, skipped: [] };
  expect(closingLine(one)).toBe('2 passed, 0 failed\n');
  const other = { passed: 1, failed: 1, skipped: ['a.test.ts: one: why'] };
  expect(closingLine(add(one, other))).toBe('3 passed, 1 failed, 1 skipped\n');
});
