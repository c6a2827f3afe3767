import { describe, expect, it } from 'vitest';
import { encode } from '@skein/values';
import { MemoryBlobs } from '@skein/store';
import type { TaskId, TaskOptions } from '@skein/model';
import {
  Outside,
  type Program,
  type RunSettings,
  type ScriptedRun,
  runScripted,
} from '../test/scripted.ts';
import { WatchedTraces } from '../test/watched-traces.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

function aged(maxAgeMs: number): Partial<TaskOptions> {
  return { cache: { mode: 'auto', ignoredInputs: [], maxAgeMs } };
}

interface Kept {
  readonly traces: WatchedTraces;
  readonly blobs: MemoryBlobs;
}

function stores(): Kept {
  return { traces: new WatchedTraces(), blobs: new MemoryBlobs() };
}

/** A run, with how many keys it asked the store for: one where a summary answered at the top. */
async function run(
  program: Program,
  kept: Kept,
  settings: RunSettings & { readonly entry?: string } = {},
): Promise<ScriptedRun & { readonly asked: number }> {
  kept.traces.asked = 0;
  const done = await runScripted(program, kept, { entry: 'main', summaryFrom: 2, ...settings });
  return { ...done, asked: kept.traces.asked };
}

/** `main` calls `middle`, which calls `leaf` for each of its numbers. */
const TREE = {
  main: { code: '1', options: AUTO, body: (script) => script.call('middle', 3) },
  middle: {
    code: '1',
    body: async (script, width: number) => {
      let sum = 0;
      for (let item = 0; item < width; item += 1) {
        sum += (await script.call('leaf', item)) as number;
      }
      return sum;
    },
  },
  leaf: { code: '1', body: (_, item: number) => Promise.resolve(item * 2) },
} satisfies Program;

/** The same, each leaf reading a file of its own. */
const READING: Program = {
  ...TREE,
  leaf: {
    code: '1',
    body: (script, item: number) => Promise.resolve((script.read(`data/${item}`) ?? '').length),
  },
};

function files(): Outside {
  return new Outside([
    ['data/0', 'a'],
    ['data/1', 'bb'],
    ['data/2', 'ccc'],
  ]);
}

/** The leaves are not cached. */
const UNCACHED: Program = { ...TREE, leaf: { ...TREE.leaf, options: OFF } };

describe('what a summary answers', () => {
  it('T6: nothing changed: one look-up answers for the whole tree', async () => {
    const kept = stores();
    const first = await run(TREE, kept);
    const second = await run(TREE, kept);
    expect(first.executions).toHaveLength(5);
    expect([second.executions, second.value, second.asked]).toEqual([[], 6, 1]);
    expect(second.end.counts).toMatchObject({ total: 1, reused: 1 });
  });

  it('T6: each thing that was observed is looked at once, whoever observed it', async () => {
    const kept = stores();
    const outside = files();
    const twice: Program = {
      ...READING,
      main: {
        ...TREE.main,
        body: async (script) => [await script.call('middle', 3), await script.call('middle', 2)],
      },
    };
    await run(twice, kept, { outside });
    const second = await run(twice, kept, { outside });
    expect([second.executions, second.asked]).toEqual([[], 1]);
    expect(second.looked.toSorted()).toEqual(['file data/0', 'file data/1', 'file data/2']);
  });

  it('T6: an action that a walk found gets one, too', async () => {
    const kept = stores();
    await run(TREE, kept, { summaryFrom: Number.POSITIVE_INFINITY });
    const walked = await run(TREE, kept);
    const second = await run(TREE, kept);
    expect(walked.asked).toBeGreaterThan(1);
    expect(second.asked).toBe(1);
  });

  it('T6: beneath a caller that executes, each part that has a summary is answered', async () => {
    const kept = stores();
    await run(TREE, kept, { summaryFrom: 1 });
    const edited: Program = { ...TREE, main: { ...TREE.main, code: '2' } };
    const second = await run(edited, kept);
    expect(second.executions).toEqual(['main()']);
    const third = await run(edited, kept);
    expect(third.asked).toBe(1);
  });

  it('T6: the second caller in a run finds it verified', async () => {
    const kept = stores();
    const outside = files();
    await run(READING, kept, { outside, summaryFrom: 1 });
    const edited: Program = {
      ...READING,
      main: {
        code: '2',
        options: AUTO,
        body: async (script) => [await script.call('middle', 3), await script.call('middle', 3)],
      },
    };
    const second = await run(edited, kept, { outside });
    expect(second.executions).toEqual(['main()']);
    expect(second.looked).toHaveLength(3);
  });

  it('T6: few actions beneath have none', async () => {
    const kept = stores();
    await run(TREE, kept, { summaryFrom: 6 });
    expect(kept.traces.summaries).toBe(0);
  });
});

describe('what ends a summary', () => {
  it('T6: an edited task beneath', async () => {
    const kept = stores();
    await run(TREE, kept);
    const edited: Program = { ...TREE, leaf: { code: '2', body: TREE.leaf.body } };
    const second = await run(edited, kept);
    expect(second.executions).toEqual(['leaf(0)', 'leaf(1)', 'leaf(2)']);
    expect((await run(edited, kept)).asked).toBe(1);
  });

  it('T6: options beneath that change what a key says of inputs', async () => {
    const kept = stores();
    await run(TREE, kept);
    const ignoring: Program = {
      ...TREE,
      leaf: { ...TREE.leaf, options: { cache: { mode: 'auto', ignoredInputs: ['a'] } } },
    };
    const second = await run(ignoring, kept);
    expect(second.executions).toContain('leaf(0)');
  });

  it('T6: a file that only a leaf observed', async () => {
    const kept = stores();
    const outside = files();
    await run(READING, kept, { outside });
    outside.files.set('data/1', 'longer');
    const second = await run(READING, kept, { outside });
    expect(second.executions).toEqual(['leaf(1)', 'middle(3)', 'main()']);
    expect(second.value).toBe(10);
    expect((await run(READING, kept, { outside })).asked).toBe(1);
  });

  it('T6: a file that was absent and appears', async () => {
    const kept = stores();
    const outside = files();
    outside.files.delete('data/2');
    await run(READING, kept, { outside });
    outside.files.set('data/2', 'ccc');
    expect((await run(READING, kept, { outside })).executions).toContain('leaf(2)');
  });

  it('T6: a variable, and a slow look at a file', async () => {
    const kept = stores();
    const outside = new Outside([['data/0', 'a']], [['MODE', 'fast']]);
    const program: Program = {
      ...TREE,
      leaf: {
        code: '1',
        body: (script, item: number) =>
          Promise.resolve([item, script.variable('MODE'), script.read('data/0')].length),
      },
    };
    await run(program, kept, { outside, slow: true });
    expect((await run(program, kept, { outside, slow: true })).asked).toBe(1);
    outside.variables.set('MODE', 'slow');
    expect((await run(program, kept, { outside, slow: true })).executions).toContain('leaf(0)');
  });

  it('T6: a state that was there before is walked, and then answers again', async () => {
    const kept = stores();
    const outside = files();
    await run(READING, kept, { outside });
    outside.files.set('data/1', 'longer');
    await run(READING, kept, { outside });
    outside.files.set('data/1', 'bb');
    const back = await run(READING, kept, { outside });
    const again = await run(READING, kept, { outside });
    expect([back.executions, back.value, again.executions, again.value]).toEqual([[], 6, [], 6]);
    expect([back.asked > 1, again.asked]).toEqual([true, 1]);
  });

  it('T6: the same, where only what is beneath came to something else', async () => {
    const kept = stores();
    const outside = files();
    const program: Program = {
      ...READING,
      main: { ...TREE.main, body: async (on) => (await on.call('middle', 3)) !== null },
    };
    await run(program, kept, { outside });
    outside.files.set('data/1', 'longer');
    await run(program, kept, { outside });
    outside.files.set('data/1', 'bb');
    expect((await run(program, kept, { outside })).executions).toEqual([]);
    expect((await run(program, kept, { outside })).asked).toBe(1);
  });

  it('T6: the generation, raised by a key that has nothing to do with it', async () => {
    const kept = stores();
    await run(TREE, kept);
    kept.traces.raiseGeneration();
    const second = await run(TREE, kept);
    expect(second.executions).toEqual([]);
    expect(second.asked).toBeGreaterThan(1);
    expect((await run(TREE, kept)).asked).toBe(1);
  });

  it('T6: a key beneath that came to another outcome meanwhile', async () => {
    const kept = stores();
    let times = 0;
    const program: Program = {
      ...TREE,
      leaf: { code: '1', body: () => Promise.resolve((times += 1)) },
      other: { code: '1', options: AUTO, body: (script) => script.call('leaf', 0) },
    };
    await run(program, kept);
    await run(program, kept, { entry: 'other', forceTasks: ['leaf'] });
    const after = await run(program, kept);
    expect(after.executions).toEqual(['middle(3)', 'main()']);
  });

  it('T6: a maxAge beneath that has passed, or lies in the future', async () => {
    const kept = stores();
    const program: Program = { ...TREE, leaf: { ...TREE.leaf, options: aged(500) } };
    await run(program, kept, { at: 1_000 });
    expect((await run(program, kept, { at: 1_500 })).asked).toBe(1);
    expect((await run(program, kept, { at: 1_501 })).executions).toHaveLength(3);
    expect((await run(program, kept, { at: 1_502 })).asked).toBe(1);
    expect((await run(program, kept, { at: 1_400 })).executions).toHaveLength(3);
  });

  it('T6: the oldest and the newest of many traces decide', async () => {
    const kept = stores();
    const narrow: Program = { ...TREE, main: { ...TREE.main, body: (on) => on.call('middle', 2) } };
    const options = aged(500);
    const wide = { ...TREE, leaf: { ...TREE.leaf, options } };
    await run({ ...narrow, leaf: wide.leaf }, kept, { at: 1_000 });
    await run({ ...wide, main: { ...TREE.main, code: '2' } }, kept, { at: 1_300 });
    const call = { ...wide, main: { ...TREE.main, code: '2' } };
    expect((await run(call, kept, { at: 1_500 })).asked).toBe(1);
    expect((await run(call, kept, { at: 1_550 })).executions).toEqual(['leaf(0)', 'leaf(1)']);
  });

  it('Q4 T6: a maxAge that is given later counts for what was made before', async () => {
    const kept = stores();
    await run(TREE, kept, { at: 1_000 });
    const program: Program = { ...TREE, leaf: { ...TREE.leaf, options: aged(500) } };
    expect((await run(program, kept, { at: 2_000 })).executions).toHaveLength(3);
  });

  it('T6: the root has a maxAge of its own', async () => {
    const kept = stores();
    const program: Program = { ...TREE, main: { ...TREE.main, options: aged(500) } };
    await run(program, kept, { at: 1_000 });
    expect((await run(program, kept, { at: 1_400 })).asked).toBe(1);
    expect((await run(program, kept, { at: 1_501 })).executions).toEqual(['main()']);
  });

  it('O8 T6: strict refuses what an impure action beneath made', async () => {
    const kept = stores();
    const program: Program = {
      ...TREE,
      leaf: {
        code: '1',
        body: (script, item: number) => {
          script.impure({ kind: 'clock', what: 'Date.now()', at: 'src/main.ts:1:1' });
          return Promise.resolve(item);
        },
      },
    };
    await run(program, kept);
    expect((await run(program, kept)).asked).toBe(1);
    expect((await run(program, kept, { strict: true })).executions).toContain('leaf(0)');
    const { leaf } = program;
    if (leaf === undefined) return;
    const strict: Program = { ...program, leaf: { ...leaf, options: { strict: true } } };
    expect((await run(strict, kept)).executions).toContain('leaf(0)');
  });

  it('T6: a task beneath that is forced', async () => {
    const kept = stores();
    await run(TREE, kept);
    const second = await run(TREE, kept, { forceTasks: ['leaf'] });
    expect(second.executions).toEqual(['leaf(0)', 'leaf(1)', 'leaf(2)']);
  });

  it('T6: a task beneath that is cached no more', async () => {
    const kept = stores();
    await run(TREE, kept);
    expect((await run(UNCACHED, kept)).executions).toEqual(['leaf(0)', 'leaf(1)', 'leaf(2)']);
  });

  it('P4 T6: bytes of the result that are gone', async () => {
    const kept = stores();
    await run(TREE, kept);
    const artifact = await kept.blobs.put(encode('a large result'));
    for (const key of kept.traces.keysOfTask('main' as TaskId)) {
      for (const trace of kept.traces.lookUp(key)) {
        if (trace.outcome.kind === 'error') continue;
        kept.traces.remember({ ...trace, outcome: { ...trace.outcome, artifact } });
      }
    }
    kept.traces.raiseGeneration();
    await run(TREE, kept);
    expect((await run(TREE, kept)).asked).toBe(1);
    const lost = await run(TREE, { ...kept, blobs: new MemoryBlobs() });
    expect(lost.executions).toEqual(['main()']);
  });

  it('P4 T6: a summary that cannot be read is a walk', async () => {
    const kept = stores();
    await run(TREE, kept);
    const [key] = kept.traces.keysOfTask('main' as TaskId);
    if (key !== undefined)
      kept.traces.keepSummary(key, encode([9]), kept.traces.generation('a run'));
    const second = await run(TREE, kept);
    expect([second.executions, second.asked > 1]).toEqual([[], true]);
  });
});
