import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '..', 'test', 'kept-by-run.ts');
/** Nothing is kept of an action that has ended; code that is compiled meanwhile counts too. */
const MOST_BYTES_PER_ACTION = 64;

interface Kept {
  readonly status: string;
  readonly executed: number;
  readonly bytes: readonly [number, number];
}

// Of cached actions 20,000 traces are held for summaries: growth ends where there are so many.
it.each([
  ['uncached', 'map', 5_000, 20_000],
  ['uncached', 'loop', 5_000, 20_000],
  ['cached', 'map', 22_000, 37_000],
])(
  'a run keeps nothing of finished actions: %s, called by a %s',
  (caching, caller, first, last) => {
    const args = ['--expose-gc', PROGRAM, caching, caller, `${first}`, `${last}`];
    const kept = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Kept;
    expect(kept).toMatchObject({ status: 'succeeded', executed: last + 1 });
    const [before, after] = kept.bytes;
    expect((after - before) / (last - first)).toBeLessThan(MOST_BYTES_PER_ACTION);
  },
  240_000,
);
