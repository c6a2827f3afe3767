import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { realWorkspace, type RealWorkspace } from '../../test/real-workspace.ts';

const MAIN = `
import { appendFileSync } from 'node:fs';
import { environment, File } from 'skein';
import { step } from 'steps';
import { scale } from './scale.ts';

const env = environment({ name: 'rerun', cache: 'auto', variables: ['MODE'] });

export const twice = env.task(async (n: number) => {
  console.log('twice of ' + n);
  return scale(n) + step;
});

export const main = env.task(async (n: number) => ({ n, two: await twice(n) }));

export const length = env.task(async (source: File) => (await source.text()).length);

export const retitled = env.task(async (n: number) =>
  await twice.override({ title: 'other', labels: { of: 'retitled' } })(n),
);
`;

const FILES = {
  'src/main.ts': MAIN,
  'src/scale.ts': 'export const scale = (n: number): number => n * 2;\n',
  'data/a.txt': 'some text',
  'package-lock.json': '{ "lockfileVersion": 3, "packages": {} }\n',
};

/** What is installed, as it is in every checkout of the lock file. */
const STEPS = {
  'node_modules/steps/package.json': '{ "name": "steps", "version": "1.0.0", "main": "index.js" }',
  'node_modules/steps/index.js': 'exports.step = 0;\n',
};

/** Real workers are started, by as many programs at once as the machine runs tests. */
const SLOW = { timeout: 90_000 };

const workspaces: RealWorkspace[] = [];

afterEach(() => {
  for (const one of workspaces.splice(0)) one.remove();
});

function workspaceOf(files: Readonly<Record<string, string>>): RealWorkspace {
  const made = realWorkspace(files);
  workspaces.push(made);
  return made;
}

interface Summary {
  readonly status: string;
  readonly result: unknown;
  readonly actions: Readonly<Record<string, number>>;
}

async function summaryOf(of: RealWorkspace, line: string): Promise<Summary> {
  const { out, err } = await of.skein(`${line} --json`);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Summary;
}

interface Shown {
  readonly origin?: { readonly kind: string; readonly action?: number };
  readonly warnings: readonly { readonly code: string }[];
}

test(
  'PARITY 14: the recorded code runs, though the sources are broken, or gone',
  SLOW,
  async () => {
    const pipeline = workspaceOf({ ...FILES, ...STEPS });
    await pipeline.skein('run src/main.ts --n 4 --label night=1');
    pipeline.write('src/scale.ts', 'this is no module (');
    const reused = await pipeline.skein('rerun last');
    expect(reused).toEqual({
      code: 0,
      out:
        'succeeded src/main.ts#main in TIME\n' +
        '  result   { n: 4, two: 8 }\n' +
        '  actions  1: 0 executed, 1 reused\n' +
        '  run      RUN\n' +
        '  next     skein show RUN\n',
      err: 'running run RUN again, src/main.ts#main, with its recorded code\n',
    });
    rmSync(join(pipeline.root, 'src'), { recursive: true });
    const forced = await pipeline.skein('rerun last --force');
    expect(forced.code).toBe(0);
    expect(forced.out).toContain('actions  2: 2 executed, 0 reused');
    expect(forced.err).toContain('twice of 4');
    const shown = JSON.parse((await pipeline.skein('show last --json')).out) as Shown;
    expect(shown).toMatchObject({
      origin: { kind: 'rerun' },
      labels: { night: '1' },
      warnings: [],
    });
  },
);

test(
  'PARITY 14: D6 C5: in another checkout with the state: what differs is said',
  SLOW,
  async () => {
    const pipeline = workspaceOf({ ...FILES, ...STEPS });
    await pipeline.skein('run src/main.ts --n 4');
    const clean = workspaceOf({ ...STEPS, 'package-lock.json': '{}\n' });
    cpSync(join(pipeline.root, '.skein'), join(clean.root, '.skein'), { recursive: true });
    pipeline.remove();
    const { code, out, err } = await clean.skein('rerun last --force');
    expect([code, err]).toEqual([
      0,
      'running run RUN again, src/main.ts#main, with its recorded code\n' +
        'warning[code-differs]: the recorded code runs, but not all else is as it was recorded\n' +
        '  run        RUN\n' +
        '  lock file  "package-lock.json" changed\n' +
        'twice | twice of 4\n',
    ]);
    expect(out).toContain('result   { n: 4, two: 8 }');
    const shown = JSON.parse((await clean.skein('show last --json')).out) as Shown;
    expect(shown.warnings).toMatchObject([{ code: 'code-differs' }]);
    expect(await summaryOf(clean, 'rerun last')).toMatchObject({
      actions: { total: 1, reused: 1 },
    });
  },
);

test(
  'P1: what another package makes is never taken for what the recorded one made',
  SLOW,
  async () => {
    const pipeline = workspaceOf({ ...FILES, ...STEPS });
    await pipeline.skein('run src/main.ts --n 4');
    pipeline.write('node_modules/steps/index.js', 'exports.step = 100;\n');
    const { out, err } = await pipeline.skein('rerun last');
    expect(err).toBe(
      'running run RUN again, src/main.ts#main, with its recorded code\n' +
        'warning[code-differs]: the recorded code runs, but not all else is as it was recorded\n' +
        '  run   RUN\n' +
        '  code  package steps 1.0.0: same version, other files\n' +
        '  hint: what that counts for executes, unless it is known with what is here now\n' +
        'twice | twice of 4\n',
    );
    expect(out).toContain('{ n: 4, two: 108 }');
    // The same again is known; what the first made is found again when its package is back.
    expect(await summaryOf(pipeline, 'rerun last')).toMatchObject({
      result: { n: 4, two: 108 },
      actions: { executed: 0 },
    });
    pipeline.write('node_modules/steps/index.js', 'exports.step = 0;\n');
    expect(await summaryOf(pipeline, 'run src/main.ts --n 4')).toMatchObject({
      result: { n: 4, two: 8 },
      actions: { executed: 0 },
    });
  },
);

test('a package that is not installed any more is named', SLOW, async () => {
  const pipeline = workspaceOf({ ...FILES, ...STEPS });
  await pipeline.skein('run src/main.ts --n 4');
  rmSync(join(pipeline.root, 'node_modules'), { recursive: true });
  expect(await pipeline.skein('rerun last')).toEqual({
    code: 2,
    out: '',
    err:
      'error[module-not-found]: packages that the recorded code uses are not installed\n' +
      '  run      RUN\n' +
      '  package  steps 1.0.0, in "node_modules/steps"\n' +
      '  hint: install them at these places: the lock file of then puts them there\n',
  });
});

test('--action repeats one action with its inputs and options', SLOW, async () => {
  const pipeline = workspaceOf({ ...FILES, ...STEPS });
  await pipeline.skein('run src/main.ts retitled --n 5');
  expect(await pipeline.skein('rerun last --action 7')).toEqual({
    code: 2,
    out: '',
    err:
      'error[action-not-found]: the run has no action 7\n' +
      '  run      RUN\n' +
      '  actions  1 to 2\n' +
      '  hint: `skein show RUN` lists them\n',
  });
  const { out } = await pipeline.skein('rerun last --action 2 --force');
  expect(out).toContain('succeeded src/main.ts#twice in TIME\n  result   10\n');
  const shown = JSON.parse((await pipeline.skein('show last --json')).out) as Shown;
  expect(shown.origin).toEqual({ kind: 'rerun', run: 'RUN', action: 2 });
});

test('a bundle that is gone is named, unless the sources are still those', SLOW, async () => {
  const pipeline = workspaceOf({ ...FILES, ...STEPS });
  await pipeline.skein('run src/main.ts --n 4');
  const bundles = join(pipeline.root, '.skein/bundles');
  rmSync(bundles, { recursive: true });
  expect(await summaryOf(pipeline, 'rerun last --force')).toMatchObject({ status: 'succeeded' });
  for (const name of readdirSync(bundles)) {
    pipeline.edit(`.skein/bundles/${name}/bundle.mjs`, 'scale', 'scalE');
  }
  pipeline.edit('src/scale.ts', 'n * 2', 'n * 3');
  const { code, err } = await pipeline.skein('rerun last');
  expect(code).toBe(2);
  expect(err).toBe(
    'error[record-missing]: what the run was made of is not on record any more\n' +
      '  run     RUN\n' +
      '  bundle  "DIGEST" is gone\n' +
      '  hint: start again with `skein run src/main.ts`: what is cached is reused\n',
  );
});

test('an input whose file is gone is named', SLOW, async () => {
  const pipeline = workspaceOf({ ...FILES, ...STEPS });
  await pipeline.skein('run src/main.ts length --source data/a.txt');
  expect(await summaryOf(pipeline, 'rerun last --force')).toMatchObject({ result: 9 });
  rmSync(join(pipeline.root, '.skein/files'), { recursive: true });
  const { code, err } = await pipeline.skein('rerun last');
  expect(code).toBe(2);
  expect(err).toMatch(/^error\[record-missing\]/);
  expect(err).toContain('input 1 of action 1  "file "a.txt"');
  expect(readFileSync(join(pipeline.root, 'data/a.txt'), 'utf8')).toBe('some text');
});
