import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '..', 'test', 'kept-by-run.ts');
const FIRST = 5_000;
const LAST = 20_000;
/** Of an action that has ended nothing at all is kept; code that is compiled meanwhile counts too. */
const MOST_BYTES_PER_ACTION = 64;

interface Kept {
  readonly status: string;
  readonly executed: number;
  readonly bytes: readonly [number, number];
}

it.each([
  ['uncached', 'map'],
  ['uncached', 'loop'],
  ['cached', 'map'],
])(
  'a run keeps nothing of its finished actions: %s, called by a %s',
  (caching, caller) => {
    const args = ['--expose-gc', PROGRAM, caching, caller, `${FIRST}`, `${LAST}`];
    const kept = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Kept;
    expect(kept).toMatchObject({ status: 'succeeded', executed: LAST + 1 });
    const [before, after] = kept.bytes;
    expect((after - before) / (LAST - FIRST)).toBeLessThan(MOST_BYTES_PER_ACTION);
  },
  120_000,
);
