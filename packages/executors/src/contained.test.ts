import { join } from 'node:path';
import { vi } from 'vitest';
import { IMAGE, SocketLauncher } from '../test/socket-launcher.ts';
import { createPoolWith } from './create.ts';
import { durableConformance } from './executor-durable.conformance.ts';
import { observationConformance } from './executor-observations.conformance.ts';
import { executorConformance } from './executor.conformance.ts';
import type { Subject } from './executor.conformance.ts';

// Processes start, fill their memory and are waited for.
vi.setConfig({ testTimeout: 60_000 });

const workerEntry = join(import.meta.dirname, '../test/start-worker.ts');

const contained: Subject = {
  name: 'socket',
  image: IMAGE,
  create: (settings) =>
    createPoolWith({ workers: 2, ...settings, workerEntry, launcher: new SocketLauncher() }),
};

executorConformance(contained);
observationConformance(contained);
durableConformance(contained);
