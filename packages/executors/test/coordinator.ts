import { join } from 'node:path';
import { createPool } from '../src/create.ts';
import { FakeEngine } from './engine.ts';
import type { BundleLocation } from '../src/executor.ts';

/** A command that runs a task, and says what the task says first. */
const [bundleText = '{}', state = '', task = 'sleeper', ...args] = process.argv.slice(2);
const pool = createPool({
  state,
  environment: { PATH: process.env['PATH'] },
  warn: () => undefined,
  workerEntry: join(import.meta.dirname, 'start-worker.ts'),
});
const engine = new FakeEngine(pool, JSON.parse(bundleText) as BundleLocation);
void engine.attempt(task, args);
await engine.when(() => engine.log.length > 0);
process.stdout.write(engine.log[0]?.text ?? '');
