import { join } from 'node:path';
import { createPool } from './create.ts';
import { executorConformance } from './executor.conformance.ts';

const workerEntry = join(import.meta.dirname, '../test/start-worker.ts');

executorConformance({
  name: 'pool',
  create: (settings) => createPool({ ...settings, workers: 2, workerEntry }),
});
