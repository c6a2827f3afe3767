import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { executorConformance } from '@skein/executors/conformance';
import type { Subject } from '@skein/executors/conformance';
import { durableConformance } from '@skein/executors/conformance/durable';
import { observationConformance } from '@skein/executors/conformance/observations';
import { mustFind } from '../test/engine.ts';
import { openContainers } from '../../../scripts/containers.ts';
import type { TestContainers } from '../../../scripts/containers.ts';
import { POOL_LABEL } from './container-labels.ts';
import { createContainers } from './create.ts';

const workerEntry = join(import.meta.dirname, '../../../packages/executors/test/start-worker.ts');
const containers: TestContainers = await openContainers('conformance');
const reference = await containers.baseImage();
const engine = await mustFind({ ...process.env, ...containers.environment });
const states: string[] = [];
const image = { name: reference, reference, digest: `sha256:${'0'.repeat(64)}` };

const subject: Subject = {
  name: 'container',
  image,
  furnished: (root) => chmodSync(root, 0o755),
  create: (settings) => {
    states.push(settings.state);
    return createContainers({ workers: 2, ...settings, workerEntry, engine });
  },
};

executorConformance(subject);
executorConformance({ ...subject, name: 'cold container', cold: true });
observationConformance(subject);
durableConformance(subject);

test('K1: no container is left', async () => {
  const labels = ['--filter', `label=${POOL_LABEL}`, '--format', '{{.Labels}}'];
  const { stdout } = await engine.run(['ps', '--all', '--no-trunc', ...labels]);
  expect(states).toHaveLength(4);
  expect(states.filter((state) => stdout.includes(state))).toEqual([]);
});

afterAll(() => containers.close());
