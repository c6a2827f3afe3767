import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { environment, File, map } from 'skein';

const env = environment({ name: 'gc', cache: 'auto' });

export const note = env.task(async (text: string) =>
  File.from(new TextEncoder().encode(text.repeat(1_000)), { name: 'note.txt' }),
);

export const measure = env.task(async (source: File, factor: number) => {
  const { length } = await source.text();
  return length * factor;
});

export const main = env.task(async (source: File, factor: number) => {
  const sizes = await map(async (n: number) => await measure(source, n), [1, 2, factor]);
  return { sizes, note: await note('factor ' + factor) };
});

export const failing = env.task(async (source: File) => {
  await measure(source, 7);
  throw new RangeError('no');
});
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

let pipeline: RealWorkspace;

beforeEach(() => {
  pipeline = realWorkspace({ 'src/main.ts': MAIN, 'data/a.txt': 'some text' });
});

afterEach(() => pipeline.remove());

interface Summary {
  readonly run: string;
  readonly result: { readonly sizes: readonly number[] };
  readonly actions: { readonly executed: number };
}

async function run(factor: number): Promise<Summary> {
  const line = `run src/main.ts main --source data/a.txt --factor ${factor} --json`;
  return JSON.parse((await pipeline.skein(line)).out) as Summary;
}

interface Report {
  readonly removed: Readonly<Record<string, { readonly count: number }>>;
  readonly runs: readonly string[];
  readonly stay: Readonly<Record<string, number>>;
  readonly busy: readonly number[];
  readonly sizeBytes: { readonly before: number; readonly after: number };
  readonly reached: boolean | null;
}

async function gc(flags: string): Promise<Report> {
  const { out, err } = await pipeline.skein(`gc --json ${flags}`.trim());
  expect(err).toBe('');
  return JSON.parse(out) as Report;
}

function namesIn(folder: string): readonly string[] {
  const path = join(pipeline.root, '.skein', folder);
  if (!existsSync(path)) return [];
  const found = readdirSync(path, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map(({ name }) => name);
}

async function valuesShown(): Promise<string> {
  return (await pipeline.skein('show last --all')).out;
}

test('P4: what is gone is made again and comes out the same', SLOW, async () => {
  const before = await run(3);
  const report = await gc('--older-than 0s');
  expect(report.runs).toHaveLength(1);
  expect([namesIn('blobs'), namesIn('files')]).toEqual([[], []]);
  const after = await run(3);
  expect(after.result.sizes).toEqual(before.result.sizes);
  expect(after.actions.executed).toBe(before.actions.executed);
});

test('a run that stays is shown whole, and its results answer the next one', SLOW, async () => {
  await run(3);
  await run(4);
  const shown = await valuesShown();
  const files = namesIn('files').length;
  const report = await gc('--keep 1');
  expect(report.stay).toMatchObject({ kept: 1 });
  expect(report.removed['artifacts']).toMatchObject({ count: 1 });
  expect(namesIn('files').length).toBeLessThan(files);
  expect(await valuesShown()).toBe(shown);
  expect(await run(4)).toMatchObject({ actions: { executed: 0 } });
});

test('R3: an unfinished run stays until a resume succeeds, or --unfinished', SLOW, async () => {
  await pipeline.skein('run src/main.ts failing --source data/a.txt');
  await run(3);
  expect((await gc('--older-than 0s')).stay).toMatchObject({ unfinished: 1 });
  expect((await pipeline.skein('runs')).out).toContain('failed');
  expect((await gc('--older-than 0s --unfinished')).runs).toHaveLength(1);
  expect((await pipeline.skein('runs')).out).toBe('no run is recorded here that fits\n');
});

test('a pinned run stays whatever its age, until it is let go', SLOW, async () => {
  await run(3);
  expect((await pipeline.skein('pin last')).out).toBe('RUN is pinned: gc leaves it alone\n');
  expect((await pipeline.skein('pin')).out).toMatch(/^RUN {2}pinned /);
  expect((await gc('--older-than 0s')).stay).toMatchObject({ pinned: 1 });
  expect((await pipeline.skein('pin last --remove')).out).toBe('RUN is no longer pinned\n');
  expect((await gc('--older-than 0s')).runs).toHaveLength(1);
});

test('a dry run removes nothing, and says what would go', SLOW, async () => {
  await run(3);
  const blobs = namesIn('blobs');
  const { out } = await pipeline.skein('gc --older-than 0s --dry-run');
  expect(out).toMatch(/^would remove 1 run, /);
  expect(namesIn('blobs')).toEqual(blobs);
  const report = await gc('--older-than 0s');
  expect(report.removed['runs']).toMatchObject({ count: 1 });
});

test('--max-size takes caches, then the oldest, and says where it ends', SLOW, async () => {
  await run(3);
  await run(4);
  await pipeline.skein('pin last');
  const report = await gc('--max-size 1Ki');
  expect(report.reached).toBe(false);
  expect(report.runs).toHaveLength(1);
  expect(report.stay).toMatchObject({ pinned: 1, young: 0 });
  const { code, out } = await pipeline.skein('gc --max-size 1Ki');
  expect(code).toBe(1);
  expect(out).toMatch(/ max size +1 kB, not reached\n/);
  expect(out).toContain('  hint: pinned runs stay');
  expect(await run(4)).toMatchObject({ actions: { executed: 0 } });
});

test('D6: while a damaged database lies aside, what it may name stays', SLOW, async () => {
  await run(3);
  const aside = join(pipeline.root, '.skein', 'v1', 'state.db.corrupt-20200101T000000Z');
  writeFileSync(aside, 'x');
  const blobs = namesIn('blobs');
  const { out } = await pipeline.skein('gc --older-than 0s');
  expect(out).toContain('  set aside      "state.db.corrupt-20200101T000000Z"');
  expect(namesIn('blobs')).toEqual(blobs);
  await gc('--older-than 0s --corrupt');
  expect(namesIn('blobs')).toEqual([]);
});

test('wrong ages and sizes are told', async () => {
  const age = await pipeline.skein('gc --older-than 3');
  expect([age.code, age.err]).toEqual([2, expect.stringContaining('"12h" or "30d"')]);
  const size = await pipeline.skein('gc --max-size 10GB');
  expect([size.code, size.err]).toEqual([2, expect.stringContaining('"512Mi" or "10Gi"')]);
});
