import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedImage } from '@skein/model';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine } from '../test/engine.ts';
import type { EngineTerms } from '../test/engine.ts';
import { STRAINING_NAMES, STRAINING_SOURCE } from '../test/straining.ts';
import type { BundleLocation, Executor, ExecutorSettings } from './executor.ts';
import { calls } from './executor-calls.conformance.ts';
import { failures, separation } from './executor-failures.conformance.ts';
import { errorsAcross, printing, resources } from './executor-resources.conformance.ts';
import { values } from './executor-values.conformance.ts';
import { observations, waves } from './executor-waves.conformance.ts';

export interface Subject {
  readonly name: string;
  readonly create: (settings: ExecutorSettings) => Executor;
  /** The image that all attempts run in; absent: they run on the machine. */
  readonly image?: ResolvedImage;
  /** Attempts that tests make, though not their calls, have a process of their own. */
  readonly cold?: boolean;
  /** Called with the root of each workspace when it is there: others than its owner may read it. */
  readonly furnished?: (root: string) => void;
}

/** What the attempts at a subject have in common. */
export function termsOf({ image, cold }: Subject): EngineTerms {
  return { image, ...(cold === true && { options: { reuse: false } }) };
}

const COMMAND = {
  PATH: process.env['PATH'],
  HOME: '/home/somebody',
  CI: 'true',
  TZ: 'Europe/Berlin',
  MODEL: 'large',
  MODE: 'slow',
  TOKEN: 'hunter2hunter2',
};

/** What every executor does, whatever it runs actions in. */
export function executorConformance(subject: Subject): void {
  const { name, create } = subject;
  describe(`PARITY 28: the ${name} executor`, () => {
    let shop: Workshop;
    let executor: Executor;
    let bundle: BundleLocation;
    const engine = (): FakeEngine => new FakeEngine(executor, bundle, termsOf(subject));

    beforeAll(() => {
      shop = openWorkshop();
      bundle = shop.bundle(STRAINING_NAMES, STRAINING_SOURCE);
      subject.furnished?.(shop.root);
      executor = create({ state: shop.state, environment: COMMAND, warn: () => undefined });
    });

    afterAll(async () => {
      await executor.close();
      shop.remove();
    });

    const { cold = false } = subject;
    // What happens within an attempt is the same, whoever had its process before.
    if (!cold) {
      values(engine);
      calls(engine);
      failures(engine);
      errorsAcross(engine);
      waves(engine);
      observations(engine);
    }
    // Where each has a process to itself, nothing could mix: a few show that it works.
    separation(engine, cold ? 8 : 64);
    printing(engine);
    resources(engine, () => executor, subject.image !== undefined);
    surroundings(engine, () => shop, subject.image !== undefined);
    stopping(engine);
    loading(() => ({ shop, executor, engine: engine(), terms: termsOf(subject) }));
  });
}

type Engines = () => FakeEngine;

function surroundings(engine: Engines, shop: () => Workshop, isContained: boolean): void {
  test('O6: the environment is made, not inherited', async () => {
    const seen = (await engine().run('surroundings')) as Record<string, unknown>;
    expect(seen).toMatchObject({
      home: isContained ? seen['temporary'] : '/home/somebody',
      zone: 'UTC',
      offset: 0,
      ci: 'absent',
      cwd: shop().root,
    });
    const names = seen['names'] as readonly string[];
    const made = ['HOME', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ'];
    // What an image declares besides is its own affair.
    expect(isContained ? names.filter((it) => made.includes(it)) : names).toEqual(made);
    for (const name of [...Object.keys(COMMAND), 'HOSTNAME', 'TERM', 'container']) {
      if (!made.includes(name)) expect(names).not.toContain(name);
    }
    expect(names.join()).not.toMatch(/SKEIN|NODE_COMPILE_CACHE/);
    expect(seen['subprocess']).toEqual(expect.arrayContaining(['HOME', 'TZ']));
    expect(seen['subprocess']).not.toContain('CI');
  });

  test('O6: declared variables are there, by value and by name', async () => {
    expect(await engine().run('declared')).toEqual(['slow', 'not set', true]);
  });

  test('O7: a secret leaves its action neither in results nor in logs', async () => {
    const bench = engine();
    expect(await bench.run('secretive', 'length')).toBe(14);
    expect(bench.log.map(({ text }) => text)).toEqual(['the token is [TOKEN]\n']);
    await expect(bench.run('secretive', 'leak')).rejects.toMatchObject({ path: 'result[0]' });
  });

  test('O7: nor in the message, the fields and the cause of an error', async () => {
    const thrown: unknown = await engine()
      .run('secretive', 'throw')
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      message: 'bad [TOKEN]',
      url: '[TOKEN]/x',
      deep: '[not kept: it holds the secret TOKEN]',
      n: 1,
      cause: new RangeError('in [TOKEN]'),
    });
  });

  test('C9: import.meta is that of the source file', async () => {
    expect(await engine().run('meta')).toEqual({
      filename: `${shop().root}/src/main.ts`,
      dirname: `${shop().root}/src`,
      url: `file://${shop().root}/src/main.ts`,
      resolved: `file://${shop().root}/src/other.ts`,
      builtin: 'node:fs',
    });
  });

  test('the scratch folder is empty at first, and gone afterwards', async () => {
    const { path, before, fresh } = (await engine().run('scratching')) as {
      readonly path: string;
      readonly before: readonly string[];
      readonly fresh: boolean;
    };
    expect([before, fresh]).toEqual([[], true]);
    expect(await engine().run('exists', path)).toBe(false);
  });

  test('V6: files go in and out by content', async () => {
    const bench = engine();
    expect(await bench.run('fileCaller')).toEqual([
      'hello.txt',
      'hello there',
      ['a.txt', 'b/c.txt'],
    ]);
    const [made] = bench.results.values();
    expect(made).toMatchObject({ outcome: { value: { at: 'inline' }, artifact: /-\d+$/ } });
  });
}

function stopping(engine: Engines): void {
  test('X5: an action that is cancelled sees its signal abort, and ends as stopped', async () => {
    const bench = engine();
    const done = bench.attempt('untilAborted', []);
    await bench.when(() => bench.log.some(({ text }) => text === 'waiting\n'));
    bench.handles.get(1)?.cancel('cancelled');
    expect(await done).toEqual({ kind: 'stopped', reason: 'cancelled' });
    expect(await bench.run('echo', 1)).toBe(1);
  });

  test('X5: an action that waits for a call is stopped there', async () => {
    const bench = engine();
    bench.beforeReply = () => new Promise(() => undefined);
    const done = bench.attempt('nested', [1]);
    await bench.when(() => bench.groups.length > 0);
    bench.handles.get(1)?.cancel('timeout');
    expect(await done).toEqual({ kind: 'stopped', reason: 'timeout' });
  });
}

interface Loading {
  readonly shop: Workshop;
  readonly executor: Executor;
  readonly engine: FakeEngine;
  readonly terms: EngineTerms;
}

function loading(at: () => Loading): void {
  test('a bundle that throws while it loads is a failure with the author’s error', async () => {
    const { shop, executor } = at();
    const broken = shop.bundle([], `throw new RangeError('no such model');`);
    const table = await executor.load(broken);
    expect(table).toMatchObject({
      ok: false,
      failure: { code: 'task-load-failed', headline: '"src/main.ts" does not load' },
    });
    expect(table.ok ? [] : table.failure.facts[0]).toEqual(['error', 'RangeError: no such model']);
  });

  test('and an attempt that needs it is lost before it starts', async () => {
    const { shop, executor, engine, terms } = at();
    const broken = shop.bundle([], `throw new RangeError('no such thing');`);
    const bench = new FakeEngine(executor, broken, terms);
    bench.tableOf(await engine.table());
    const result = await bench.attempt('echo', [1]);
    expect(result).toMatchObject({ kind: 'lost', cause: 'start' });
    expect(result.kind === 'lost' && result.message).toContain('"src/main.ts" does not load');
  });
}
