import { afterEach, beforeEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { environment } from 'skein';
import { check } from './check.ts';

const env = environment({ name: 'resume', cache: 'disable' });

export const item = env.task(async (n: number): Promise<number> => check(n) ** 2);

export const total = env.task(async (rows: readonly number[], scale: number) =>
  rows.reduce((sum, row) => sum + row * scale, 0),
);

export const main = env.task(async (count: number, scale = 1): Promise<number> => {
  const rows: number[] = [];
  for (let n = 1; n <= count; n += 1) rows.push(await item(n));
  return await total(rows, scale);
});
`;

const BROKEN = `
export function check(n: number): number {
  if (n === 4) throw new RangeError('bad');
  return n;
}
`;

const FIXED = `
export function check(n: number): number {
  return n;
}
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

let pipeline: RealWorkspace;

beforeEach(() => {
  pipeline = realWorkspace({ 'src/main.ts': MAIN, 'src/check.ts': BROKEN });
});

afterEach(() => pipeline.remove());

interface Summary {
  readonly run: string;
  readonly status: string;
  readonly result: unknown;
  readonly error: unknown;
  readonly actions: Readonly<Record<string, number>>;
  readonly resumed?: {
    readonly run: string;
    readonly adopted: number;
    readonly madeByEarlier: number;
    readonly changes: readonly { readonly actions: number; readonly names: readonly string[] }[];
  };
}

async function answer(line: string, folder?: string): Promise<Summary> {
  const { out, err } = await pipeline.skein(`${line} --json`, folder);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Summary;
}

test(
  'R1 R2 PARITY 19 PARITY 24: the fix of a helper; what is left executes, and the rest is named',
  SLOW,
  async () => {
    const failed = await pipeline.skein('run src/main.ts --count 6');
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('skein resume RUN, after a fix');
    pipeline.write('src/check.ts', FIXED);
    const resumed = await pipeline.skein('resume');
    expect(resumed).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "resuming run RUN of src/main.ts#main, which failed
      ",
        "out": "succeeded src/main.ts#main in TIME
        result   91
        actions  8: 5 executed, 0 reused, 3 adopted
        adopted  3 of run RUN: 3 by earlier code: src/check.ts#check changed
        why      5 executed: 5 caching off
        run      RUN
        next     skein show RUN
      ",
      }
    `);
  },
);

test(
  'R2 PARITY 19: the dry run says what the resume then does, and records nothing',
  SLOW,
  async () => {
    await pipeline.skein('run src/main.ts --count 6');
    pipeline.write('src/check.ts', FIXED);
    expect(await pipeline.skein('resume --dry-run')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "src/main.ts#main: would adopt 3, reuse 0, execute 2 or more

      main: executes 1
        failed: RangeError: bad (action 1)

      item: executes 1
        failed: RangeError: bad (action 5)

        adopts     3 × item
        of these   3 by earlier code: src/check.ts#check changed
        from       run RUN, failed
        not known  what these call is decided when they are called
                   main: it ended before it had made all its calls
      ",
      }
    `);
    expect(await pipeline.skein('resume --dry-run --edited execute')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "src/main.ts#main: would adopt 0, reuse 0, execute 5 or more

      main: executes 1
        failed: RangeError: bad (action 1)

      item: executes 4
        3 × is executed again as asked: src/check.ts#check changed (action 2, 3, 4)
        failed: RangeError: bad (action 5)

        from       run RUN, failed
        not known  what these call is decided when they are called
                   main: it ended before it had made all its calls
      ",
      }
    `);
    const planned = await answer('resume --dry-run');
    expect(planned).toMatchObject({
      actions: { adopt: 3, reuse: 0, execute: 2 },
      execute: [
        { task: 'src/main.ts#main', why: { kind: 'failed' }, earlier: { action: 1 } },
        { task: 'src/main.ts#item', why: { kind: 'failed' }, earlier: { action: 5 } },
      ],
      undecided: [{ task: 'src/main.ts#main', why: 'ended-early' }],
    });
    const listed = await pipeline.skein('runs --json');
    expect((JSON.parse(listed.out) as { runs: unknown[] }).runs).toHaveLength(1);
    const { actions, resumed } = await answer('resume');
    expect(actions).toMatchObject({ adopted: 3, reused: 0, executed: 5 });
    expect(resumed).toEqual(planned.resumed);
  },
);

test('R2: --edited execute executes what earlier code made', SLOW, async () => {
  await pipeline.skein('run src/main.ts --count 6');
  pipeline.write('src/check.ts', FIXED);
  const { actions, resumed } = await answer('resume --edited execute');
  expect(actions).toMatchObject({ adopted: 0, executed: 8 });
  expect(resumed).toMatchObject({ adopted: 0, madeByEarlier: 0, changes: [] });
});

test('R1 R3 PARITY 17: a run adopts nothing; a resume of a resume goes on', SLOW, async () => {
  const inline = '--executor inline';
  await pipeline.skein(`run src/main.ts --count 6 ${inline} --label team=a`);
  pipeline.edit('src/check.ts', 'n === 4', 'n === 5');
  const second = await answer(`resume ${inline} --label try=2`);
  expect([second.status, second.actions]).toEqual([
    'failed',
    { total: 6, executed: 3, reused: 0, adopted: 3, failed: 2 },
  ]);
  pipeline.write('src/check.ts', FIXED);
  const third = await answer(`resume ${inline} --label try=3`);
  expect(third).toMatchObject({ result: 91, actions: { executed: 4, adopted: 4 } });
  const shown = await pipeline.skein('runs --json --limit 1');
  expect(JSON.parse(shown.out)).toMatchObject({
    runs: [{ labels: { team: 'a', try: '3' }, origin: { kind: 'resume' } }],
  });
  const run = await answer(`run src/main.ts --count 6 ${inline}`);
  expect([run.actions['adopted'], run.resumed]).toEqual([0, undefined]);
});

test(
  'R1: a run that succeeded is gone on from by its name: all of it is adopted',
  SLOW,
  async () => {
    pipeline.write('src/check.ts', FIXED);
    await pipeline.skein('run src/main.ts --count 6 --executor inline');
    const refused = await pipeline.skein('resume --executor inline');
    expect(refused).toMatchInlineSnapshot(`
    {
      "code": 2,
      "err": "error[run-not-found]: no run has anything left to do
      newest  RUN src/main.ts#main, succeeded
      hint: \`skein runs\` lists them; a run that succeeded is gone on from by its name
    ",
      "out": "",
    }
  `);
    const { actions, result } = await answer('resume last --executor inline');
    expect([result, actions]).toEqual([
      91,
      { total: 1, executed: 0, reused: 0, adopted: 1, failed: 0 },
    ]);
  },
);

test(
  'R1: flags and --input replace single inputs; what has other inputs executes',
  SLOW,
  async () => {
    const inline = '--executor inline';
    await pipeline.skein(`run src/main.ts --count 6 ${inline}`);
    pipeline.write('src/check.ts', FIXED);
    const planned = await answer(`resume --dry-run --scale 2 ${inline}`);
    expect(planned).toMatchObject({
      actions: { adopt: 3 },
      undecided: [{ task: 'src/main.ts#main', why: 'other-inputs' }],
    });
    const flagged = await answer(`resume ${inline} --scale 2`);
    expect(flagged).toMatchObject({ result: 182, actions: { adopted: 3, executed: 5 } });
    pipeline.write('input.json', '{ "count": 3 }');
    const given = await answer(`resume last --input ../input.json ${inline}`, 'src');
    // The scale is that of the run before: 2.
    expect(given).toMatchObject({ result: 28, actions: { adopted: 3, executed: 2 } });
    const wrong = await pipeline.skein(`resume last ${inline} --cuont 3`);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--cuont')]);
  },
);

test('R1: properties of a single parameter are replaced in what is on record', SLOW, async () => {
  pipeline.write(
    'src/one.ts',
    `import { environment } from 'skein';
const env = environment({ name: 'one' });
export const main = env.task(async (given: { at: Date; big: bigint; fails: boolean }) => {
  if (given.fails) throw new Error('it fails');
  return [given.at.getUTCFullYear(), String(given.big)].join(' ');
});
`,
  );
  const inline = '--executor inline';
  const flags = '--at 2031-05-06 --big 12345678901234567890 --fails';
  expect((await pipeline.skein(`run src/one.ts ${flags} ${inline}`)).code).toBe(1);
  const { result, error } = await answer(`resume ${inline} --no-fails`);
  expect([result, error]).toEqual(['2031 12345678901234567890', null]);
});

const SHAPES = `
import { environment, map } from 'skein';
import { check } from './check.ts';

const env = environment({ name: 'shapes', cache: 'MODE' });

export const item = env.task(async (n: number): Promise<number> => check(n) ** 2);

export const stage = env.task(async (tolerance: number, count: number): Promise<number> => {
  let sum = tolerance - tolerance;
  for (let n = 1; n <= count; n += 1) sum += await item(n);
  return sum;
});

export const sequence = env.task(async (count: number): Promise<number> => {
  let sum = 0;
  for (let n = 1; n <= count; n += 1) sum += await item(n);
  return sum;
});

export const wide = env.task(async (count: number): Promise<number> => {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const rows = await map(item, numbers, { concurrency: 2 });
  return rows.reduce((sum, row) => sum + row, 0);
});

export const nested = env.task(
  async (count: number): Promise<number> => (await stage(TOLERANCE, 3)) + (await stage(9, count)),
);
`;

function shapes(mode: string, tolerance: number): string {
  return SHAPES.replace('MODE', mode).replace('TOLERANCE', String(tolerance));
}

test.each(
  ['disable', 'auto'].flatMap((mode) =>
    ['sequence', 'wide', 'nested'].map((task) => ({ mode, task })),
  ),
)('R2: the dry run agrees with the resume: $task, cache $mode', SLOW, async ({ mode, task }) => {
  pipeline.write('src/shapes.ts', shapes(mode, 1));
  await pipeline.skein(`run src/shapes.ts ${task} --count 6 --executor inline`);
  pipeline.write('src/check.ts', FIXED);
  const planned = await answer('resume --dry-run --executor inline');
  const { actions, resumed } = await answer('resume --executor inline');
  expect([planned.actions['adopt'], planned.actions['reuse']]).toEqual([
    actions['adopted'],
    actions['reused'],
  ]);
  expect(resumed).toEqual(planned.resumed);
  expect(actions['adopted']).toBeGreaterThanOrEqual(3);
  // What a map did not start is known; what comes after what threw is not.
  const left = actions['executed'] ?? 0;
  if (task === 'wide') expect(planned.actions['execute']).toBe(left);
  else expect(planned.actions['execute']).toBeLessThan(left);
});

test.each(['disable', 'auto'])(
  'R1 R2: a caller between, whose input the fix changes, and cache %s: its calls are adopted',
  SLOW,
  async (mode) => {
    pipeline.write('src/shapes.ts', shapes(mode, 1));
    await pipeline.skein('run src/shapes.ts nested --count 6 --executor inline');
    pipeline.write('src/check.ts', FIXED);
    pipeline.write('src/shapes.ts', shapes(mode, 2));
    const planned = await pipeline.skein('resume --dry-run --executor inline');
    expect(planned.out).toContain('nested: its own code or data is other than then');
    const { actions } = await answer('resume --executor inline');
    // The first stage calls what it called then; the second one has what is left of items.
    expect(actions['adopted']).toBe(mode === 'auto' ? 6 : 3);
  },
);
