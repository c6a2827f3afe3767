import { describe, expect, it } from 'vitest';
import type { CachePolicy } from '@skein/model';
import { encodeOverride, parseOverride } from '@skein/sdk';
import { encode } from '@skein/values';
import { goOn, killedAfter } from '../test/resumed.ts';
import { type Body, type Program, Thrown, runScripted } from '../test/scripted.ts';
import type { ScriptedRun } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const CACHED = { cache: { mode: 'auto', ignoredInputs: [] } as CachePolicy };
const OFF = { cache: { mode: 'disable' } as CachePolicy };

/** Each execution draws another number. */
function sampler(): Body {
  let drawn = 0;
  return async () => (drawn += 1);
}

const FAILS: Program[string] = {
  code: 'fails',
  body: async () => {
    throw new Thrown('not yet');
  },
};

/** Collects samples by callers that are told apart by their argument, and fails at the end. */
function sampling(callers: readonly number[], each: number, sample: Body = sampler()): Program {
  return {
    main: {
      code: 'main',
      body: async (script) => {
        const all: unknown[] = [];
        for (const caller of callers) all.push(await script.call('collect', caller));
        await script.call('last');
        return all;
      },
    },
    collect: {
      code: 'collect',
      body: async (script, _caller: number) => {
        const own: unknown[] = [];
        for (let index = 0; index < each; index += 1) own.push(await script.call('sample'));
        return own;
      },
    },
    sample: { code: 'sample', body: sample },
    last: FAILS,
  };
}

const ENDS: Program = { last: { code: 'ends', body: async () => 'done' } };

describe('the counterparts of calls', () => {
  it('R1: five samples are five, and stay those that they were', async () => {
    const before = sampling([1], 5);
    const first = await runScripted(before, stores(), { entry: 'main' });
    const again = await goOn({ ...before, ...ENDS }, [[first, before]]);
    expect(again.value).toEqual([[1, 2, 3, 4, 5]]);
    expect(again.executions).toEqual(['main()', 'last()']);
  });

  it('R1: samples keep their places, whatever of them is missing and how often', async () => {
    let drawn = 0;
    const bad = [3, 6];
    const program: Program = {
      main: {
        code: 'main',
        body: async (script) => {
          const each = async (index: number): Promise<unknown> =>
            script.call('score', index, await script.call('sample'));
          const all = await Promise.allSettled([0, 1, 2, 3, 4].map(each));
          if (all.some(({ status }) => status === 'rejected')) throw new Thrown('not all');
          return all.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
        },
      },
      sample: {
        code: 'sample',
        body: async () => {
          drawn += 1;
          if (bad.includes(drawn)) throw new Thrown('not this time');
          return drawn;
        },
      },
      score: { code: 'score', body: async (_, index: number, value: number) => [index, value] },
    };
    const first = await runScripted(program, stores(), { entry: 'main' });
    const second = await goOn(program, [[first, program]]);
    expect(second.executions).toEqual(['main()', 'sample()']);
    const third = await goOn(program, [
      [second, program],
      [first, program],
    ]);
    expect(third.executions).toEqual(['main()', 'sample()', 'score(2,7)']);
    expect(third.value).toEqual([
      [0, 1],
      [1, 2],
      [2, 7],
      [3, 4],
      [4, 5],
    ]);
  });

  it('R1: where items are inserted, each keeps its own samples, in their order', async () => {
    const drawing = (items: readonly string[], draw: (item: string) => number): Program => ({
      main: {
        code: `main ${items.join(' ')}`,
        body: async (script) => {
          const each = async (item: string): Promise<unknown> => [
            item,
            ...(await Promise.all([0, 1, 2].map(() => script.call('sample', item)))),
          ];
          const all = await Promise.all(items.map(each));
          return [all, await script.call('last')];
        },
      },
      sample: { code: 'sample', body: async (_, item: string) => draw(item) },
      last: FAILS,
    });
    let drawn = 0;
    const before = drawing(['a', 'b'], () => (drawn += 1));
    const first = await runScripted(before, stores(), { entry: 'main' });
    const now = { ...drawing(['x', 'b', 'y', 'a'], () => 0), ...ENDS };
    const again = await goOn(now, [[first, before]]);
    expect(again.value).toEqual([
      [
        ['x', 0, 0, 0],
        ['b', 4, 5, 6],
        ['y', 0, 0, 0],
        ['a', 1, 2, 3],
      ],
      'done',
    ]);
  });

  it('R1: a caller never gets the samples of another living caller', async () => {
    const before = sampling([1, 2], 2);
    const first = await runScripted(before, stores(), { entry: 'main' });
    const now = { ...sampling([3, 2, 1], 2, async () => 0), ...ENDS };
    const again = await goOn(now, [[first, before]]);
    const samples = (again.value as number[][]).flat().filter((sample) => sample > 0);
    expect(new Set(samples).size).toBe(samples.length);
    expect(samples.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });

  it('R1: with other inputs a caller gets what nobody else is entitled to', async () => {
    const before = sampling([1, 2], 2);
    const first = await runScripted(before, stores(), { entry: 'main' });
    const now = { ...sampling([2, 3], 3, async () => 0), ...ENDS };
    const again = await goOn(now, [[first, before]]);
    expect(again.value).toEqual([
      [3, 4],
      [1, 2, 0],
    ]);
    expect(again.executions).toEqual(['main()', 'collect(3)', 'sample()', 'last()']);
  });

  it('R1: the calls of an action that did not end are found again beneath it', async () => {
    const before = sampling([1, 2, 3], 3);
    const first = await runScripted(before, stores(), { entry: 'main' });
    for (let count = 1; count <= first.events.length; count += 1) {
      const { state, stores: kept } = killedAfter(first.events, count);
      const finished = [...state.actions.values()].filter(({ outcome }) => outcome !== undefined);
      const now = { ...sampling([1, 2, 3], 3, sampler()), ...ENDS };
      const run = { ...first, state };
      const again = await goOn(now, [[run, before]], { stores: kept });
      const samples = finished.filter(({ task }) => task === 'sample').length;
      expect(again.executions.filter((name) => name === 'sample()').length).toBe(9 - samples);
    }
  });

  it('R1: where a resume with other inputs dies, its resume still has the first run', async () => {
    for (const cached of [OFF, CACHED]) {
      const before: Program = {
        main: {
          code: 'main',
          options: cached,
          body: async (script, scale: number) => {
            const all: unknown[] = [];
            for (const item of [1, 2, 3, 4]) all.push(await script.call('item', item));
            return [scale, all, await script.call('last')];
          },
        },
        item: { code: 'item', body: async (_, item: number) => item },
        last: FAILS,
      };
      const edited = { ...before, item: { ...before['item'], code: 'edited' } } as Program;
      const first = await runScripted(before, stores(), { entry: 'main', args: [1] });
      const second = await goOn(edited, [[first, before]], { args: [2] });
      expect(second.executions).toEqual(['main(2)', 'last()']);
      for (let count = 1; count <= second.events.length; count += 1) {
        const { state, stores: kept } = killedAfter(second.events, count);
        const chain = [
          [{ ...second, state }, edited],
          [first, before],
        ] as const;
        const third = await goOn({ ...edited, ...ENDS }, chain, { args: [2], stores: kept });
        expect(third.executions).toEqual(['main(2)', 'last()']);
        expect(third.value).toEqual([2, [1, 2, 3, 4], 'done']);
      }
    }
  });

  it('R1 E2: what an earlier resume adopted for one caller goes to no other', async () => {
    const before = sampling([1, 2], 2);
    const first = await runScripted(before, stores(), { entry: 'main' });
    const asked = { ...sampling([3, 4], 3, async () => 0) };
    const second = await goOn(asked, [[first, before]]);
    expect(second.executions.filter((name) => name === 'sample()')).toHaveLength(2);
    const samples = second.events.filter(
      (event) => event.kind === 'action-finished' && event.task === 'sample',
    );
    const [, , , fourth] = samples;
    if (fourth === undefined) throw new Error('six samples are recorded');
    const { state } = killedAfter(second.events, second.events.indexOf(fourth) + 1);
    const chain = [
      [{ ...second, state }, asked],
      [first, before],
    ] as const;
    const third = await goOn({ ...sampling([4, 3], 3, async () => 0), ...ENDS }, chain);
    expect(third.value).toEqual([
      [4, 0, 0],
      [1, 2, 3],
    ]);
  });

  it('R1: the options of a call count as far as the key covers them', async () => {
    const calling = (options: object): Program => ({
      main: {
        code: 'main',
        body: async (script) => {
          const override = encodeOverride(parseOverride(options, 'test'));
          await script.overridden('item', override, 1);
          await script.call('last');
        },
      },
      item: { code: 'item', body: async (_, item: number) => item },
      last: FAILS,
    });
    const adopted = async (before: object, now: object): Promise<number> => {
      const first = await runScripted(calling(before), stores(), { entry: 'main' });
      const again = await goOn(calling(now), [[first, calling(before)]]);
      return again.end.counts.adopted;
    };
    expect(await adopted({ retries: 1 }, { resources: { memory: '1Gi' }, title: 'x' })).toBe(1);
    expect(await adopted({ cache: 'disable' }, {})).toBe(1);
    expect(await adopted({ cache: { version: '1' } }, { cache: { version: '1' } })).toBe(1);
    expect(await adopted({ cache: { version: '1' } }, { cache: { version: '2' } })).toBe(0);
    expect(await adopted({ variables: { A: '1' } }, { variables: { A: '2' } })).toBe(0);
    expect(await adopted({ variables: { A: '1' } }, { variables: { A: '1' } })).toBe(1);
  });

  it('R1: a call that failed and one that was overridden to succeed are two', async () => {
    const before: Program = {
      main: {
        code: 'main',
        options: CACHED,
        body: async (script) => {
          const more = encodeOverride(parseOverride({ resources: { cpu: 2 } }, 'test'));
          const result = await script.call('train').catch(() => {
            return script.overridden('train', more);
          });
          return [result, await script.call('last')];
        },
      },
      train: {
        code: 'train',
        body: (() => {
          let tries = 0;
          return async () => {
            tries += 1;
            if (tries % 2 === 1) throw new Thrown('out of something');
            return `trained at the try ${tries}`;
          };
        })(),
      },
      last: FAILS,
    };
    const first = await runScripted(before, stores(), { entry: 'main' });
    const again = await goOn({ ...before, ...ENDS }, [[first, before]]);
    expect(again.executions).toEqual(['main()', 'train()', 'last()']);
    expect(again.value).toEqual(['trained at the try 2', 'done']);
  });

  it('R1 X8: what a check calls is adopted too, and listed only for who calls it', async () => {
    const program = (end: string): Program => ({
      main: {
        code: 'main',
        body: async (script) => [await script.call('cached'), await script.call('last')],
      },
      cached: { code: 'cached', options: CACHED, body: (script) => script.call('sample') },
      sample: { code: 'sample', options: OFF, body: async () => 'sampled' },
      last: end === 'fails' ? FAILS : { code: 'ends', body: async () => 'done' },
    });
    const kept = stores();
    await runScripted(program('fails'), kept, { entry: 'main' });
    const second = await runScripted(program('fails'), kept, { entry: 'main' });
    expect(second.executions).toEqual(['main()', 'sample()', 'last()']);
    const third = await goOn(program('ends'), [[second, program('fails')]], { stores: kept });
    expect(third.executions).toEqual(['main()', 'last()']);
    expect(third.finished.map(({ task, verdict }) => `${task} ${verdict.kind}`)).toEqual([
      'cached reuse',
      'last execute',
      'main execute',
    ]);
  });

  it('R1: a call of a check that its run did not live to end is found again', async () => {
    const program = (code: string, bad: boolean): Program => ({
      main: {
        code: 'main',
        options: CACHED,
        body: async (script) => {
          const all: unknown[] = [];
          for (const item of [1, 2, 3, 4]) all.push(await script.call('item', item));
          return all;
        },
      },
      item: {
        code,
        body: async (_, item: number) => {
          if (bad && item === 4) throw new Thrown('bad');
          return item;
        },
      },
    });
    const kept = stores();
    await runScripted(program('a', false), kept, { entry: 'main' });
    const second = await runScripted(program('b', true), kept, { entry: 'main' });
    const start = second.events.findIndex(
      (event) => event.kind === 'action-started' && event.action === 5,
    );
    const { state } = killedAfter(second.events, start);
    expect([...state.actions.values()].some(({ task }) => task === 'main')).toBe(false);
    const now = program('c', false);
    const before = [[{ ...second, state }, program('b', true)]] as const;
    const third = await goOn(now, before, { stores: kept });
    expect(third.executions).toEqual(['item(4)']);
    expect(third.value).toEqual([1, 2, 3, 4]);
  });

  it('R1: also where an older run has the caller that the interrupted check was of', async () => {
    const program: Program = {
      main: {
        code: 'main',
        options: CACHED,
        body: async (script) => {
          const all: unknown[] = [];
          for (const item of [1, 2, 3]) all.push(await script.call('item', item));
          return all;
        },
      },
      item: { code: 'item', options: OFF, body: async (_, item: number) => item },
    };
    const kept = stores();
    await runScripted(program, kept, { entry: 'main' });
    const oldest = await runScripted(program, stores(), { entry: 'main' });
    const first = killedAfter(oldest.events, startOf(oldest, 3));
    const old = [{ ...oldest, state: first.state }, program] as const;
    const checked = await goOn(program, [old], { stores: kept });
    const second = killedAfter(checked.events, startOf(checked, 3));
    expect([...second.state.actions.values()].some(({ task }) => task === 'main')).toBe(false);
    const newer = [{ ...checked, state: second.state }, program] as const;
    const last = await goOn(program, [newer, old], { stores: kept });
    expect(last.executions).toEqual(['item(3)']);
    expect(last.value).toEqual([1, 2, 3]);
  });
});

/** Where the events of a run begin the action of this item. */
function startOf({ events }: ScriptedRun, item: number): number {
  const bytes = Buffer.from(encode(item));
  return events.findIndex(
    (event) =>
      event.kind === 'action-started' &&
      event.task === 'item' &&
      event.inputs.some((input) => bytes.equals(input.bytes ?? new Uint8Array())),
  );
}
