import { join } from 'node:path';
import { createPool } from '../src/create.ts';
import { FakeEngine } from './engine.ts';
import type { BundleLocation } from '../src/executor.ts';

/** A command whose task leaves a subprocess behind: it says which, and has nothing left to do. */
const [bundleText = '{}', state = ''] = process.argv.slice(2);
const pool = createPool({
  state,
  environment: { PATH: process.env['PATH'] },
  warn: () => undefined,
  workerEntry: join(import.meta.dirname, 'start-worker.ts'),
});
const engine = new FakeEngine(pool, JSON.parse(bundleText) as BundleLocation);
const child = await engine.run('leavesChild');
await pool.close();
process.stdout.write(String(child));
