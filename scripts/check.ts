import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiteCount } from './count-reporter.ts';
import { root } from './workspace.ts';

/** One thing `npm test` does: a program for Node with its flags, and how its result counts. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** A project of vitest, whose tests are counted one by one; anything else counts as one. */
  readonly project?: string;
}

const build: Step = { name: 'build', command: ['scripts/build.ts'] };

const statics: readonly Step[] = [
  { name: 'format', command: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'] },
  { name: 'lint', command: ['node_modules/oxlint/bin/oxlint', '--type-aware'] },
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'layers', command: ['scripts/layers.ts'] },
  { name: 'tidy', command: ['scripts/tidy.ts'] },
  { name: 'rules', command: ['scripts/rules.ts'] },
  { name: 'lock', command: ['scripts/lock.ts'] },
];

const reporters = ['--reporter=default', '--reporter=./scripts/count-reporter.ts'];

function suiteOf(project: string): Step {
  return {
    name: project,
    project,
    command: ['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters],
  };
}

/** One after the other; those that stand together leave a core idle when they are alone. */
const suites: readonly (readonly Step[])[] = [['unit'], ['property', 'e2e']].map((together) =>
  together.map((project) => suiteOf(project)),
);

async function main(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), 'skein-check-'));
  const counts = [await runStep(build, reports)];
  const waiting = [...statics];
  const two = [1, 2].map(async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      counts.push(await runStep(step, reports));
    }
  });
  await Promise.all(two);
  for (const together of suites) {
    counts.push(...(await Promise.all(together.map((step) => runStep(step, reports)))));
  }
  await rm(reports, { recursive: true });
  const total = counts.reduce(add);
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  if (total.failed > 0) process.exitCode = 1;
}

/** Runs a step, prints it with its time, and its whole output if it failed. */
async function runStep(step: Step, reports: string): Promise<SuiteCount> {
  const started = performance.now();
  const file = join(reports, `${step.name}.json`);
  const isSuite = step.project !== undefined;
  const variables = isSuite ? { SKEIN_COUNT_FILE: file } : { NO_COLOR: '1' };
  const { code, output } = await execute(step.command, { ...process.env, ...variables });
  const count = isSuite ? await countTests(file, code === 0) : countOne(code === 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = count.failed === 0 ? 'ok' : 'FAILED';
  const tests = isSuite ? `  ${count.passed + count.failed} tests` : '';
  process.stdout.write(`${step.name.padEnd(10)}${verdict.padEnd(8)}${seconds} s${tests}\n`);
  if (count.failed > 0) process.stdout.write(`${output.trimEnd()}\n`);
  for (const line of count.skipped) process.stdout.write(`  skipped  ${line}\n`);
  return count;
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

function add(left: SuiteCount, right: SuiteCount): SuiteCount {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: [...left.skipped, ...right.skipped],
  };
}

await main();
