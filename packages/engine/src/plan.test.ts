import { describe, expect, it } from 'vitest';
import { encode, inputDigest } from '@skein/values';
import { MemoryTraces } from '@skein/store';
import type { Plan, TaskOptions } from '@skein/model';
import { planScripted } from '../test/planned.ts';
import { Outside, type Program, Thrown, runScripted } from '../test/scripted.ts';
import type { PastExecution } from './plan-outlook.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

/** What executes or may, in a word each: `parse executes`, `train unless parse`. */
function told({ actions }: Plan): string[] {
  return actions.map(({ task, prospect }) => {
    if (prospect.kind === 'execute') return `${task} executes: ${prospect.reason.kind}`;
    if ('ifCalled' in prospect) return `${task} if called: ${prospect.ifCalled.kind}`;
    if ('after' in prospect) return `${task} after ${prospect.after.join()}`;
    return `${task} unless ${prospect.unless.join()}`;
  });
}

/** `main` parses two files, trains on what comes out, and publishes the model. */
const PIPELINE = {
  main: {
    code: '1',
    options: AUTO,
    body: async (on) => {
      const rows = await on.map('parse', [1, 2]);
      const model = await on.call('train', rows);
      return await on.call('publish', model);
    },
  },
  parse: { code: '1', body: (on, file: number) => Promise.resolve(on.read(`data/${file}`) ?? '') },
  train: { code: '1', body: (_, rows: string[]) => Promise.resolve(rows.join()) },
  publish: { code: '1', body: (_, model: string) => Promise.resolve(model.length) },
} satisfies Program;

function files(): Outside {
  return new Outside([
    ['data/1', 'a'],
    ['data/2', 'b'],
  ]);
}

function edited(task: keyof typeof PIPELINE): Program {
  return { ...PIPELINE, [task]: { ...PIPELINE[task], code: '2' } };
}

async function planAfterRun(
  before: Program,
  now: Program,
  change: (outside: Outside) => void = () => undefined,
): Promise<Plan> {
  const kept = stores();
  const outside = files();
  await runScripted(before, kept, { entry: 'main', outside });
  change(outside);
  return await planScripted(now, kept, { entry: 'main', outside });
}

describe('what a plan says', () => {
  it('nothing is known: the entry executes, and what its code names may be called', async () => {
    const mayCall = { main: ['parse', 'train', 'publish'] };
    const plan = await planScripted(PIPELINE, stores(), { entry: 'main', mayCall });
    expect(told(plan)).toEqual(['main executes: never-executed']);
    expect(plan.mayCall).toEqual(['parse', 'train', 'publish']);
    expect(plan.time).toEqual({ expectedMs: 0, atMostMs: 0, unknown: 1 });
  });

  it('nothing changed: everything is reused', async () => {
    const plan = await planAfterRun(PIPELINE, PIPELINE);
    expect(plan.counts).toEqual({ execute: 0, reuse: 5, unknown: 0 });
    expect(plan.actions).toEqual([]);
  });

  it('T6: a deep summary answers for a tree, and counts all of it', async () => {
    const kept = stores();
    const outside = files();
    await runScripted(PIPELINE, kept, { entry: 'main', outside, summaryFrom: 2 });
    const plan = await planScripted(PIPELINE, kept, { entry: 'main', outside });
    expect(plan.counts).toEqual({ execute: 0, reuse: 5, unknown: 0 });
    expect(plan.tasks.map(({ task, counts }) => [task, counts.reuse])).toEqual([
      ['main', 1],
      ['parse', 2],
      ['train', 1],
      ['publish', 1],
    ]);
  });

  it('T2: an edited task executes, and what is called after it is open', async () => {
    const plan = await planAfterRun(PIPELINE, edited('train'));
    expect(told(plan)).toEqual([
      'main unless train',
      'train executes: never-executed',
      'publish after train',
    ]);
    expect(plan.counts).toEqual({ execute: 1, reuse: 2, unknown: 2 });
  });

  it('T2: a file that changed lets its reader execute, and names it', async () => {
    const plan = await planAfterRun(PIPELINE, PIPELINE, (outside) => {
      outside.files.set('data/2', 'changed');
    });
    expect(told(plan)).toEqual([
      'main unless parse',
      'parse executes: observation-changed',
      'train after parse',
      'publish after parse',
    ]);
  });

  it('an edited caller executes, and its calls are expected to be those of before', async () => {
    const plan = await planAfterRun(PIPELINE, edited('main'));
    expect(told(plan)).toEqual(['main executes: never-executed']);
    expect(plan.counts).toEqual({ execute: 1, reuse: 4, unknown: 0 });
  });

  it('what an edited caller calls executes only if it is still called', async () => {
    const both = { ...edited('main'), parse: { ...PIPELINE.parse, code: '2' } };
    const plan = await planAfterRun(PIPELINE, both);
    expect(told(plan)).toEqual([
      'main executes: never-executed',
      'parse if called: never-executed',
      'parse if called: never-executed',
      'train after parse',
      'publish after parse',
    ]);
  });

  it('T1: a map starts a few items at a time, and only those are certain', async () => {
    const wide = (code: string): Program => ({
      main: { code: '1', options: AUTO, body: (on) => on.map('item', [1, 2, 3, 4, 5], 2) },
      item: { code, body: (_, item: number) => Promise.resolve(item) },
    });
    const plan = await planAfterRun(wide('1'), wide('2'));
    expect(told(plan)).toEqual([
      'main unless item',
      'item executes: never-executed',
      'item executes: never-executed',
      'item if called: never-executed',
      'item if called: never-executed',
      'item if called: never-executed',
    ]);
  });

  it('Q3: what is not cached executes for each call, and leaves its caller open', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: async (on) => [await on.call('now'), 1] },
      now: { code: '1', options: OFF, body: () => Promise.resolve(1) },
    };
    const plan = await planAfterRun(program, program);
    expect(told(plan)).toEqual(['main unless now', 'now executes: caching-off']);
  });

  it('T4: a known failure satisfies a check, but executes if somebody asks anew', async () => {
    const catching = (code: string): Program => ({
      main: {
        code: '1',
        options: AUTO,
        body: async (on) => {
          await on.call('fails').catch(() => undefined);
          return await on.call('other');
        },
      },
      fails: { code: '1', body: () => Promise.reject(new Thrown('no')) },
      other: { code, body: () => Promise.resolve(1) },
    });
    expect((await planAfterRun(catching('1'), catching('1'))).counts.unknown).toBe(0);
    expect(told(await planAfterRun(catching('1'), catching('2')))).toEqual([
      'main unless other',
      'fails if called: failed-before',
      'other executes: never-executed',
    ]);
  });

  it('T5: where the inputs of a call are gone no check makes it: the caller executes', async () => {
    const kept = stores();
    const outside = files();
    await runScripted(PIPELINE, kept, { entry: 'main', outside });
    kept.traces.rememberValue(inputDigest(encode(1)), encode('damaged'));
    const now = edited('parse');
    const plan = await planScripted(now, kept, { entry: 'main', outside });
    expect(told(plan)).toContain('main executes: child-changed');
    const run = await runScripted(now, kept, { entry: 'main', outside });
    expect(run.executions).toContain('main()');
  });

  it('what is forced executes', async () => {
    const kept = stores();
    const outside = files();
    await runScripted(PIPELINE, kept, { entry: 'main', outside });
    const call = { entry: 'main', outside };
    const one = await planScripted(PIPELINE, kept, { ...call, forceTasks: ['train'] });
    expect(told(one)).toEqual([
      'main unless train',
      'train executes: forced',
      'publish after train',
    ]);
    const all = await planScripted(PIPELINE, kept, { ...call, force: true });
    expect(told(all)[0]).toBe('main executes: forced');
    expect(all.counts.reuse).toBe(0);
  });

  it('O8: strict refuses what came about by something irreproducible', async () => {
    const kept = stores();
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (on) => {
          on.impure({ kind: 'clock', what: 'Date.now()' });
          return Promise.resolve(1);
        },
      },
    };
    await runScripted(program, kept, { entry: 'main' });
    expect((await planScripted(program, kept, { entry: 'main' })).counts.reuse).toBe(1);
    const strict = await planScripted(program, kept, { entry: 'main', strict: true });
    expect(told(strict)).toEqual(['main executes: impure']);
  });

  it('nothing is executed, recorded or kept', async () => {
    const kept = stores();
    const outside = files();
    const traces = Object.freeze(new MemoryTraces());
    const plan = await planScripted(PIPELINE, { ...kept, traces }, { entry: 'main', outside });
    expect(plan.counts.execute).toBe(1);
    expect(traces.keysOfTask(plan.task)).toEqual([]);
  });
});

describe('an entry that is not cached', () => {
  const uncached: Program = { ...PIPELINE, main: { ...PIPELINE.main, options: OFF } };

  async function planWithPast(past: Partial<PastExecution>): Promise<Plan> {
    const kept = stores();
    const outside = files();
    const cached = Object.fromEntries(
      Object.entries(uncached).map(([name, task]) => [
        name,
        name === 'main' ? task : { ...task, options: AUTO },
      ]),
    );
    const { finished } = await runScripted(cached, kept, { entry: 'main', outside });
    const { waves = [] } = finished.find(({ task }) => task === 'main') ?? {};
    const main: PastExecution[] = [
      { sameCode: true, inputs: [], waves, log: null, impurities: [], selfMs: 7, ...past },
    ];
    const parse = { ...cached['parse'], code: '2' } as Program[string];
    return await planScripted({ ...cached, parse }, kept, {
      entry: 'main',
      outside,
      past: { main },
    });
  }

  it('begins as it did last, if its code and its inputs are the same', async () => {
    expect(told(await planWithPast({}))).toEqual([
      'main executes: caching-off',
      'parse executes: never-executed',
      'parse executes: never-executed',
      'train after parse',
      'publish after parse',
    ]);
  });

  it('may do something else, if its code was edited or it was irreproducible', async () => {
    const impure = [{ kind: 'randomness', what: 'Math.random()' } as const];
    const pasts: readonly Partial<PastExecution>[] = [{ sameCode: false }, { impurities: impure }];
    for (const past of pasts) {
      expect(told(await planWithPast(past)).slice(0, 2)).toEqual([
        'main executes: caching-off',
        'parse if called: never-executed',
      ]);
    }
  });

  it('takes the time that it took', async () => {
    const { time } = await planWithPast({});
    expect(time.expectedMs).toBe(8);
    expect(time.atMostMs).toBe(10);
  });
});

describe('times', () => {
  it('of a chain are added up, of what runs at the same time divided by the workers', async () => {
    const kept = stores();
    const program = (code: string): Program => ({
      main: { code: '1', options: AUTO, body: (on) => on.map('item', [1, 2, 3, 4, 5, 6]) },
      item: { code, body: (_, item: number) => Promise.resolve(item) },
    });
    await runScripted(program('1'), kept, { entry: 'main' });
    const call = { entry: 'main' };
    const two = await planScripted(program('2'), kept, { ...call, workers: 2 });
    const six = await planScripted(program('2'), kept, { ...call, workers: 6 });
    expect([two.time.expectedMs, six.time.expectedMs]).toEqual([3, 1]);
    expect(two.tasks.find(({ task }) => task === 'item')?.expectedMs).toBe(6);
  });

  it('an action that was executed before takes what it took, another the mean', async () => {
    const kept = stores();
    const { traces } = kept;
    const program: Program = { main: { ...PIPELINE.train, options: AUTO } };
    for (const [index, durationMs] of [10, 30].entries()) {
      await runScripted(program, kept, { entry: 'main', args: [[String(index)]] });
      for (const key of traces.keysOfTask('main' as Plan['task']).slice(0, 1)) {
        for (const trace of traces.lookUp(key)) traces.remember({ ...trace, durationMs });
      }
    }
    const again = { entry: 'main', args: [['0']], force: true };
    expect((await planScripted(program, kept, again)).time.expectedMs).toBe(10);
    const other = { entry: 'main', args: [['other']] };
    expect((await planScripted(program, kept, other)).time.expectedMs).toBe(20);
  });
});
