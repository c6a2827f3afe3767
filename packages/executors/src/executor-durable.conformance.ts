import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encode, inputDigest, unpackDigests } from '@skein/values';
import { openWorkshop } from '../test/bundle.ts';
import type { Workshop } from '../test/bundle.ts';
import { DURABLE_NAMES, DURABLE_SOURCE } from '../test/durable-pipeline.ts';
import { FakeEngine, FakeRecord, reveal } from '../test/engine.ts';
import type { Ended } from '../test/engine.ts';
import type { BundleLocation, Executor } from './executor.ts';
import { termsOf } from './executor.conformance.ts';
import type { Subject } from './executor.conformance.ts';

const FILES = ['a.txt', 'b.txt', 'c.txt', 'epoch-0', 'epoch-1', 'epoch-2', 'epoch-3'];

interface Bench {
  readonly engine: FakeEngine;
  readonly record: FakeRecord;
  readonly shop: Workshop;
  /** One attempt of an action that has this record. */
  readonly attempt: (task: string, ...args: readonly unknown[]) => Promise<Ended>;
  readonly run: (task: string, ...args: readonly unknown[]) => Promise<unknown>;
}

/** How checkpoints, snapshots and `durable` work, whatever an executor runs actions in. */
export function durableConformance(subject: Subject): void {
  const { name, create } = subject;
  describe(`the ${name} executor`, () => {
    let shop: Workshop;
    let executor: Executor;
    let bundle: BundleLocation;

    beforeAll(() => {
      shop = openWorkshop();
      bundle = shop.bundle(DURABLE_NAMES, DURABLE_SOURCE);
      for (const name of FILES) writeFileSync(join(shop.root, name), `${name}!`);
      subject.furnished?.(shop.root);
      const environment = { PATH: process.env['PATH'], TOKEN: 'hunter2hunter2' };
      executor = create({ state: shop.state, environment, warn: () => undefined });
    });

    afterAll(async () => {
      await executor.close();
      shop.remove();
    });

    const bench = (): Bench => {
      const engine = new FakeEngine(executor, bundle, termsOf(subject));
      const record = new FakeRecord();
      const attempt: Bench['attempt'] = async (task, ...args) => {
        const result = await engine.attempt(task, args, { record });
        if (result.kind !== 'ended') throw new Error(`not ended: ${JSON.stringify(result)}`);
        return result;
      };
      const run: Bench['run'] = async (task, ...args) =>
        reveal((await attempt(task, ...args)).outcome);
      return { engine, record, shop, attempt, run };
    };
    replay(bench);
    refusals(bench);
    observations(bench);
    snapshots(bench);
    durables(bench);
  });
}

type Benches = () => Bench;

function replay(bench: Benches): void {
  test('R4 PARITY 18: undefined, null, 0, "" and false replay like any value', async () => {
    const { run, engine } = bench();
    await expect(run('falsy', true)).rejects.toThrow('after');
    expect(engine.log).toHaveLength(5);
    expect(await run('falsy', false)).toEqual([undefined, null, 0, '', false]);
    expect(engine.log).toHaveLength(5);
  });

  test('R4: two branches at once with the same arguments have records of their own', async () => {
    const { run, record } = bench();
    const first = await run('branches');
    expect(await run('branches')).toEqual(first);
    expect(new Set(first as number[]).size).toBe(3);
    expect(record.names.toSorted()).toEqual(['tick 0', 'tick 0', 'tick 1']);
  });

  test('R4 V4: arguments and results are copies, the first time too', async () => {
    const { run } = bench();
    const copied = { mine: ['mine'], got: ['mine', 'inside'], same: false };
    expect([await run('copying'), await run('copying')]).toEqual([copied, copied]);
  });

  test('R4: a call inside a checkpoint is one of that call, and moves no other count', async () => {
    const { run, record } = bench();
    const first = await run('nesting');
    expect(await run('nesting')).toEqual(first);
    expect(record.names).toEqual(['inner 0', 'inner 1', 'outer 0', 'inner 0']);
  });

  test('R4 R6: a recoverable error is not recorded, and its checkpoint runs again', async () => {
    const { run, record, engine } = bench();
    const passing = [false, true, 'passing', undefined];
    expect([await run('catching', 'passing'), await run('catching', 'passing')]).toEqual([
      passing,
      passing,
    ]);
    expect([record.names, engine.log.length]).toEqual([[], 2]);
  });

  test('R4 X7: a NonRecoverableError replays, by its very class', async () => {
    const { run, record, engine } = bench();
    const lasting = [true, false, 'gone', 7];
    expect([await run('catching', 'lasting'), await run('catching', 'lasting')]).toEqual([
      lasting,
      lasting,
    ]);
    expect([record.names, engine.log.length]).toEqual([['fragile 0'], 1]);
  });

  test('R4 V6: files of a result are in an artifact, and come back from it', async () => {
    const { run, record, engine, shop } = bench();
    expect(await run('filing')).toBe('content of a.txt');
    const outcome = record.ended[0]?.outcome;
    if (outcome?.kind !== 'result' || outcome.artifact === undefined) throw new Error('no files');
    for (const file of unpackDigests(outcome.files ?? new Uint8Array())) {
      engine.artifacts.set(file, outcome.artifact);
    }
    // The folder itself stays: a process may look into that very one.
    const files = join(shop.state, 'files');
    for (const name of readdirSync(files)) {
      await rm(join(files, name), { recursive: true, force: true });
    }
    expect(await run('filing')).toBe('content of a.txt');
    expect(record.names).toEqual(['filed 0']);
  });

  test('D1: the caller goes on only when the checkpoint is on record', async () => {
    const { run, record, engine } = bench();
    const { promise, resolve } = Promise.withResolvers<void>();
    record.beforeRecorded = () => promise;
    const done = run('falsy', false);
    await engine.when(() => record.ended.length === 1);
    expect(engine.log).toHaveLength(1);
    resolve();
    expect(await done).toEqual([undefined, null, 0, '', false]);
  });
}

function refusals(bench: Benches): void {
  test('R4: nothing that a replay would not do again is done in a checkpoint', async () => {
    const { run, engine } = bench();
    expect(await run('refusing')).toEqual(Array.from({ length: 4 }, () => 'call-in-checkpoint'));
    expect(engine.log).toEqual([]);
  });

  test('O7: a secret enters neither checkpoint nor snapshot', async () => {
    const { run, record } = bench();
    expect(await run('leaking', 'checkpoint')).toBe('checkpoint leak.token');
    expect(await run('leaking', 'argument')).toBe('checkpoint give arguments[0][0]');
    expect(await run('leaking', 'snapshot')).toBe('snapshot.token');
    expect([record.ended, record.saved]).toEqual([[], []]);
  });

  test('V2: what no value can hold is refused with its path', async () => {
    expect(await bench().run('refusedValue')).toBe('checkpoint unencodable.items[0]');
  });
}

function observations(bench: Benches): void {
  const filesOf = ({ waves }: Pick<Ended, 'waves'>): readonly string[] =>
    waves.flat().flatMap((seen) => (seen.kind === 'file' ? [seen.path] : []));

  test('R4 P1: what a checkpoint observed then is observed by the attempt it answers', async () => {
    const { attempt, record } = bench();
    const first = await attempt('reading');
    const second = await attempt('reading');
    expect(record.ended).toHaveLength(2);
    expect(filesOf(first).toSorted()).toEqual(['a.txt', 'b.txt']);
    expect(filesOf(second).toSorted()).toEqual(['a.txt', 'b.txt']);
    expect(new Set(second.waves.flat())).toEqual(new Set(first.waves.flat()));
  });

  test('O9: bodies that run at once do not mix', async () => {
    const { attempt, record } = bench();
    await attempt('reading');
    const each = record.ended.map(({ observed }) => filesOf(observed).join(' '));
    expect(each.toSorted()).toEqual(['a.txt', 'b.txt']);
  });

  test('R4 P1: a checkpoint observed what those observed that it called', async () => {
    const { attempt, record } = bench();
    const first = await attempt('readingNested');
    expect(record.ended.map(({ observed }) => filesOf(observed))).toEqual([
      ['a.txt'],
      ['c.txt', 'a.txt'],
    ]);
    expect(filesOf(await attempt('readingNested'))).toEqual(filesOf(first));
    record.ended.pop();
    expect(filesOf(await attempt('readingNested'))).toEqual(filesOf(first));
    expect(record.ended.at(-1)?.observed.waves).toEqual(first.waves);
  });

  test('R4 O8: an impurity of then is one of now', async () => {
    const { attempt } = bench();
    const first = await attempt('timed');
    expect(first.impurities).toMatchObject([{ kind: 'clock' }]);
    expect((await attempt('timed')).impurities).toEqual(first.impurities);
  });

  test('R4 O8: and an error where the attempt is strict', async () => {
    const { attempt, engine, record } = bench();
    await attempt('timed');
    const strict = await engine.attempt('timed', [], { record, options: { strict: true } });
    expect(() => reveal((strict as Ended).outcome)).toThrow('Date.now()');
  });

  test('R4 O5: so is a write, and a path in scratch', async () => {
    const { attempt, engine, shop } = bench();
    for (const [task, ...args] of [['written', 'out.txt'], ['scratched']] as const) {
      const { untraceable: first } = await attempt(task, ...args);
      const { untraceable: second } = await attempt(task, ...args);
      expect([typeof first, second]).toEqual(['string', first]);
    }
    // Where the workspace cannot be written, the checkpoint fails, and runs again.
    const times = existsSync(join(shop.root, 'out.txt')) ? 1 : 2;
    expect(engine.written).toEqual(Array.from({ length: times }, () => 'out.txt'));
  });

  test('R4 O3: what was observed then is in the log where it can be kept now', async () => {
    const { attempt, engine } = bench();
    engine.retaining.add('src/main.ts#readingNested');
    await attempt('readingNested');
    const { log } = await attempt('readingNested');
    const logged = engine.logged(log).flatMap((seen) => (seen.kind === 'file' ? seen.path : []));
    expect(logged).toEqual(expect.arrayContaining(['c.txt', 'a.txt']));
  });

  test('R4 O3: what another process had loaded costs the trace', async () => {
    const { attempt, record } = bench();
    await attempt('timed');
    const other = { length: 3, digest: inputDigest(encode('another log')) };
    const [ended] = record.ended;
    if (ended === undefined) throw new Error('nothing recorded');
    record.ended[0] = { ...ended, observed: { ...ended.observed, log: other } };
    expect((await attempt('timed')).untraceable).toMatch(/what another process observed$/);
  });
}

function snapshots(bench: Benches): void {
  test('R5 P1: a loop goes on where it was, and its trace is that of the whole', async () => {
    const { run, attempt, engine, record } = bench();
    await expect(run('train', 2)).rejects.toThrow('stopped');
    expect(engine.log).toHaveLength(2);
    const second = await attempt('train', 0);
    expect(engine.log).toHaveLength(4);
    const whole = await bench().attempt('train', 0);
    expect(reveal(second.outcome)).toEqual(reveal(whole.outcome));
    expect(second.waves).toEqual(whole.waves);
    expect(record.saved).toHaveLength(4);
  });

  test('R5: the last save wins, and is a copy of its moment', async () => {
    const { run } = bench();
    expect(await run('saving')).toEqual([undefined, { n: 1 }, undefined]);
  });

  test('R5 V6: a snapshot may hold files', async () => {
    const { run } = bench();
    await expect(run('savingFile')).rejects.toThrow('stopped');
    expect(await run('savingFile')).toBe('weights');
  });

  test('R5 O8: what was impure before the save is so after the load', async () => {
    const { attempt, record } = bench();
    const { impurities } = await attempt('clockedSaving');
    expect(impurities).toMatchObject([{ kind: 'randomness' }]);
    expect((await attempt('clockedSaving')).impurities).toEqual(impurities);
    expect(record.saved).toHaveLength(1);
  });
}

function durables(bench: Benches): void {
  test('R4 O8 PARITY 10: durable values replay, and are impurities at their line', async () => {
    const { attempt } = bench();
    const first = await attempt('drawing');
    const second = await attempt('drawing');
    const values = reveal(second.outcome) as readonly unknown[];
    expect(values).toEqual(reveal(first.outcome));
    expect(values[1]).not.toBe(values[3]);
    expect(values.map((value) => typeof value)).toEqual(['number', 'number', 'string', 'number']);
    expect(second.impurities).toEqual(first.impurities);
    const at = expect.stringMatching(/^(?:src\/main\.ts|bundle\.mjs):\d+:\d+$/) as unknown;
    expect(first.impurities).toEqual([
      { kind: 'clock', what: 'durable.now', at },
      { kind: 'randomness', what: 'durable.random', at },
      { kind: 'randomness', what: 'durable.uuid', at },
    ]);
  });

  test('O8: a strict task may not draw', async () => {
    const { engine } = bench();
    const result = await engine.attempt('drawing', [], { options: { strict: true } });
    expect(() => reveal((result as Ended).outcome)).toThrow('durable.now');
  });

  test('R4: a sleep records when it ends, and a replay waits for the rest alone', async () => {
    const { engine, record, run } = bench();
    const done = engine.attempt('sleeping', [], { record });
    await engine.when(() => record.ended.length === 1);
    engine.handles.get(1)?.cancel('cancelled');
    expect(await done).toEqual({ kind: 'stopped', reason: 'cancelled' });
    const [ended] = record.ended;
    if (ended?.outcome.kind !== 'result') throw new Error('nothing recorded');
    const bytes = encode(0);
    const outcome = { ...ended.outcome, value: { at: 'inline', bytes } } as const;
    record.ended[0] = { ...ended, outcome };
    expect(await run('sleeping')).toBe('slept');
  });
}
