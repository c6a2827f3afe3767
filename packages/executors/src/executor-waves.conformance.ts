import { expect, test } from 'vitest';
import { encode, inputDigest, packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { CallObservation, MapObservation, Observation, Wave } from '@skein/model';
import type { FakeEngine } from '../test/engine.ts';

type Engines = () => FakeEngine;

/** A test runner that maps stacks itself leaves those of inline actions as they are. */
const LINE = /^(?:src\/main\.ts|bundle\.mjs):\d+:\d+$/;

/** Waves are cut in the order the task saw things (T1). */
export function waves(engine: Engines): void {
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
    const third = Promise.withResolvers<void>();
    bench.beforeReply = async ({ call }) => {
      if (call === 1) await third.promise;
      if (call === 3) third.resolve();
    };
    const [together, ...others] = await seen('together', bench);
    expect(others).toEqual([]);
    expect(together?.toSorted()).toEqual(['double(1)#0 = 2', 'double(2)#0 = 4', 'double(3)#0 = 6']);
    expect(together?.indexOf('double(1)#0 = 2')).toBeGreaterThan(0);
  });

  test('T1: the loser of a race is no observation, but an impurity, and is given up', async () => {
    const bench = engine();
    bench.beforeReply = ({ call }) =>
      call === 2 ? new Promise(() => undefined) : Promise.resolve();
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
}

/** What else an action observes. */
export function observations(engine: Engines): void {
  test('O6: a variable is observed in the wave in which it was first read', async () => {
    const { waves: cut, impurities } = await engine().ended('readingVariables');
    expect(cut.map((wave) => wave.map(describeObservation))).toEqual([
      ['MODEL = large'],
      ['double(1)#0 = 2', 'NOT_SET = nothing'],
      ['double(2)#0 = 4'],
    ]);
    expect(impurities).toEqual([
      { kind: 'module-state', what: 'process.env.WRITTEN', at: expect.stringMatching(LINE) },
    ]);
  });

  test('O8: reading run, action or attempt of the context is an impurity', async () => {
    const { impurities } = await engine().ended('readingContext');
    expect(impurities.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'context context().run',
      'context context().action',
      'context context().attempt',
    ]);
    expect(impurities[0]?.at).toMatch(LINE);
  });

  test('a call that overrides options says so in its observation', async () => {
    const { waves: cut } = await engine().ended('overriding');
    const overridden = cut.flat().filter((it) => (it as CallObservation).override !== undefined);
    expect(overridden).toHaveLength(1);
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
