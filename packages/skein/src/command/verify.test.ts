import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { readdirSync } from 'node:fs';
import { environment, File, map } from 'skein';

const env = environment({ name: 'verify', cache: 'auto' });

export const roll = env.task(async (sides: number) => ({ sides, eyes: process.pid }));

export const twice = env.task(async (n: number) => n * 2);

export const note = env.task(async (text: string) =>
  File.from(new TextEncoder().encode(text), { name: 'note.txt' }),
);

export const steady = env.task(async (source: File) => ({
  length: (await source.text()).length,
  doubled: await map(twice, [1, 2, 3]),
  note: await note('hello'),
}));

export const broken = env.task(async () => {
  throw new RangeError(String(process.pid));
});

export const names = env.task(async () => readdirSync('.', { recursive: true }).sort());

export const main = env.task(async () => ({ rolls: await map(roll, [6]), two: await twice(1) }));
`;

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 60_000 };

let pipeline: RealWorkspace;

beforeAll(() => {
  pipeline = realWorkspace({ 'src/main.ts': MAIN, 'data/a.txt': 'some text' });
});

afterAll(() => pipeline.remove());

/** Everything below the state directory but the database and what is built at need. */
function contentOf(root: string): readonly string[] {
  return ['blobs', 'files', 'tmp', 'scratch']
    .map((name) => join(root, '.skein', name))
    .flatMap((path) => (existsSync(path) ? readdirSync(path, { recursive: true }).map(String) : []))
    .toSorted();
}

test('what comes out the same: exit 0, and nothing of the state changed', SLOW, async () => {
  await pipeline.skein('run src/main.ts steady --source data/a.txt');
  const before = contentOf(pipeline.root);
  const runs = await pipeline.skein('runs');
  expect(await pipeline.skein('verify')).toEqual({
    code: 0,
    out: 'run RUN src/main.ts#steady: 5 actions executed again in TIME, all came out the same\n',
    err: '',
  });
  expect(contentOf(pipeline.root)).toEqual(before);
  expect((await pipeline.skein('runs')).out).toBe(runs.out);
});

test('a run that reused all is compared with those that executed', SLOW, async () => {
  await pipeline.skein('run src/main.ts steady --source data/a.txt');
  const { out } = await pipeline.skein('verify last');
  expect(out).toBe(
    'run RUN src/main.ts#steady: 5 actions executed again in TIME, all came out the same\n',
  );
});

test('calls are the same calls in whatever order a check made them', SLOW, async () => {
  pipeline.edit('src/main.ts', 'encode(text)', 'encode(`${text}!`)');
  await pipeline.skein('run src/main.ts steady --source data/a.txt');
  const { out } = await pipeline.skein('verify');
  expect(out).toBe(
    'run RUN src/main.ts#steady: 5 actions executed again in TIME, all came out the same\n',
  );
});

test('O2: neither the state nor its copy is seen', SLOW, async () => {
  await pipeline.skein('run src/main.ts names');
  for (const executor of ['', ' --executor inline']) {
    const { out } = await pipeline.skein(`verify${executor}`);
    expect(out).toBe(
      'run RUN src/main.ts#names: 1 action executed again in TIME, all came out the same\n',
    );
  }
});

test('what differs: exit 1, with field and callers', SLOW, async () => {
  await pipeline.skein('run src/main.ts');
  const { code, out, err } = await pipeline.skein('verify');
  expect([code, err]).toEqual([1, '']);
  const numbers = out.replaceAll(/\b\d{3,}\b/g, 'PID');
  expect(numbers).toMatchInlineSnapshot(`
    "run RUN src/main.ts#main: 3 actions executed again in TIME, 2 differ

    action 2 roll(6)
      differs  result.eyes PID → PID
      impure   randomness: process.pid at src/main.ts:7:79

    action 1 main()
      differs  result.rolls[0].eyes PID → PID
      because  its call of roll came out differently
    "
  `);
  const json = JSON.parse((await pipeline.skein('verify --json')).out) as unknown;
  expect(json).toMatchObject({
    compared: 3,
    equal: 1,
    differing: [{ task: 'src/main.ts#roll' }, {}],
  });
});

test('tasks whose code changed since, and their callers, are not compared', SLOW, async () => {
  pipeline.edit('src/main.ts', 'n * 2', 'n * 3');
  const { code, out } = await pipeline.skein('verify');
  expect(code).toBe(1);
  expect(out.replaceAll(/\b\d{3,}\b/g, 'PID')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#main: 1 action executed again in TIME, 1 differs

    action 2 roll(6)
      differs  result.eyes PID → PID
      impure   randomness: process.pid at src/main.ts:7:79

      not compared  code changed since: twice
                    so not compared: 1 × main, 1 × twice
    "
  `);
});

test('a failure is compared by what was thrown', SLOW, async () => {
  await pipeline.skein('run src/main.ts broken');
  const { code, out } = await pipeline.skein('verify');
  expect(code).toBe(1);
  expect(out.replaceAll(/\b\d{3,}\b/g, 'PID')).toMatchInlineSnapshot(`
    "run RUN src/main.ts#broken: 1 action executed again in TIME, 1 differs

    action 1 broken()
      differs  error.message "PID" → "PID"
      impure   randomness: process.pid at src/main.ts:22:39
    "
  `);
});

test('"last" of a task or a file is the newest of its runs that ended', SLOW, async () => {
  await pipeline.skein('run src/main.ts twice --n 4');
  await pipeline.skein('run src/main.ts note --text hello');
  const one = 'run RUN src/main.ts#twice: 1 action executed again in TIME, all came out the same\n';
  const { out } = await pipeline.skein('verify --entry src/main.ts --task twice');
  expect(out).toBe(one);
  const { code, err } = await pipeline.skein('verify --entry src/other.ts');
  expect([code, err]).toEqual([2, expect.stringContaining('there is no such file')]);
  const none = await pipeline.skein('verify --task steadier');
  expect(none.err).toContain('no such run has come to an end yet');
});
