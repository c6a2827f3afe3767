import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SuiteCount } from './count-reporter.ts';
import { root } from './workspace.ts';

/** One thing that a check does: a program for Node with its flags, and how its result counts. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** A project of vitest, whose tests are counted one by one; anything else counts as one. */
  readonly project?: string;
}

export const build: Step = { name: 'build', command: ['scripts/build.ts'] };

const reporters = ['--reporter=default', '--reporter=./scripts/count-reporter.ts'];

/** A project of vitest. */
export function suiteOf(project: string): Step {
  return {
    name: project,
    project,
    command: ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters],
  };
}

/** Runs a step, prints it with its time, and its whole output if it failed. */
export async function runStep(step: Step, reports: string): Promise<SuiteCount> {
  const started = performance.now();
  const file = join(reports, `${step.name}.json`);
  const isSuite = step.project !== undefined;
  const variables = isSuite ? { SKEIN_COUNT_FILE: file } : { NO_COLOR: '1' };
  const { code, output } = await execute(step.command, { ...process.env, ...variables });
  const count = isSuite ? await countTests(file, code === 0) : countOne(code === 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = count.failed === 0 ? 'ok' : 'FAILED';
  const tests = isSuite ? `  ${count.passed + count.failed} tests` : '';
  process.stdout.write(`${step.name.padEnd(12)}${verdict.padEnd(8)}${seconds} s${tests}\n`);
  if (count.failed > 0) process.stdout.write(`${output.trimEnd()}\n`);
  for (const line of skippedLines(count)) process.stdout.write(`  skipped  ${line}\n`);
  return count;
}

/** The line that closes a check. */
export function closingLine({ passed, failed, skipped }: SuiteCount): string {
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return `${passed} passed, ${failed} failed${left}\n`;
}

/** A suite that is left out as a whole says why once. */
function skippedLines({ passed, failed, skipped, reason }: SuiteCount): readonly string[] {
  const whole = passed + failed === 0 && reason !== undefined;
  return whole ? [`${skipped.length} tests: ${reason}`] : skipped;
}

function execute(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    const keep = (chunk: Buffer) => chunks.push(chunk);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

function countOne(passed: boolean): SuiteCount {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: [] };
}

/** A suite that ends badly without a failed test (vitest itself fell over) is one failure. */
async function countTests(file: string, succeeded: boolean): Promise<SuiteCount> {
  const nothing: SuiteCount = { passed: 0, failed: 0, skipped: [] };
  const count: SuiteCount = await readFile(file, 'utf8').then(JSON.parse, () => nothing);
  return succeeded || count.failed > 0 ? count : { ...count, failed: 1 };
}

/** Of both together. */
export function add(left: SuiteCount, right: SuiteCount): SuiteCount {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: [...left.skipped, ...right.skipped],
  };
}
