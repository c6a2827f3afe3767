import { describe, expect, it } from 'vitest';
import { MemoryTraces } from '@skein/store';
import { chunkAfter } from '@skein/model';
import type { Reason, TaskOptions } from '@skein/model';
import { Outside, type Program, type ScriptedRun, runWalked } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

/** A store that has lost the logs of processes. */
class LogLosing extends MemoryTraces {
  forgetful = false;

  override kept(...[kind, key]: Parameters<MemoryTraces['kept']>): Uint8Array | undefined {
    return this.forgetful && kind === 'log' ? undefined : super.kept(kind, key);
  }
}

function reasonOf(run: ScriptedRun, task: string): Reason | undefined {
  return run.finished.find((event) => event.task === task)?.verdict.reason;
}

const ITEMS = Array.from({ length: 64 }, (_, index) => index);

describe('what outlives its action', () => {
  /** `stop ??= readFileSync('stop.txt')`, used by all 64. */
  const LAZY: Program = {
    main: { code: '1', options: AUTO, body: (run) => run.map('score', ITEMS, 4) },
    score: {
      code: '1',
      retains: true,
      body: (run, item: number) =>
        Promise.resolve(`${run.keep('stop', () => run.read('stop.txt'))}${item}`),
    },
  };

  it('O3: a file that the first of 64 kept in a module variable is one of all', async () => {
    const kept = stores();
    const outside = new Outside([['stop.txt', 'a']]);
    const first = await runWalked(LAZY, kept, { entry: 'main', outside });
    const readers = first.finished.filter(({ waves }) =>
      waves.flat().some(({ kind }) => kind === 'file'),
    );
    expect(readers.map(({ task }) => task)).toEqual(['score']);
    const known = await runWalked(LAZY, kept, { entry: 'main', outside });
    expect([known.executions, known.looked]).toEqual([[], ['file stop.txt']]);
    outside.files.set('stop.txt', 'b');
    const second = await runWalked(LAZY, kept, { entry: 'main', outside });
    expect(second.executions.filter((name) => name.startsWith('score'))).toHaveLength(64);
    expect((second.value as string[])[63]).toBe('b63');
    const reasons = second.finished.map(({ verdict }) => verdict.reason);
    // The first read it itself.
    expect(reasons.filter((one) => 'logged' in one)).toHaveLength(64);
  });

  it('O3: what a batching loader read for one is one of those after it', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('get', 'a'), await run.call('get', 'b')],
      },
      get: {
        code: '1',
        retains: true,
        body: (run, name: string) => {
          const batch = run.keep('batch', () =>
            Object.fromEntries(['a', 'b'].map((one) => [one, run.read(`${one}.txt`)])),
          );
          return Promise.resolve(batch[name]);
        },
      },
    };
    const kept = stores();
    const outside = new Outside([
      ['a.txt', '1'],
      ['b.txt', '1'],
    ]);
    await runWalked(program, kept, { entry: 'main', outside });
    outside.files.set('b.txt', '2');
    const second = await runWalked(program, kept, { entry: 'main', outside });
    expect(second.value).toEqual(['1', '2']);
  });

  const MODEL = (code: string, weight: number, options: Partial<TaskOptions> = {}): Program => ({
    main: { code: '1', options: AUTO, body: (run) => run.map('use', [1, 2, 3, 4], 1) },
    use: {
      code: '1',
      retains: true,
      body: async (run, item: number) =>
        item * ((await run.keep('model', () => run.call('load'))) as number),
    },
    load: { code, options, body: () => Promise.resolve(weight) },
  });

  it('O3: a memoised call is looked up for those that used its outcome', async () => {
    const kept = stores();
    await runWalked(MODEL('1', 10), kept, { entry: 'main' });
    const known = await runWalked(MODEL('1', 10), kept, { entry: 'main' });
    expect(known.executions).toEqual([]);
    const second = await runWalked(MODEL('2', 20), kept, { entry: 'main' });
    expect(second.value).toEqual([20, 40, 60, 80]);
    expect(second.executions.toSorted()).toEqual([
      'load()',
      'main()',
      'use(1)',
      'use(2)',
      'use(3)',
      'use(4)',
    ]);
    expect(reasonOf(second, 'main')).toMatchObject({ kind: 'child-changed', task: 'use' });
  });

  it('T2: a memoised call that yields the same after an edit stops the change there', async () => {
    const kept = stores();
    await runWalked(MODEL('1', 10), kept, { entry: 'main' });
    const second = await runWalked(MODEL('2', 10), kept, { entry: 'main' });
    expect(second.executions).toEqual(['load()']);
    expect(second.value).toEqual([10, 20, 30, 40]);
  });

  it('O3: an uncached call in a log is known to nobody, so what used it executes', async () => {
    const kept = stores();
    await runWalked(MODEL('1', 10, OFF), kept, { entry: 'main' });
    const second = await runWalked(MODEL('1', 10, OFF), kept, { entry: 'main' });
    // The first made the call itself, and a check makes it again; the others could only look it up.
    const uses = ['use(2)', 'load()', 'use(3)', 'use(4)'];
    expect(second.executions).toEqual(['load()', ...uses, 'main()']);
    expect(reasonOf(second, 'main')).toEqual({ kind: 'logged-call-changed', task: 'load' });
  });

  it('T2: what a log says is checked before the calls that depend on it are made', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('fill'), await run.call('choose')],
      },
      fill: {
        code: '1',
        retains: true,
        body: (run) => Promise.resolve(run.keep('mode', () => run.read('mode'))),
      },
      choose: {
        code: '1',
        retains: true,
        body: (run) => run.call(run.keep('mode', () => run.read('mode')) ?? 'left'),
      },
      left: { code: '1', options: OFF, body: () => Promise.resolve('L') },
      right: { code: '1', options: OFF, body: () => Promise.resolve('R') },
    };
    const kept = stores();
    const outside = new Outside([['mode', 'left']]);
    await runWalked(program, kept, { entry: 'main', outside });
    outside.files.set('mode', 'right');
    const second = await runWalked(program, kept, { entry: 'main', outside });
    expect(second.value).toEqual(['right', 'R']);
    expect(second.executions).not.toContain('left()');
  });

  it('P4: a log that cannot be read any more is a miss', async () => {
    const traces = new LogLosing();
    const kept = { ...stores(), traces };
    const outside = new Outside([['stop.txt', 'a']]);
    await runWalked(LAZY, kept, { entry: 'main', outside });
    traces.forgetful = true;
    const second = await runWalked(LAZY, kept, { entry: 'main', outside });
    expect(second.executions).toHaveLength(65);
    expect(second.finished[0]?.verdict.reason).toEqual({ kind: 'log-missing' });
  });

  it('O3: a chunk is recorded once a run, before what depends on it', async () => {
    const outside = new Outside([['stop.txt', 'a']]);
    const { events } = await runWalked(LAZY, stores(), { entry: 'main', outside });
    const logged = events.flatMap((event, at) => (event.kind === 'process-logged' ? [at] : []));
    const depends = events.findIndex((event) => event.kind === 'action-finished' && event.log);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toBeLessThan(depends);
  });

  it('Q1: what was observed while the tasks were loaded is recorded with the run', async () => {
    const loadLog = chunkAfter(null, [{ kind: 'file', path: 'options.json', digest: null }]);
    const { events } = await runWalked(LAZY, stores(), { entry: 'main', loadLog });
    expect(events[1]).toMatchObject({ kind: 'process-logged', chunk: loadLog });
  });

  it('O3: a log that holds is looked at once, however many actions used it', async () => {
    const kept = stores();
    const outside = new Outside([['stop.txt', 'a']]);
    await runWalked(LAZY, kept, { entry: 'main', outside });
    const edited = { ...LAZY, main: { ...LAZY['main'], code: '2' } } as Program;
    const second = await runWalked(edited, kept, { entry: 'main', outside });
    expect([second.executions, second.looked]).toEqual([['main()'], ['file stop.txt']]);
  });

  it('O3: a log that names the very call it is to prove proves nothing', async () => {
    const program = (code: string): Program => ({
      main: { code: '1', options: AUTO, body: (run) => run.map('use', [1, 2], 1) },
      use: {
        code,
        retains: true,
        body: async (run, item: number) =>
          item + ((await run.keep('model', () => run.call('load'))) as number),
      },
      load: { code: '1', retains: true, body: () => Promise.resolve(1) },
    });
    const kept = stores();
    await runWalked(program('1'), kept, { entry: 'main' });
    // Forced, it executes in a process whose log holds a call of it already.
    await runWalked(program('2'), kept, { entry: 'main', forceTasks: ['load'] });
    const last = await runWalked(program('2'), kept, { entry: 'main' });
    expect(last.value).toEqual([2, 3]);
    expect(last.executions).toEqual([]);
  });
});
