import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { environment } from './environment.ts';
import type { ActionScope, Host, ScopedCall, ScopedMap } from './host.ts';
import { setHost } from './host.ts';
import { map } from './map.ts';
import type { MapOptions } from './map-options.ts';
import { invoke } from './task.ts';

const env = environment({ name: 'main' });
const double = env.task(async (n: number) => n * 2);

afterEach(() => setHost(undefined));

/** Lets everything run that is due without waiting for anything outside. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

interface Recorded {
  readonly maps: ScopedMap[];
  readonly calls: ScopedCall[];
}

/** A scope that answers by running the function, and keeps what it was asked. */
function recordingScope(): Recorded {
  const recorded: Recorded = { maps: [], calls: [] };
  const scope: Partial<ActionScope> = {
    call: (request) => {
      recorded.calls.push(request);
      return invoke(request.task, request.args);
    },
    map: (request) => {
      recorded.maps.push(request);
      return Promise.all(request.items.map((item) => invoke(request.task, [item])));
    },
  };
  setHost({ scope: () => scope as ActionScope, files: {} as Host['files'] });
  return recorded;
}

/** A function whose calls end when the test says so. */
function gated() {
  const started: number[] = [];
  const gates = new Map<number, PromiseWithResolvers<string>>();
  const fn = (item: number): Promise<string> => {
    started.push(item);
    const gate = Promise.withResolvers<string>();
    gates.set(item, gate);
    return gate.promise;
  };
  const open = (item: number): void => gates.get(item)?.resolve(`r${item}`);
  const fail = (item: number): void => gates.get(item)?.reject(new Error(`e${item}`));
  return { fn, started, open, fail };
}

function* numbers(count: number, seen: string[] = []): Generator<number> {
  try {
    for (let n = 0; n < count; n += 1) yield n;
  } finally {
    seen.push('closed');
  }
}

describe('T1: one bulk request', () => {
  test('for a task over an array that is awaited', async () => {
    const recorded = recordingScope();
    expect(await map(double, [1, 2, 3])).toEqual([2, 4, 6]);
    expect(recorded.calls).toEqual([]);
    expect(recorded.maps).toMatchObject([
      { items: [1, 2, 3], override: undefined, options: { concurrency: 64, settled: false } },
    ]);
  });

  test('for a synchronous iterable, read to its end first', async () => {
    const recorded = recordingScope();
    expect(await map(double, numbers(3), { concurrency: 2 })).toEqual([0, 2, 4]);
    expect(recorded.maps).toMatchObject([{ items: [0, 1, 2], options: { concurrency: 2 } }]);
  });

  test('returned from an async function, within Promise.all, or with then', async () => {
    const recorded = recordingScope();
    const returned = async (): Promise<number[]> => map(double, [1]);
    await returned();
    await Promise.all([map(double, [2]), map(double, [3])]);
    await map(double, [4]).then((rows) => rows.length);
    await map(double, [5]).finally(() => undefined);
    expect(recorded.maps.map(({ items }) => items)).toEqual([[1], [2], [3], [4], [5]]);
    expect(recorded.calls).toEqual([]);
  });

  test('with the overridden options of the task', async () => {
    const recorded = recordingScope();
    await map(double.override({ retries: 3 }), [1]);
    expect(recorded.maps[0]?.override?.options).toMatchObject({ retries: { count: 3 } });
  });

  test('not at all where there is no item', async () => {
    const recorded = recordingScope();
    expect(await map(double, [])).toEqual([]);
    expect(recorded).toEqual({ maps: [], calls: [] });
  });

  test('iterated after it was awaited: the same results again', async () => {
    recordingScope();
    const mapped = map(double, [1, 2]);
    expect(await mapped).toEqual([2, 4]);
    expect(await Array.fromAsync(mapped)).toEqual([2, 4]);
    expect(await Array.fromAsync(mapped)).toEqual([2, 4]);
  });
});

describe('T1: ordinary calls', () => {
  const forms: [form: string, use: () => Promise<unknown>][] = [
    ['a function', () => map(async (n: number) => double(n), [1, 2])],
    [
      'an async iterable',
      () =>
        map(
          double,
          (async function* () {
            yield* [1, 2];
          })(),
        ),
    ],
    ['a map that is iterated', () => Array.fromAsync(map(double, [1, 2]))],
    [
      'a map that is awaited later',
      async () => {
        const mapped = map(double, [1, 2]);
        await settle();
        return await mapped;
      },
    ],
  ];
  test.each(forms)('for %s', async (_form, use) => {
    const recorded = recordingScope();
    expect(await use()).toEqual([2, 4]);
    expect(recorded.maps).toEqual([]);
    expect(recorded.calls.map(({ args }) => args)).toEqual([[1], [2]]);
  });
});

describe('X6', () => {
  test('the item alone is passed', async () => {
    const lengths = map(async (...args: [string]) => args.length, ['a', 'b']);
    expect(await lengths).toEqual([1, 1]);
  });

  test('it starts at once, and until consumed runs at most `concurrency` ahead', async () => {
    const { fn, started, open } = gated();
    const mapped = map(fn, numbers(10), { concurrency: 3 });
    await settle();
    expect(started).toEqual([0, 1, 2]);
    [0, 1, 2].forEach(open);
    await settle();
    expect(started).toEqual([0, 1, 2]);
    const rows = mapped[Symbol.asyncIterator]();
    expect(await rows.next()).toEqual({ done: false, value: 'r0' });
    await settle();
    expect(started).toEqual([0, 1, 2, 3]);
    open(3);
    await rows.return?.();
    expect(started).toEqual([0, 1, 2, 3]);
  });

  test('a slow first item holds the window if iterated, not if awaited', async () => {
    const awaited = gated();
    const rows = map(awaited.fn, numbers(5), { concurrency: 2 }).then((all) => all.length);
    await settle();
    for (const n of [1, 2, 3, 4]) {
      awaited.open(n);
      await settle();
    }
    expect(awaited.started).toEqual([0, 1, 2, 3, 4]);
    awaited.open(0);
    expect(await rows).toBe(5);

    const iterated = gated();
    const iterator = map(iterated.fn, numbers(5), { concurrency: 2 })[Symbol.asyncIterator]();
    const first = iterator.next();
    await settle();
    iterated.open(1);
    await settle();
    expect(iterated.started).toEqual([0, 1]);
    iterated.open(0);
    expect(await first).toEqual({ done: false, value: 'r0' });
    void iterator.return?.();
  });

  test('when an item fails no further one starts, and those in flight end', async () => {
    const { fn, started, open, fail } = gated();
    const closed: string[] = [];
    const ended: string[] = [];
    const rows = map(fn, numbers(10, closed), { concurrency: 3 });
    const watched = rows.then(
      () => ended.push('resolved'),
      (error: Error) => ended.push(error.message),
    );
    await settle();
    fail(2);
    await settle();
    expect({ started, ended, closed }).toEqual({
      started: [0, 1, 2],
      ended: [],
      closed: ['closed'],
    });
    fail(1);
    open(0);
    await watched;
    expect({ started, ended }).toEqual({ started: [0, 1, 2], ended: ['e1'] });
  });

  test('iterated, what came before the failed item is handed over first', async () => {
    const seen: unknown[] = [];
    const mapped = map(
      async (n: number) => {
        if (n >= 2) throw new Error(`e${n}`);
        return n;
      },
      [0, 1, 2, 3],
    );
    await expect(
      (async () => {
        for await (const n of mapped) seen.push(n);
      })(),
    ).rejects.toThrow('e2');
    expect(seen).toEqual([0, 1]);
  });

  test('`settled` gives every outcome, and nothing stops it', async () => {
    const fn = async (n: number): Promise<number> => {
      if (n === 1) throw new Error('one');
      return n;
    };
    const outcomes = [
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: new Error('one') },
      { status: 'fulfilled', value: 2 },
    ];
    expect(await map(fn, [0, 1, 2], { settled: true, concurrency: 1 })).toEqual(outcomes);
    expect(await Array.fromAsync(map(fn, [0, 1, 2], { settled: true }))).toEqual(outcomes);
  });

  test('an error of the source rejects once those in flight ended, `settled` too', async () => {
    const broken = function* (): Generator<number> {
      yield 1;
      throw new Error('source');
    };
    const fn = async (n: number): Promise<number> => n;
    await expect(map(fn, broken())).rejects.toThrow('source');
    await expect(map(fn, broken(), { settled: true })).rejects.toThrow('source');
    const seen: number[] = [];
    const iterate = async (): Promise<void> => {
      for await (const n of map(fn, broken())) seen.push(n);
    };
    await expect(iterate()).rejects.toThrow('source');
    expect(seen).toEqual([1]);
  });

  test('a source that never gives its next item does not hide a failure', async () => {
    const endless: AsyncIterable<number> = {
      async *[Symbol.asyncIterator]() {
        yield 1;
        await new Promise(() => undefined);
      },
    };
    const fails = async (): Promise<never> => {
      throw new Error('item');
    };
    await expect(map(fails, endless)).rejects.toThrow('item');
  });

  test('leaving the iteration starts nothing more and closes the source', async () => {
    const closed: string[] = [];
    const seen: number[] = [];
    const fn = async (n: number): Promise<number> => n;
    for await (const n of map(fn, numbers(100, closed), { concurrency: 2 })) {
      seen.push(n);
      if (n === 3) break;
    }
    expect({ seen, closed }).toEqual({ seen: [0, 1, 2, 3], closed: ['closed'] });
  });

  test('it is iterated once, and leaves no array behind', async () => {
    const mapped = map(async (n: number) => n, [1, 2]);
    expect(await Array.fromAsync(mapped)).toEqual([1, 2]);
    expect(() => mapped[Symbol.asyncIterator]()).toThrow(TypeError);
    await expect(mapped).rejects.toThrow('handed over one by one');
  });

  test('a failure is an unhandled rejection only if nobody asked about it', async () => {
    const unhandled: unknown[] = [];
    const fails = async (): Promise<never> => {
      throw new Error('unseen');
    };
    const others = process.rawListeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => unhandled.push(reason));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await expect(Array.fromAsync(map(fails, [1]))).rejects.toThrow('unseen');
    await turn();
    expect(unhandled).toEqual([]);
    void map(fails, [1]);
    await turn();
    expect(unhandled).toEqual([new Error('unseen')]);
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other as () => void);
  });

  test('outside a run it calls tasks and functions alike', async () => {
    expect(await map(double, new Set([1, 2]))).toEqual([2, 4]);
    expect(await map(async (c: string) => c, 'abc')).toEqual(['a', 'b', 'c']);
  });

  test('O9: its calls belong to the action that called it', async () => {
    const present = new AsyncLocalStorage<ActionScope>();
    setHost({ scope: () => present.getStore(), files: {} as Host['files'] });
    const seen: Record<string, unknown[]> = { a: [], b: [] };
    const actionOf = (name: string): Promise<unknown[]> => {
      const scope: Pick<ActionScope, 'call'> = {
        call: async ({ args }) => seen[name]?.push(args[0]),
      };
      const rows = (): Promise<unknown[]> =>
        Array.fromAsync(map(double, [1, 2, 3], { concurrency: 1 }));
      return present.run(scope as ActionScope, rows);
    };
    await Promise.all([actionOf('a'), actionOf('b')]);
    expect(seen).toEqual({ a: [1, 2, 3], b: [1, 2, 3] });
  });

  test('O9: inside a worker but in no action, its calls are refused', async () => {
    setHost({ scope: () => undefined, files: {} as Host['files'] });
    await expect(map(double, [1])).rejects.toMatchObject({
      failure: { code: 'call-outside-action' },
    });
  });

  test('a bad concurrency, or another option, is an error', () => {
    const fn = async (n: number): Promise<number> => n;
    for (const concurrency of [0, -1, 1.5, NaN, Infinity, '4', null]) {
      const options = { concurrency } as unknown as MapOptions;
      expect(() => map(fn, [1], options)).toThrow("option 'concurrency' of map");
    }
    expect(() => map(fn, [1], { limit: 3 } as MapOptions)).toThrow("option 'limit' of map");
    expect(() => map(fn, 3 as unknown as number[])).toThrow(TypeError);
    expect(() => map(3 as unknown as typeof fn, [1])).toThrow(TypeError);
  });
});
