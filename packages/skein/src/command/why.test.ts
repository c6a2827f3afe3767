import { afterAll, beforeAll, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, map } from 'skein';
import { scale } from './scale.ts';

const env = environment({ name: 'why', cache: 'auto' });

export const scaled = env.task(async (n: number) => scale(n));

export const total = env.task(async (rows: readonly number[], unit = 'kg') => ({
  unit,
  sum: rows.reduce((sum, row) => sum + row, 0),
}));

export const read = env.task(async () => {
  const text = readFileSync(join(import.meta.dirname, '../config/x.json'), 'utf8');
  return JSON.parse(text).n as number;
});

export const write = env.task(async (text: string) => {
  writeFileSync(join(import.meta.dirname, '../out.txt'), text);
  return Date.now() > 0;
});

export const observing = env.task(async () => [await read(), await write('x')]);

export const sum = env.task(async (rows: readonly number[]) => rows.length);

export const wide = env.task(async (fifth: number) =>
  sum(Array.from({ length: 100_000 }, (_, index) => (index === 4 ? fifth : index))),
);

export const main = env.task(async (unit = 'kg') => {
  const rows = await map(scaled, [1, 2, 3, 400]);
  return await total(rows, unit);
});
`;

const SCALE = `
const LIMIT = 100;

/** Large numbers are cut. */
export function scale(n: number): number {
  return Math.min(n, LIMIT);
}
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

let pipeline: RealWorkspace;

beforeAll(() => {
  pipeline = realWorkspace({ 'src/main.ts': MAIN, 'src/scale.ts': SCALE });
});

afterAll(() => pipeline.remove());

async function told(line: string): Promise<string> {
  const { code, out, err } = await pipeline.skein(line);
  expect([code, err]).toEqual([0, '']);
  return out;
}

test('an edited helper: what executed, with the lines, down to its cause', SLOW, async () => {
  await told('run src/main.ts');
  pipeline.edit('src/scale.ts', 'LIMIT = 100', 'LIMIT = 200');
  expect(await told('run src/main.ts')).toMatchInlineSnapshot(`
    "succeeded src/main.ts#main in TIME
      result   { unit: "kg", sum: 206 }
      actions  6: 6 executed, 0 reused
      why      6 executed: 4 src/scale.ts#LIMIT changed, 1 new inputs, 1 child changed
               total: never executed with these inputs: rows[3] 100 → 200
               main: its call of scaled, action 5, has another outcome
      run      RUN
      next     skein show RUN
    "
  `);
  expect(await told('why last')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#main: 6 executed, 0 reused

    main, action 1
      its call of scaled, action 5, has another outcome
        1 of 4 calls of scaled has another outcome

    scaled, 4 actions: 2, 3, 4, 5
      src/scale.ts#LIMIT changed
        src/scale.ts:2
          - const LIMIT = 100;
          + const LIMIT = 200;

    total, action 6
      never executed with these inputs: rows[3] 100 → 200

      next  skein why RUN 1
    "
  `);
  expect(await told('why last main')).toMatchInlineSnapshot(`
    "action 1 main()
      run        RUN
      task       src/main.ts#main
      called by  the run
      verdict    executed: its call of scaled, action 5, has another outcome
                 1 of 4 calls of scaled has another outcome
      because    scaled, action 5, executed: src/scale.ts#LIMIT changed
                   src/scale.ts:2
                     - const LIMIT = 100;
                     + const LIMIT = 200;
      key        DIGEST
      calls      4 × src/main.ts#scaled: 4 executed
                 1 × src/main.ts#total: 1 executed
    "
  `);
  expect(await told('why last total')).toMatchInlineSnapshot(`
    "action 6 total([1, 2, 3, 200], "kg")
      run        RUN
      task       src/main.ts#total
      called by  src/main.ts#main, action 1
      verdict    executed: never executed with these inputs: rows[3] 100 → 200
      because    main, action 1, executed: its call of scaled, action 5, has another outcome
                   1 of 4 calls of scaled has another outcome
                 scaled, action 5, executed: src/scale.ts#LIMIT changed
                   src/scale.ts:2
                     - const LIMIT = 100;
                     + const LIMIT = 200;
      key        DIGEST
    "
  `);
});

test('another input: its field, old and new, and who made what was reused', SLOW, async () => {
  await told('run src/main.ts --unit g');
  expect(await told('why last')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#main: 2 executed, 4 reused

    main, action 1
      never executed with these inputs: unit omitted → "g"

    total, action 6
      never executed with these inputs: unit "kg" → "g"

      reused  4 × scaled
      next    skein why RUN 1
    "
  `);
  expect(await told('why last 1')).toMatchInlineSnapshot(`
    "action 1 main("g")
      run        RUN
      task       src/main.ts#main
      called by  the run
      verdict    executed: never executed with these inputs: unit omitted → "g"
      key        DIGEST
      calls      4 × src/main.ts#scaled: 4 reused
                 1 × src/main.ts#total: 1 executed
    "
  `);
  expect(await told('why last scaled')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#main: 0 executed, 4 reused

      reused  4 × scaled
    "
  `);
  const reused = JSON.parse(await told('why last 2 --json')) as unknown;
  expect(reused).toMatchObject({
    verdict: 'reused',
    reason: { kind: 'found' },
    made: { run: 'RUN' },
  });
});

test('a run that executed nothing', SLOW, async () => {
  await told('run src/main.ts --unit g');
  expect(await told('why last')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#main: 0 executed, 1 reused

      reused  1 × main
    "
  `);
  expect(JSON.parse(await told('why last --json'))).toEqual({
    run: 'RUN',
    task: 'src/main.ts#main',
    executed: 0,
    groups: [],
    reused: { 'src/main.ts#main': 1 },
    elsewhere: [],
  });
});

test('an action that the run does not have is exit 2, with those it has', SLOW, async () => {
  const { code, err } = await pipeline.skein('why last trian');
  expect(code).toBe(2);
  expect(err).toMatchInlineSnapshot(`
    "error[flag-value]: the run has no action or task "trian"
      run      RUN
      actions  1 to 1
      tasks    main
      hint: see "skein why --help"
    "
  `);
});

test('an observed file that changed, and an execution that left no trace', SLOW, async () => {
  const wrapped = async (line: string): Promise<string> =>
    (await told(line)).replaceAll(/: (?=write)/g, ':\n    ');
  pipeline.write('config/x.json', '{ "n": 1 }');
  await told('run src/main.ts observing');
  pipeline.write('config/x.json', '{ "n": 22 }');
  await told('run src/main.ts observing');
  expect(await wrapped('why last')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#observing: 3 executed, 0 reused

    observing, action 1
      its call of read, action 2, has another outcome

    read, action 2
      file config/x.json changed

    write, action 3
      its last execution left no trace:
        writeFileSync at src/main.ts:22:3 wrote "out.txt":
        write below context().scratch, and hand on a File or Dir
      left no trace again
      impure: clock: Date.now() at src/main.ts:23:15

      next  skein why RUN 1
    "
  `);
  expect(await told('why last read')).toMatchInlineSnapshot(`
    "action 2 read()
      run        RUN
      task       src/main.ts#read
      called by  src/main.ts#observing, action 1
      verdict    executed: file config/x.json changed
      key        DIGEST
      observed   file config/x.json
    "
  `);
  expect(await wrapped('why last write')).toMatchInlineSnapshot(`
    "action 3 write("x")
      run        RUN
      task       src/main.ts#write
      called by  src/main.ts#observing, action 1
      verdict    executed: its last execution left no trace:
        writeFileSync at src/main.ts:22:3 wrote "out.txt":
        write below context().scratch, and hand on a File or Dir
      key        DIGEST
      impure     clock: Date.now() at src/main.ts:23:15
      not kept   writeFileSync at src/main.ts:22:3 wrote "out.txt":
        write below context().scratch, and hand on a File or Dir
    "
  `);
});

test('inputs too large to compare during a run are compared when asked', SLOW, async () => {
  await told('run src/main.ts wide --fifth 1');
  expect(await told('run src/main.ts wide --fifth 2')).toContain('2 executed: 2 new inputs\n');
  expect(await told('why last sum')).toMatchInlineSnapshot(`
    "action 2 sum(#DIGEST)
      run        RUN
      task       src/main.ts#sum
      called by  src/main.ts#wide, action 1
      verdict    executed: never executed with these inputs: rows[4] 1 → 2
      because    wide, action 1, executed: never executed with these inputs: fifth 1 → 2
      key        DIGEST
    "
  `);
});
