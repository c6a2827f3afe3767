import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Comparison } from '../comparison.ts';
import { runNode, type Place } from '../place.ts';
import { expectExecuted, pipeline, runSkein } from '../skein.ts';

const megabyte = 1024 * 1024;

/** The pipeline with an empty state, and the same functions called without an engine. */
export function coldPipeline(place: Place): Comparison {
  // Outside a run a task is a function: the floor is the pipeline's own work, in one process.
  const entry = JSON.stringify(pathToFileURL(join(place.root, pipeline)).href);
  const plain = `const { main } = await import(${entry}); await main();`;
  return {
    subjects: [
      {
        name: 'skein',
        sample: async ({ scratch }) => {
          const state = join(scratch, 'state');
          const run = await runSkein(place, { args: [pipeline], state, watchMemory: true });
          expectExecuted(run, { atLeast: 10_000, atMost: Number.POSITIVE_INFINITY });
          const memory = run.peakBytes === undefined ? {} : { MB: run.peakBytes / megabyte };
          return { s: run.wallMs / 1000, ...memory };
        },
      },
      {
        name: 'plain functions',
        sample: async () => {
          const { wallMs } = await runNode(place, ['--input-type=module', '-e', plain]);
          return { s: wallMs / 1000 };
        },
      },
    ],
    rows: [
      {
        id: 'cold',
        work: `pipeline, empty state, ${place.cores} cores, whole process`,
        unit: 's',
        reading: 's',
        peer: { name: 'plain functions' },
        targets: [{ of: 'figure', bound: 'at most', value: 15 }],
      },
      {
        id: 'memory',
        work: 'the same, peak memory of the coordinator',
        unit: 'MB',
        reading: 'MB',
        targets: [{ of: 'figure', bound: 'at most', value: 600 }],
      },
    ],
  };
}
