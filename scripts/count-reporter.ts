import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** What a suite came to; `skipped` has a line for each test that was left out, with its reason. */
export interface SuiteCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  /** Why a whole suite is left out: its set-up says so in `SKEIN_SKIP_REASON`. */
  readonly reason?: string | undefined;
}

/** Writes the `SuiteCount` of a vitest run to the file that `SKEIN_COUNT_FILE` names. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env['SKEIN_COUNT_FILE'];
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const count: SuiteCount = {
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed: tests.filter((test) => test.result().state === 'failed').length + broken,
      skipped: tests.filter((test) => test.result().state === 'skipped').map(reasonOf),
      reason: process.env['SKEIN_SKIP_REASON'],
    };
    writeFileSync(file, JSON.stringify(count));
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  const why = note ?? process.env['SKEIN_SKIP_REASON'] ?? 'no reason given';
  return `${test.module.relativeModuleId}: ${test.fullName}: ${why}`;
}
