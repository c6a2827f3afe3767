import { describe, expect, it } from 'vitest';
import { MemoryBlobs } from '@skein/store';
import type { TaskId, TaskOptions } from '@skein/model';
import { decodeSummary } from '@skein/model';
import {
  Outside,
  type Program,
  type RunSettings,
  type ScriptedRun,
  Thrown,
  runScripted,
} from '../test/scripted.ts';
import { WatchedTraces } from '../test/watched-traces.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };
const VERSION: Partial<TaskOptions> = {
  cache: { mode: 'version', version: '1', ignoredInputs: [] },
};

interface Kept {
  readonly traces: WatchedTraces;
  readonly blobs: MemoryBlobs;
}

function stores(): Kept {
  return { traces: new WatchedTraces(), blobs: new MemoryBlobs() };
}

function run(program: Program, kept: Kept, settings: RunSettings = {}): Promise<ScriptedRun> {
  return runScripted(program, kept, { entry: 'main', summaryFrom: 2, ...settings });
}

/** Tasks of which an action has a summary, with how many actions it answers for. */
function summarised(program: Program, { traces }: Kept): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const task of Object.keys(program)) {
    for (const key of traces.keysOfTask(task as TaskId)) {
      const body = traces.summaryOf(key);
      const summary = body === undefined ? undefined : decodeSummary(body);
      if (summary === undefined) continue;
      const actions = summary.tasks.reduce((sum, one) => sum + one.actions, 1);
      found[task] = [...(found[task] ?? []), actions];
    }
  }
  return found;
}

async function summariesOf(program: Program, settings: RunSettings = {}): Promise<unknown> {
  const kept = stores();
  await run(program, kept, settings);
  return summarised(program, kept);
}

const LEAF = {
  code: '1',
  body: (_, item: number) => Promise.resolve(item),
} satisfies Program[string];

function caller(task: string, width = 3): Program[string] {
  return {
    code: '1',
    options: AUTO,
    body: async (script) => {
      for (let item = 0; item < width; item += 1) await script.call(task, item);
      return width;
    },
  };
}

describe('which actions get a summary', () => {
  it('T6: what is not cached beneath keeps everything above from having one', async () => {
    const program: Program = {
      main: { ...caller('middle', 1) },
      middle: { code: '1', body: (script) => script.call('part') },
      part: { code: '1', body: async (on) => [await on.call('now'), await on.call('sure')] },
      now: { ...LEAF, options: OFF },
      sure: { code: '1', body: async (on) => [await on.call('leaf', 1), await on.call('leaf', 2)] },
      leaf: LEAF,
    };
    expect(await summariesOf(program)).toEqual({ sure: [3] });
  });

  it('T6: nor does one whose call left no trace, failed for a system fault or wrote', async () => {
    const untraceable: Program = {
      main: caller('leaf'),
      leaf: {
        code: '1',
        body: (script) => {
          script.untraceable('a file changed while it was read');
          return Promise.resolve(1);
        },
      },
    };
    expect(await summariesOf(untraceable)).toEqual({});
  });

  it('T4 T6: caught failures beneath are part of it, and a failure has none itself', async () => {
    const failing = { code: '1', body: () => Promise.reject(new Thrown('no')) };
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (on) => {
          await on.call('broken').catch(() => undefined);
          return 1;
        },
      },
      broken: { code: '1', body: async (on) => [await on.call('leaf', 1), await on.call('fails')] },
      fails: failing,
      leaf: LEAF,
    };
    const kept = stores();
    await run(program, kept);
    expect(summarised(program, kept)).toEqual({ main: [4] });
    expect((await run(program, kept)).executions).toEqual([]);
  });

  it('T1 T6: a map of many items is beneath its caller, whole', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (on) => on.map('leaf', [1, 2, 3, 4, 5], 2) },
      leaf: LEAF,
    };
    expect(await summariesOf(program)).toEqual({ main: [6] });
  });

  it('Q4 T6: below a version only its string and its options count', async () => {
    const outside = new Outside([['data', 'a']]);
    const program: Program = {
      main: { ...caller('vouched') },
      vouched: { code: '1', options: VERSION, body: (on, _item: number) => on.call('now') },
      now: { code: '1', options: OFF, body: (on) => Promise.resolve(on.read('data')) },
    };
    const kept = stores();
    await run(program, kept, { outside });
    expect(summarised(program, kept)).toEqual({ main: [4] });
    outside.files.set('data', 'b');
    const edited = { ...program, now: { ...LEAF, code: '2' } };
    kept.traces.asked = 0;
    expect((await run(edited, kept, { outside })).executions).toEqual([]);
    expect(kept.traces.asked).toBe(1);
    const options: Partial<TaskOptions> = {
      cache: { mode: 'version', version: '2', ignoredInputs: [] },
    };
    const raised: Program = { ...program, vouched: { ...caller('now', 1), options } };
    expect((await run(raised, kept, { outside })).executions).toContain('vouched()');
  });

  it('T6: a thing that was seen in two states leaves none', async () => {
    const outside = new Outside([['data', 'a']]);
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (on) => {
          const before = await on.call('read', 1);
          outside.files.set('data', 'b');
          return [before, await on.call('read', 2)];
        },
      },
      read: { code: '1', body: (on, _item: number) => Promise.resolve(on.read('data')) },
    };
    expect(await summariesOf(program, { outside })).toEqual({});
  });

  it('T6: in a chain of callers only those get one that answer for twice as many', async () => {
    const depth = 50;
    const chain = Object.fromEntries(
      Array.from({ length: depth }, (_, at) => [
        at === 0 ? 'main' : `link${at}`,
        caller(at === depth - 1 ? 'many' : `link${at + 1}`, 1),
      ]),
    );
    const program: Program = {
      ...chain,
      many: { code: '1', body: (on, _item: number) => on.map('leaf', [...Array(400).keys()]) },
      leaf: LEAF,
    };
    expect(await summariesOf(program)).toEqual({ main: [451], many: [401] });
  });

  it('T6: parts that share most of what is beneath cost bounded work', async () => {
    const layers = 40;
    const pair = (next: string): Program[string] => ({
      code: '1',
      body: async (on, side: number) => {
        await on.call(next, 0);
        await on.call(next, 1);
        return side;
      },
    });
    const program: Program = {
      main: caller('layer0', 2),
      ...Object.fromEntries(
        Array.from({ length: layers }, (_, at) => [
          `layer${at}`,
          pair(at === layers - 1 ? 'wide' : `layer${at + 1}`),
        ]),
      ),
      wide: {
        code: '1',
        body: async (on) => (await on.map('leaf', [...Array(300).keys()])).length,
      },
      leaf: LEAF,
    };
    const kept = stores();
    await run(program, kept);
    expect(kept.traces.summaries).toBeLessThan(8);
    kept.traces.asked = 0;
    expect((await run(program, kept)).executions).toEqual([]);
    expect(kept.traces.asked).toBe(1);
  });
});

describe('logs of worker processes', () => {
  const retaining: Program = {
    main: {
      ...caller('first', 1),
      body: async (on) => [await on.call('first', 0), await on.call('second', 0)],
    },
    first: {
      code: '1',
      retains: true,
      body: (on, item: number) =>
        Promise.resolve(on.keep('stop', () => on.read('stop')) + `${item}`),
    },
    second: {
      code: '1',
      retains: true,
      body: (on, item: number) =>
        Promise.resolve(on.keep('stop', () => on.read('stop')) + `${item}`),
    },
  };

  it('O3 T6: what another action of the process read is observed by the tree', async () => {
    const outside = new Outside([['stop', 'words']]);
    const kept = stores();
    await run(retaining, kept, { outside });
    kept.traces.asked = 0;
    expect((await run(retaining, kept, { outside })).executions).toEqual([]);
    expect(kept.traces.asked).toBe(1);
    outside.files.set('stop', 'others');
    const after = await run(retaining, kept, { outside });
    expect(after.executions).toEqual(expect.arrayContaining(['first(0)', 'second(0)']));
  });

  it('O3 T6: a call in a log that was made outside the tree leaves it without one', async () => {
    const memoised: Program = {
      main: {
        code: '1',
        body: async (on) => [await on.call('outside'), await on.call('inside')],
      },
      outside: {
        code: '1',
        options: AUTO,
        retains: true,
        body: (on) => on.keep('model', () => on.call('load')),
      },
      inside: {
        code: '1',
        options: AUTO,
        retains: true,
        body: async (on) => [
          await on.keep('model', () => on.call('load')),
          await on.call('leaf', 1),
        ],
      },
      load: { ...LEAF, body: () => Promise.resolve('model') },
      leaf: LEAF,
    };
    expect(await summariesOf(memoised)).toEqual({ outside: [2] });
  });

  it('O3 T6: nor does a call prove anything of itself', async () => {
    const program: Program = {
      main: {
        code: '1',
        body: async (on) => [await on.call('uncached'), await on.call('cached')],
      },
      uncached: { code: '1', options: OFF, retains: true, body: (on) => on.call('part', 1) },
      cached: { code: '1', options: AUTO, body: (on) => on.call('part', 1) },
      part: { code: '1', body: (on, item: number) => on.call('leaf', item) },
      leaf: LEAF,
    };
    expect(await summariesOf(program)).toEqual({});
  });

  it('O3 T6: one that was made inside is fine', async () => {
    const memoised: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (on) => [await on.call('part', 1), await on.call('part', 2)],
      },
      part: {
        code: '1',
        retains: true,
        body: async (on, item: number) => [item, await on.keep('model', () => on.call('load'))],
      },
      load: { ...LEAF, body: () => Promise.resolve('model') },
    };
    expect(await summariesOf(memoised)).toMatchObject({ main: [4] });
  });
});

describe('runs that keep none', () => {
  it('T6: a run that leaves no traces leaves no summaries', async () => {
    expect(await summariesOf({ main: caller('leaf'), leaf: LEAF }, { readOnly: true })).toEqual({});
  });

  it('T6: a run that was cancelled keeps none', async () => {
    const kept = stores();
    let cancel = (): void => undefined;
    const program: Program = {
      main: {
        code: '1',
        body: async (on) => {
          const value = await on.call('part');
          cancel();
          return value;
        },
      },
      part: caller('leaf'),
      leaf: LEAF,
    };
    await run(program, kept, { begun: (stop) => (cancel = stop) });
    expect(kept.traces.summaries).toBe(0);
  });
});
