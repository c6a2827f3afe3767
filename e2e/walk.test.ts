import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Step } from './corpus/step.ts';
import { linesOf } from './support/program.ts';
import { repository } from './support/sandbox.ts';

const STEPS = 16;

test.concurrent.each([1, 2])(
  'P1 P2: changes one after the other, seed %i: each run gives what an empty state gives',
  async (seed) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'skein-walk-')));
    const skein = join(repository, 'packages', 'skein');
    const lines = await linesOf('walk.ts', [folder, skein, `${seed}`, `${STEPS}`]);
    await rm(folder, { recursive: true });
    const steps = lines.map((line) => JSON.parse(line) as Step);
    expect(steps).toHaveLength(STEPS);
    expect(steps.filter(({ sound }) => !sound)).toEqual([]);
    expect(steps.filter(({ again }) => again > 0)).toEqual([]);
  },
);
