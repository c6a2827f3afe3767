import { describe, expect, it } from 'vitest';
import type { TaskOptions } from '@skein/model';
import { type Program, Thrown, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

const CHAIN = {
  main: {
    code: '1',
    options: AUTO,
    body: async (run, x: number) => ((await run.call('double', x)) as number) + 1,
  },
  double: { code: '1', body: (_, x: number) => Promise.resolve(x * 2) },
} satisfies Program;

describe('reuse', () => {
  it('PARITY 11: a second identical run executes nothing and gives the same', async () => {
    const kept = stores();
    const first = await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    const second = await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    expect(first.executions).toEqual(['main(3)', 'double(3)']);
    expect(second.executions).toEqual([]);
    expect([first.value, second.value]).toEqual([7, 7]);
    expect(second.end.counts).toEqual({
      total: 1,
      executed: 0,
      reused: 1,
      adopted: 0,
      failed: 0,
    });
  });

  it('Q2: the entry is not cached unless it says so, and then nor is what it calls', async () => {
    const kept = stores();
    const program = { ...CHAIN, main: { ...CHAIN.main, options: {} } };
    await runScripted(program, kept, { entry: 'main', args: [3] });
    const second = await runScripted(program, kept, { entry: 'main', args: [3] });
    expect(second.executions).toEqual(['main(3)', 'double(3)']);
  });

  it('T2: an edited child that yields the same value stops the change there', async () => {
    const kept = stores();
    await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    const edited: Program = {
      ...CHAIN,
      double: { code: '2', body: (_, x: number) => Promise.resolve(x + x) },
    };
    const second = await runScripted(edited, kept, { entry: 'main', args: [3] });
    expect(second.executions).toEqual(['double(3)']);
    expect(second.value).toBe(7);
    expect(second.end.counts).toMatchObject({ total: 2, executed: 1, reused: 1 });
  });

  it('T3: a call made by a check answers the call of the caller that then executes', async () => {
    const kept = stores();
    await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    const edited: Program = {
      ...CHAIN,
      double: { code: '2', body: (_, x: number) => Promise.resolve(x * 20) },
    };
    const second = await runScripted(edited, kept, { entry: 'main', args: [3] });
    expect(second.executions).toEqual(['double(3)', 'main(3)']);
    expect(second.value).toBe(61);
    expect(second.end.counts).toMatchObject({ total: 2, executed: 2 });
  });

  it('X8: what a check executes is a child of the caller it was for', async () => {
    const kept = stores();
    await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    const edited: Program = {
      ...CHAIN,
      double: { code: '2', body: (_, x: number) => Promise.resolve(x * 20) },
    };
    const { finished } = await runScripted(edited, kept, { entry: 'main', args: [3] });
    const main = finished.find(({ task }) => task === 'main');
    const double = finished.find(({ task }) => task === 'double');
    expect([main?.action, main?.parent]).toEqual([1, 0]);
    expect([double?.action, double?.parent]).toEqual([2, 1]);
  });

  it('T2: what today is no longer called is not executed by a check', async () => {
    const kept = stores();
    const program = (pick: string): Program => ({
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => run.call((await run.call('pick')) as string),
      },
      pick: { code: pick, body: () => Promise.resolve(pick) },
      left: { code: pick === 'left' ? '1' : '2', body: () => Promise.resolve('L') },
      right: { code: '1', body: () => Promise.resolve('R') },
    });
    await runScripted(program('left'), kept, { entry: 'main' });
    const second = await runScripted(program('right'), kept, { entry: 'main' });
    expect(second.executions).toEqual(['pick()', 'main()', 'right()']);
  });

  it('Q3: an uncached task executes exactly once, also when a check asks first', async () => {
    const kept = stores();
    let count = 0;
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('now'), await run.call('now')],
      },
      now: { code: '1', options: OFF, body: () => Promise.resolve((count += 1)) },
    };
    await runScripted(program, kept, { entry: 'main' });
    const second = await runScripted(program, kept, { entry: 'main' });
    expect(second.executions).toEqual(['now()', 'main()', 'now()']);
    expect(second.value).toEqual([3, 4]);
  });

  it('force: everything executes, and is known afterwards', async () => {
    const kept = stores();
    await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    const forced = await runScripted(CHAIN, kept, { entry: 'main', args: [3], force: true });
    const after = await runScripted(CHAIN, kept, { entry: 'main', args: [3] });
    expect(forced.executions).toEqual(['main(3)', 'double(3)']);
    expect(after.executions).toEqual([]);
  });

  it('Q4: with a version the code does not count and observations are not checked', async () => {
    const kept = stores();
    const options: Partial<TaskOptions> = {
      cache: { mode: 'version', version: '1', ignoredInputs: [] },
    };
    const program = (code: string): Program => ({
      ...CHAIN,
      main: { ...CHAIN.main, options, code },
      double: { ...CHAIN.double, code },
    });
    await runScripted(program('1'), kept, { entry: 'main', args: [3] });
    const second = await runScripted(program('2'), kept, { entry: 'main', args: [3] });
    expect(second.executions).toEqual([]);
  });

  it('Q4: an ignored input is no part of the key', async () => {
    const kept = stores();
    const options: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: ['a'] } };
    const program: Program = { ...CHAIN, main: { ...CHAIN.main, options } };
    await runScripted(program, kept, { entry: 'main', args: [3] });
    const second = await runScripted(program, kept, { entry: 'main', args: [4] });
    expect(second.value).toBe(7);
  });

  it('Q4: a result older than maxAge executes again', async () => {
    const kept = stores();
    const options: Partial<TaskOptions> = {
      cache: { mode: 'auto', ignoredInputs: [], maxAgeMs: 500 },
    };
    const program: Program = { ...CHAIN, main: { ...CHAIN.main, options } };
    const call = { entry: 'main', args: [3] };
    await runScripted(program, kept, { ...call, at: 1_000 });
    const young = await runScripted(program, kept, { ...call, at: 1_400 });
    const old = await runScripted(program, kept, { ...call, at: 1_501 });
    expect(young.executions).toEqual([]);
    expect(old.executions).toEqual(['main(3)']);
  });

  it('Q4: with maxAge, a result made when the clock was ahead executes again', async () => {
    const kept = stores();
    const options: Partial<TaskOptions> = {
      cache: { mode: 'auto', ignoredInputs: [], maxAgeMs: 500 },
    };
    const program: Program = { ...CHAIN, main: { ...CHAIN.main, options } };
    const call = { entry: 'main', args: [3] };
    await runScripted(program, kept, { ...call, at: 90_000 });
    const setBack = await runScripted(program, kept, { ...call, at: 1_000 });
    expect(setBack.executions).toEqual(['main(3)']);
  });
});

describe('failures', () => {
  const FILES = Array.from({ length: 20 }, (_, index) => index);
  const parsing = {
    main: {
      code: '1',
      options: AUTO,
      body: async (run) => {
        let failed = 0;
        for (const file of FILES) {
          await run.call('parse', file).catch(() => {
            failed += 1;
          });
        }
        return failed;
      },
    },
    parse: {
      code: '1',
      body: (_, file: number) => {
        if (file % 7 === 3) throw new Thrown(`bad ${file}`);
        return Promise.resolve(file);
      },
    },
  } satisfies Program;

  it('T4: with caught failures beneath, a second run executes nothing', async () => {
    const kept = stores();
    const first = await runScripted(parsing, kept, { entry: 'main' });
    const second = await runScripted(parsing, kept, { entry: 'main' });
    expect(first.value).toBe(3);
    expect(first.end.counts).toMatchObject({ executed: 21, failed: 3 });
    expect(second.executions).toEqual([]);
    expect(second.value).toBe(3);
  });

  it('T4: a known failure never answers a running caller', async () => {
    const kept = stores();
    await runScripted(parsing, kept, { entry: 'main' });
    const edited: Program = { ...parsing, main: { ...parsing.main, code: '2' } };
    const second = await runScripted(edited, kept, { entry: 'main' });
    expect(second.executions).toEqual(['main()', 'parse(3)', 'parse(10)', 'parse(17)']);
  });

  it('X8: the action that threw first is named', async () => {
    const program: Program = {
      main: { code: '1', body: (run) => run.call('middle') },
      middle: { code: '1', body: (run) => run.call('leaf') },
      leaf: { code: '1', body: () => Promise.reject(new Thrown('bad')) },
    };
    const { end, finished } = await runScripted(program, stores(), { entry: 'main' });
    expect(end.status).toBe('failed');
    const thrower = finished.find((event) => event.action === end.thrower);
    expect(thrower?.task).toBe('leaf');
  });

  it('R6: a failed action is tried again as often as its retries say', async () => {
    const retries = { count: 2, backoff: { baseMs: 0, factor: 2, capMs: 0 } };
    const program: Program = {
      main: {
        code: '1',
        options: { retries },
        body: async (run) => {
          const value = await run.call('steady');
          if (run.attempt < 3) throw new Thrown('not yet');
          return value;
        },
      },
      steady: { code: '1', body: () => Promise.resolve('kept') },
    };
    const { end, executions, value } = await runScripted(program, stores(), { entry: 'main' });
    expect(end.status).toBe('succeeded');
    expect(value).toBe('kept');
    expect(executions).toEqual(['main()', 'steady()', 'main()', 'main()']);
  });
});

describe('in flight', () => {
  it('T7: identical calls under way execute once, and the others are reused', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => Promise.all([1, 2, 3].map(() => run.call('slow', 5))),
      },
      slow: { code: '1', body: (_, x: number) => Promise.resolve(x) },
    };
    const { executions, end } = await runScripted(program, stores(), { entry: 'main' });
    expect(executions).toEqual(['main()', 'slow(5)']);
    expect(end.counts).toMatchObject({ total: 4, executed: 2, reused: 2 });
  });

  it('T7: with caching off five samples are five', async () => {
    let count = 0;
    const program: Program = {
      main: { code: '1', body: (run) => run.map('sample', [1, 1, 1, 1, 1]) },
      sample: { code: '1', body: () => Promise.resolve((count += 1)) },
    };
    const { value } = await runScripted(program, stores(), { entry: 'main' });
    expect(value).toEqual([1, 2, 3, 4, 5]);
  });

  it('T7: a call that would wait for itself fails with the chain', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run) => run.call('loop', 1) },
      loop: { code: '1', body: (run) => run.call('back', 1) },
      back: { code: '1', body: (run) => run.call('loop', 1) },
    };
    const { end } = await runScripted(program, stores(), { entry: 'main' });
    expect(end.status).toBe('failed');
    const bytes = end.outcome?.kind === 'error' ? end.outcome.bytes : new Uint8Array();
    expect(Buffer.from(bytes).toString()).toContain('main → loop → back → loop');
  });
});

describe('maps', () => {
  const program = (code: string, body: (x: number) => number): Program => ({
    main: {
      code: '1',
      options: AUTO,
      body: (run) =>
        run.map(
          'square',
          Array.from({ length: 30 }, (_, index) => index),
          4,
        ),
    },
    square: { code, body: (_, x: number) => Promise.resolve(body(x)) },
  });

  it('T1: a map is one observation, and its check executes only what is unknown', async () => {
    const kept = stores();
    const first = await runScripted(
      program('1', (x) => x * x),
      kept,
      { entry: 'main' },
    );
    const main = first.finished.find((event) => event.task === 'main');
    expect(main?.waves.flat().map((observation) => observation.kind)).toEqual(['map']);
    const second = await runScripted(
      program('2', (x) => x ** 2),
      kept,
      { entry: 'main' },
    );
    expect(second.executions).toHaveLength(30);
    expect(second.executions.some((call) => call.startsWith('main'))).toBe(false);
    expect(second.peak).toBeLessThanOrEqual(4);
  });

  it('X6: no more items run at once than the concurrency says', async () => {
    const result = await runScripted(
      program('1', (x) => x),
      stores(),
      { entry: 'main' },
    );
    expect(result.peak).toBeLessThanOrEqual(5);
    expect(result.value).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });
});
