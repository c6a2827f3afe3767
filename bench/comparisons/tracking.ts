import { join } from 'node:path';
import type { Comparison } from '../comparison.ts';
import { runNode, type Place } from '../place.ts';
import type { RowPlan } from '../row.ts';
import type { Subject } from '../subject.ts';

/** What watching adds to reading a file, beyond hashing it, and to a task that reads nothing. */
export function tracking(place: Place): Comparison {
  return {
    subjects: [skein(place)],
    rows: [
      row('watching a file read, no package loaded', { reading: 'file', atMost: 10 }),
      row('the same, packages loaded', { reading: 'fileWithPackages', atMost: 10 }),
      row('the same, from beneath 50 frames', { reading: 'fileDeep' }),
      row('watching a task that reads nothing', { reading: 'task', atMost: 20 }),
    ],
  };
}

interface Bound {
  readonly reading: string;
  readonly atMost?: number;
}

function row(work: string, { reading, atMost }: Bound): RowPlan {
  const plan: RowPlan = { id: 'tracking', work, unit: 'µs', reading };
  if (atMost === undefined) return plan;
  return { ...plan, targets: [{ of: 'figure', bound: 'at most', value: atMost }] };
}

function skein(place: Place): Subject {
  const program = join(place.root, 'packages', 'executors', 'test', 'measure-tracking.ts');
  return {
    name: 'skein',
    sample: async ({ scratch }) => {
      const { stdout } = await runNode(place, [program, scratch]);
      return JSON.parse(stdout);
    },
  };
}
