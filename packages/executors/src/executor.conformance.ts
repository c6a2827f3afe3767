import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode, inputDigest, packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { CallObservation, MapObservation, Observation, Wave } from '@skein/model';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { FakeEngine } from '../test/engine.ts';
import { NAMES, SOURCE } from '../test/pipeline.ts';
import type { BundleLocation, Executor, ExecutorSettings } from './executor.ts';

export interface Subject {
  readonly name: string;
  readonly create: (settings: ExecutorSettings) => Executor;
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
export function executorConformance({ name, create }: Subject): void {
  describe(`the ${name} executor`, () => {
    let shop: Workshop;
    let executor: Executor;
    let bundle: BundleLocation;
    const engine = (): FakeEngine => new FakeEngine(executor, bundle);

    beforeAll(() => {
      shop = openWorkshop();
      bundle = shop.bundle(NAMES, SOURCE);
      executor = create({ state: shop.state, environment: COMMAND, warn: () => undefined });
    });

    afterAll(async () => {
      await executor.close();
      shop.remove();
    });

    values(engine);
    calls(engine);
    failures(engine);
    separation(engine);
    waves(engine);
    surroundings(engine, () => shop);
    stopping(engine);
    loading(() => ({ shop, executor }));
  });
}

type Engines = () => FakeEngine;

function values(engine: Engines): void {
  test('Q1: loading reports the tasks with parameters and options', async () => {
    const table = await engine().table();
    const row = table.get('src/main.ts#defaults' as never);
    expect(row).toMatchObject({ environment: 'test', parameters: ['a', 'b', 'c'], rest: false });
    expect(table.get('src/main.ts#declared' as never)?.options.variables).toEqual({
      MODE: { kind: 'inherit' },
      GONE: { kind: 'inherit' },
    });
  });

  test('V1: values arrive as they were sent', async () => {
    const value = { b: [1, -0, 2n, undefined], a: new Map([[new Date(5), new Set(['x'])]]) };
    expect(await engine().run('echo', value)).toEqual(value);
  });

  test('V4: arguments and results are copies', async () => {
    expect(await engine().run('copies')).toEqual({ sent: [1], got: [1, 2], same: false });
  });

  test('V5: arguments beyond the declared are dropped, omitted ones take their default', async () => {
    expect(await engine().run('dropping')).toEqual([
      [1, 20, 30],
      [1, 2, 30],
      [1, 2, 3],
    ]);
  });

  test('V3: a task is a value', async () => {
    expect(await engine().run('taskAsValue')).toBe(42);
  });

  test('V2: a result that cannot be encoded is an encoding fault with its path', async () => {
    const { outcome } = await engine().ended('unencodable');
    expect(outcome).toMatchObject({ kind: 'error', fault: 'encoding' });
    await expect(engine().run('unencodable')).rejects.toMatchObject({ path: 'result.items[1].fn' });
  });

  test('V2: an argument that cannot be encoded rejects the call, which is never made', async () => {
    const bench = engine();
    expect(await bench.run('badArgument')).toBe('EncodingError argument 1.socket');
    expect(bench.results.size).toBe(1);
  });

  test('D3: a large result lies in an artifact, and its caller reads it', async () => {
    const bench = engine();
    expect(await bench.run('largeCaller', 200_000)).toBe(200_000);
    const [large] = bench.results.values();
    expect(large).toMatchObject({ outcome: { value: { at: 'artifact' } } });
  });
}

function calls(engine: Engines): void {
  test('an action calls others, through several levels', async () => {
    expect(await engine().run('nested', 4)).toBe(16);
  });

  test('X6: a map of a task gives results in the order of the items', async () => {
    expect(await engine().run('mapped', 700)).toEqual(Array.from({ length: 700 }, (_, i) => 2 * i));
  });

  test('X6: a failed map rejects with the error of the lowest index', async () => {
    expect(await engine().run('mapFailing')).toBe('odd 1');
  });

  test('X6: a settled map gives every outcome', async () => {
    expect(await engine().run('mapSettled')).toEqual(['0', 'odd 1', '4', 'odd 3']);
  });

  test('groups stand at the calls that are made inside', async () => {
    const bench = engine();
    await bench.run('grouped');
    expect(bench.groups).toEqual([[], ['outer'], ['outer', 'inner'], ['outer'], []]);
  });

  test('an override leaves with the call and applies to it', async () => {
    expect(await engine().run('overriding')).toEqual(['none', 'yes']);
  });

  test('X5: a call whose signal aborts rejects, and the engine is told', async () => {
    const bench = engine();
    const result = await bench.ended('aborting');
    expect(bench.abandoned).toEqual(['src/main.ts#aborting 1']);
    expect(result.untraceable).toBe('a call was cancelled');
    expect(decodeText(result)).toContain('CancelledError');
  });

  test('O9: a call by an action that has ended is refused', async () => {
    const bench = engine();
    await bench.run('leaveTimer');
    expect(await bench.run('readTimer')).toBe('call-outside-action');
  });
}

function failures(engine: Engines): void {
  test('X7: an error crosses three levels whole, by class, fields and cause', async () => {
    expect(await engine().run('catching')).toEqual({
      isParseError: true,
      isError: true,
      name: 'ParseError',
      message: 'line 3',
      line: 3,
      cause: 'TypeError: inner',
    });
  });

  test('X7: its stack names the sources of child and callers', async () => {
    const stack = String(await engine().run('stackOf'));
    const lines = stack.split('\n').filter((line) => line.includes('(called from)'));
    expect(lines).toEqual([
      '    at src/main.ts#parse (called from)',
      '    at src/main.ts#middle (called from)',
    ]);
    expect(stack).not.toContain('executors/src');
    expect(stack).not.toContain('node:');
  });

  test('X7: what is thrown need not be an error, and may hold several', async () => {
    expect(await engine().run('catchValue')).toEqual({ code: 7 });
    expect(await engine().run('catchAggregate')).toEqual(['RangeError: a', 'plain']);
  });

  test('T4: the digest of an error covers no stack', async () => {
    const digest = async (task: string): Promise<string> =>
      (await engine().ended(task)).outcome.digest;
    expect(await digest('failHere')).toBe(await digest('failThere'));
  });

  test('R6: an error that says it will not get better is marked', async () => {
    const { outcome } = await engine().ended('hopeless');
    expect(outcome).toMatchObject({ fault: 'author', unrecoverable: true });
  });

  test('R6: process.exit in a task is the error of its author', async () => {
    await expect(engine().run('exiting')).rejects.toThrow('process.exit(3) was called');
    await expect(engine().run('exitingCaught')).rejects.toThrow('process.exit(0) was called');
  });

  test('an error that nobody catches fails the action it came from', async () => {
    await expect(engine().run('unhandled')).rejects.toThrow('nobody waits');
    await expect(engine().run('thrownInTimer')).rejects.toThrow('in a timer');
  });

  test('T4: who caught a fault of the system leaves no trace', async () => {
    const bench = engine();
    bench.faults.set('src/main.ts#double', 'timeout');
    expect((await bench.ended('catchingAny')).untraceable).toBe('a call ended by timeout');
  });
}

function separation(engine: Engines): void {
  test('O9: 64 actions at once do not mix', async () => {
    const bench = engine();
    const runs = Array.from({ length: 64 }, (_, index) => bench.run('identity', index));
    const results = (await Promise.all(runs)) as { log: string; action: number }[];
    for (const [index, { log, action }] of results.entries()) {
      expect(log).toBe(`sub ${index}`);
      expect(bench.log.filter(({ text }) => text === `${action} says ${index}\n`)).toHaveLength(1);
    }
    expect(bench.log).toHaveLength(128);
  });

  test('what an action prints is told with it, and indented by it alone', async () => {
    const bench = engine();
    await bench.run('printing');
    expect(bench.log.map(({ stream, text }) => `${stream} ${text}`)).toEqual([
      'stdout head\n',
      'stdout   { a: 1 }\n',
      'stderr   careful\n',
      'stdout   from the logger 1\n',
    ]);
  });

  test('a flood of output is cut, and says so', async () => {
    const bench = engine();
    await bench.run('flooding');
    const size = bench.log.reduce((sum, { text }) => sum + text.length, 0);
    expect(size).toBeLessThan(8 << 20);
    expect(bench.log.at(-1)?.text).toContain('bytes of output were cut here');
  });

  test('progress is told', async () => {
    const bench = engine();
    await bench.run('progressing');
    expect(bench.progress.at(-1)).toBe('1000/1000');
  });
}

function waves(engine: Engines): void {
  const seen = async (task: string, bench = engine()): Promise<readonly (readonly string[])[]> =>
    (await bench.ended(task)).waves.map((wave) => wave.map(describeObservation));

  test('T1: calls one after the other are a wave each', async () => {
    expect(await seen('sequential')).toEqual([
      ['double(1)#0 = 2'],
      ['double(2)#0 = 4'],
      ['double(1)#1 = 2'],
    ]);
  });

  test('T1: calls made together are one wave, in the order of their outcomes', async () => {
    const bench = engine();
    const first = Promise.withResolvers<void>();
    bench.beforeReply = async ({ call }) => {
      if (call === 1) await first.promise;
      else if (call === 3) first.resolve();
    };
    expect(await seen('together', bench)).toEqual([
      expect.arrayContaining(['double(1)#0 = 2', 'double(2)#0 = 4', 'double(3)#0 = 6']),
    ]);
    const [order] = await seen('together', bench);
    expect(order).toHaveLength(3);
  });

  test('T1: the loser of a race is no observation, but an impurity, and is given up', async () => {
    const bench = engine();
    bench.beforeReply = ({ call }) => (call === 2 ? new Promise(() => undefined) : Promise.resolve());
    const ended = await bench.ended('racing');
    expect(ended.waves.map((wave) => wave.map(describeObservation))).toEqual([['double(1)#0 = 2']]);
    expect(ended.impurities).toEqual([{ kind: 'open-call', what: 'src/main.ts#double' }]);
    expect(bench.abandoned).toEqual(['src/main.ts#racing 2']);
  });

  test('T1: a map of a task is one observation', async () => {
    const { waves: cut } = await engine().ended('mapWaves');
    const numbers = (list: readonly number[]): Uint8Array => packDigests(list.map(valueDigest));
    const map: MapObservation = {
      kind: 'map',
      task: 'src/main.ts#double' as never,
      inputs: numbers([1, 2, 3]),
      outcomes: numbers([2, 4, 6]),
      concurrency: 2,
      settled: false,
    };
    expect(cut.map((wave) => wave.map(plain))).toEqual([
      [expect.objectContaining({ kind: 'call' })],
      [plain(map)],
      [expect.objectContaining({ kind: 'call' })],
    ]);
  });

  test('T1: an item of a map that never started has no outcome', async () => {
    const { waves: cut } = await engine().ended('mapFailing');
    const map = cut.flat().find((it) => it.kind === 'map') as MapObservation;
    const last = [...map.outcomes.subarray(-40)];
    expect(last).toEqual(Array.from({ length: 40 }, () => 0));
  });

  test('O6: a variable is observed in the wave in which it was first read', async () => {
    const { waves: cut, impurities } = await engine().ended('readingVariables');
    expect(cut.map((wave) => wave.map(describeObservation))).toEqual([
      ['MODEL = large'],
      ['double(1)#0 = 2', 'NOT_SET = nothing'],
      ['double(2)#0 = 4'],
    ]);
    expect(impurities).toEqual([{ kind: 'module-state', what: 'process.env.WRITTEN' }]);
  });

  test('O8: reading run, action or attempt of the context is an impurity', async () => {
    const { impurities } = await engine().ended('readingContext');
    expect(impurities.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'context run',
      'context action',
      'context attempt',
    ]);
    expect(impurities[0]?.at).toContain('main.mjs'.replace('main', ''));
  });

  test('a call that overrides options says so in its observation', async () => {
    const { waves: cut } = await engine().ended('overriding');
    const overridden = cut.flat().filter((it) => (it as CallObservation).override !== undefined);
    expect(overridden).toHaveLength(1);
  });
}

function surroundings(engine: Engines, shop: () => Workshop): void {
  test('O6: the environment is made, not inherited', async () => {
    const seen = (await engine().run('surroundings')) as Record<string, unknown>;
    expect(seen).toMatchObject({
      home: '/home/somebody',
      zone: 'UTC',
      offset: 0,
      ci: 'absent',
      cwd: shop().root,
      names: ['HOME', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ'],
    });
    expect(seen['subprocess']).toEqual(expect.arrayContaining(['HOME', 'TZ']));
    expect(seen['subprocess']).not.toContain('CI');
  });

  test('O6: declared variables are there, by value and by name', async () => {
    expect(await engine().run('declared')).toEqual(['slow', 'not set', true]);
  });

  test('O7: a secret is in its action alone, and leaves neither in results nor in logs', async () => {
    const bench = engine();
    expect(await bench.run('secretive', 'length')).toBe(14);
    expect(bench.log.map(({ text }) => text)).toEqual(['the token is [TOKEN]\n']);
    await expect(bench.run('secretive', 'leak')).rejects.toMatchObject({ path: 'result[0]' });
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
    expect(await bench.run('fileCaller')).toEqual(['hello.txt', 'hello there', ['a.txt', 'b/c.txt']]);
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

function loading(at: () => { readonly shop: Workshop; readonly executor: Executor }): void {
  test('a bundle that throws while it loads is a failure with the author’s error', async () => {
    const { shop, executor } = at();
    const broken = shop.bundle([], `throw new RangeError('no such model');`);
    const table = await executor.load(broken);
    expect(table).toMatchObject({
      ok: false,
      failure: { code: 'task-load-failed', headline: `'src/main.ts' does not load` },
    });
    expect(table.ok ? [] : table.failure.facts[0]).toEqual(['error', 'RangeError: no such model']);
  });
}

function valueDigest(value: unknown): Digest {
  return inputDigest(encode(value));
}

const KNOWN = new Map<Digest, string>(
  [1, 2, 3, 4, 6, 'large'].map((value) => [valueDigest(value), String(value)]),
);

function describeObservation(observation: Observation): string {
  const named = (digest: Digest | null): string =>
    digest === null ? 'nothing' : (KNOWN.get(digest) ?? digest);
  if (observation.kind === 'variable') return `${observation.name} = ${named(observation.digest)}`;
  if (observation.kind !== 'call') return observation.kind;
  const { task, inputs, count, outcome } = observation;
  return `${task.split('#')[1]}(${inputs.map(named).join()})#${count} = ${named(outcome)}`;
}

/** Byte strings as arrays: they may come as views of other classes. */
function plain(observation: Wave[number]): unknown {
  return Object.fromEntries(
    Object.entries(observation).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Uint8Array ? [...value] : value,
    ]),
  );
}

function decodeText(result: { readonly outcome: { readonly kind: string } }): string {
  const { outcome } = result as { outcome: { value?: { bytes: Uint8Array } } };
  return Buffer.from(outcome.value?.bytes ?? []).toString('latin1');
}
