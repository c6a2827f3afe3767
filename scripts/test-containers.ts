import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureContainers } from './containers.ts';
import { add, build, closingLine, runStep, suiteOf } from './step.ts';

/** The tests that need containers, alone; see `containers-setup.ts` for what they leave. */
async function main(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), 'skein-check-'));
  await ensureContainers();
  const built = await runStep(build, reports);
  const tests = await runStep(suiteOf('containers'), reports);
  await rm(reports, { recursive: true });
  const broken = { ...built, passed: 0 };
  process.stdout.write(closingLine(add(broken, tests)));
  if (built.failed + tests.failed > 0) process.exitCode = 1;
}

await main();
