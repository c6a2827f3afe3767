import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from '../src/create.ts';
import { FakeEngine } from './engine.ts';
import type { BundleLocation } from '../src/executor.ts';

/** A command that goes on when it is asked to end, and lets its task come to its end. */
const [bundleText = '{}', state = '', flag = ''] = process.argv.slice(2);
const pool = createPool({
  state,
  environment: { PATH: process.env['PATH'] },
  warn: () => undefined,
  workerEntry: join(import.meta.dirname, 'start-worker.ts'),
});
const engine = new FakeEngine(pool, JSON.parse(bundleText) as BundleLocation);
const asked = new Set<string>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    asked.add(signal);
    process.stdout.write(`${signal}\n`);
    if (asked.size === 3) writeFileSync(flag, '');
  });
}
const waiting = engine.attempt('waitFor', [flag]);
await engine.when(() => engine.log.length > 0);
process.stdout.write('waits\n');
const result = await waiting;
await pool.close();
process.stdout.write(`${result.kind}\n`);
