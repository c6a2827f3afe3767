import { afterEach, beforeEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, map } from 'skein';
import { scale } from './scale.ts';

const env = environment({ name: 'plan', cache: 'auto' });

export const scaled = env.task(async (n: number) => scale(n));

export const read = env.task(async () => {
  const text = readFileSync(join(import.meta.dirname, '../config/x.json'), 'utf8');
  return JSON.parse(text).n as number;
});

export const total = env.task(async (rows: readonly number[], n: number) =>
  rows.reduce((sum, row) => sum + row, n),
);

export const main = env.task(async (rows: number[] = [1, 2, 300]) => {
  const n = await read();
  return await total(await map(scaled, rows), n);
});

export const uncached = env.task({ cache: 'disable' }, async () => await main([1]));
`;

const SCALE = `
const LIMIT = 100;

export function scale(n: number): number {
  return Math.min(n, LIMIT);
}
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

let pipeline: RealWorkspace;

beforeEach(() => {
  pipeline = realWorkspace({
    'src/main.ts': MAIN,
    'src/scale.ts': SCALE,
    'config/x.json': '{ "n": 1 }',
  });
});

afterEach(() => pipeline.remove());

async function told(line: string): Promise<string> {
  const { code, out, err } = await pipeline.skein(line);
  expect([code, err]).toEqual([0, '']);
  return out.replaceAll(/(?:<1 ms|\d+ ms|\d+\.\d s)/g, 'TIME');
}

interface Json {
  readonly actions: { readonly execute: number; readonly reuse: number; readonly unknown: number };
  readonly details: readonly { readonly task: string; readonly verdict: string }[];
}

async function counted(line: string): Promise<Json['actions']> {
  const { code, out } = await pipeline.skein(`${line} --json`);
  expect(code).toBe(0);
  return (JSON.parse(out) as Json).actions;
}

test(
  'before anything ran: the entry executes, and may call what its code names',
  SLOW,
  async () => {
    expect(await told('plan src/main.ts')).toMatchInlineSnapshot(`
      "src/main.ts#main: would execute 1, reuse 0

      main: executes 1, time unknown
        never executed before

        may call  read, scaled, total: how often and with what is not known
        no time   1 action of tasks that never executed
      "
    `);
    expect(await told('runs')).not.toContain('main');
  },
);

test('nothing changed: everything would be reused, and is', SLOW, async () => {
  await told('run src/main.ts');
  expect(await counted('plan src/main.ts')).toEqual({ execute: 0, reuse: 6, unknown: 0 });
  expect(await told('run src/main.ts')).toContain('0 executed');
});

test(
  'an edited helper: what executes, with the symbol, and what follows from it',
  SLOW,
  async () => {
    await told('run src/main.ts');
    pipeline.edit('src/scale.ts', 'LIMIT = 100', 'LIMIT = 200');
    expect(await told('plan src/main.ts')).toMatchInlineSnapshot(`
      "src/main.ts#main: would execute 3, reuse 1, unknown 2; about TIME

      main: may execute 1, TIME
        unless scaled comes to the same as before

      scaled: executes 3, TIME
        3 × src/scale.ts#LIMIT changed

      total: may execute 1, TIME
        unless it is called as before, after scaled

        reused   1 × read
        at most  TIME, if everything unknown executes
      "
    `);
    expect(await told('run src/main.ts')).toContain('5 executed');
  },
);

test('a file that was observed: what executes names it', SLOW, async () => {
  await told('run src/main.ts');
  pipeline.write('config/x.json', '{ "n": 2 }');
  expect(await told('plan src/main.ts')).toMatchInlineSnapshot(`
    "src/main.ts#main: would execute 1, reuse 0, unknown 5; about TIME

    main: may execute 1, TIME
      unless read comes to the same as before

    read: executes 1, TIME
      file config/x.json changed

    scaled: may execute 3, TIME
      3 × unless it is called as before, after read

    total: may execute 1, TIME
      unless it is called as before, after read

      at most  TIME, if everything unknown executes
    "
  `);
});

test('inputs and flags are those of a run', SLOW, async () => {
  await told('run src/main.ts');
  const other = await counted('plan src/main.ts --rows [7]');
  expect(other.execute).toBe(1);
  expect((await counted('plan src/main.ts --force-task read')).execute).toBe(1);
  expect((await counted('plan src/main.ts --force')).reuse).toBe(0);
});

test('an entry that is not cached is foreseen by its last run', SLOW, async () => {
  await told('run src/main.ts uncached');
  expect(await counted('plan src/main.ts uncached')).toEqual({ execute: 1, reuse: 4, unknown: 0 });
});

test('what would reject a run rejects its plan', SLOW, async () => {
  const missing = await pipeline.skein('plan src/main.ts nothing');
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('no task "nothing"')]);
  const wrong = await pipeline.skein('plan src/main.ts --rows x --json');
  expect([wrong.code, JSON.parse(wrong.out)]).toMatchObject([2, {}]);
});
