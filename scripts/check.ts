import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiteCount } from './count-reporter.ts';
import { add, build, closingLine, runStep, suiteOf, type Step } from './step.ts';

const statics: readonly Step[] = [
  { name: 'format', command: ['node_modules/oxfmt/bin/oxfmt', '--check', '.'] },
  { name: 'lint', command: ['node_modules/oxlint/bin/oxlint', '--type-aware'] },
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'layers', command: ['scripts/layers.ts'] },
  { name: 'tidy', command: ['scripts/tidy.ts'] },
  { name: 'rules', command: ['scripts/rules.ts'] },
  { name: 'lock', command: ['scripts/lock.ts'] },
];

/**
 * One after the other. Lanes that stand together run at the same time: each leaves a core idle
 * when it is alone.
 */
const suites: readonly (readonly (readonly string[])[])[] = [
  [['unit']],
  [['property', 'containers'], ['e2e']],
];

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
  for (const lanes of suites) {
    const done = await Promise.all(lanes.map((lane) => runLane(lane, reports)));
    counts.push(...done.flat());
  }
  await rm(reports, { recursive: true });
  const total = counts.reduce(add);
  process.stdout.write(closingLine(total));
  if (total.failed > 0) process.exitCode = 1;
}

async function runLane(lane: readonly string[], reports: string): Promise<readonly SuiteCount[]> {
  const counts: SuiteCount[] = [];
  for (const project of lane) counts.push(await runStep(suiteOf(project), reports));
  return counts;
}

await main();
