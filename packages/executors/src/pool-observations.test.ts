import { join } from 'node:path';
import { createPool } from './create.ts';
import { observationConformance } from './executor-observations.conformance.ts';

const workerEntry = join(import.meta.dirname, '../test/start-worker.ts');

observationConformance({
  name: 'pool',
  create: (settings) => createPool({ ...settings, workerEntry }),
});
