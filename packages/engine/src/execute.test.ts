import { encodeOverride, parseOverride } from '@skein/sdk';
import { decode } from '@skein/values';
import type { Outcome, ThrownRecord } from '@skein/model';
import { describe, expect, it } from 'vitest';
import { type Program, Thrown, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

function thrownBy(outcome: Outcome | undefined): string {
  if (outcome?.kind !== 'error') return 'nothing';
  const record = decode(outcome.bytes) as ThrownRecord;
  return record.kind === 'error' ? record.error.class : 'a value';
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('bounds and cancellation', () => {
  it('X4: an action that passes its run bound is stopped, and its caller can go on', async () => {
    const program: Program = {
      main: { code: '1', body: (run) => run.call('slow').catch(() => 'went on') },
      slow: { code: '1', options: { timeout: { runMs: 1 } }, body: never },
    };
    const { value, finished, end } = await runScripted(program, stores(), { entry: 'main' });
    expect(value).toBe('went on');
    expect(end.counts.failed).toBe(1);
    const slow = finished.find(({ task }) => task === 'slow');
    expect(thrownBy(slow?.outcome)).toBe('skein#TimeoutError');
    expect(slow?.traced).toBe(false);
  });

  it('T4: a caller that caught a timeout leaves no trace, and says why', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: { cache: { mode: 'auto', ignoredInputs: [] } },
        body: (run) => run.call('slow').catch(() => 'went on'),
      },
      slow: { code: '1', options: { timeout: { runMs: 1 } }, body: never },
    };
    const kept = stores();
    const first = await runScripted(program, kept, { entry: 'main' });
    const second = await runScripted(program, kept, { entry: 'main' });
    const main = first.finished.find(({ task }) => task === 'main');
    expect(main?.untraced).toContain('timeout');
    expect(second.executions).toContain('main()');
  });

  it('the entry has options of its own, as any call has', async () => {
    const program: Program = { main: { code: '1', body: never } };
    const given = { retries: { count: 2, backoff: { base: '1ms' } }, timeout: '1ms' } as const;
    const override = encodeOverride(parseOverride(given, 'main'));
    if (override === undefined) throw new Error('the override has options');
    const run = await runScripted(program, stores(), { entry: 'main', override });
    expect(thrownBy(run.end.outcome)).toBe('skein#TimeoutError');
    expect(run.executions).toHaveLength(3);
  });

  it('X4: a timeout is retried, a deadline is not', async () => {
    const retries = { count: 2, backoff: { baseMs: 0, factor: 1, capMs: 0 } };
    const program = (timeout: { runMs?: number; deadlineMs?: number }): Program => ({
      main: { code: '1', options: { timeout, retries }, body: never },
    });
    const timed = await runScripted(program({ runMs: 1 }), stores(), { entry: 'main' });
    expect(timed.executions).toHaveLength(3);
    const late = await runScripted(program({ deadlineMs: 1 }), stores(), { entry: 'main' });
    expect(late.executions).toHaveLength(1);
  });

  it('X4 R6: a deadline ends the wait for the next attempt, with its error as cause', async () => {
    const retries = { count: 5, backoff: { baseMs: 600_000, factor: 1, capMs: 600_000 } };
    const program: Program = {
      main: {
        code: '1',
        options: { timeout: { deadlineMs: 500 }, retries },
        body: () => Promise.reject(new Thrown('not yet')),
      },
    };
    const { end, executions } = await runScripted(program, stores(), { entry: 'main' });
    expect(thrownBy(end.outcome)).toBe('skein#TimeoutError');
    expect(executions).toHaveLength(1);
    const bytes = end.outcome?.kind === 'error' ? end.outcome.bytes : new Uint8Array();
    const { error } = decode(bytes) as Extract<ThrownRecord, { kind: 'error' }>;
    expect(error.cause).toMatchObject({ error: { message: 'not yet' } });
  });

  it('X5: a cancelled run stops what runs and is recorded as cancelled', async () => {
    const kept = stores();
    const program: Program = {
      main: {
        code: '1',
        options: { cache: { mode: 'auto', ignoredInputs: [] } },
        body: (run) => run.call('slow'),
      },
      slow: { code: '1', body: never },
    };
    const cancelled = await runScripted(program, kept, {
      entry: 'main',
      begun: (cancel) => setImmediate(() => setImmediate(cancel)),
    });
    expect(cancelled.end.status).toBe('cancelled');
    expect(cancelled.finished.every(({ traced }) => !traced)).toBe(true);
  });

  it('X5: a call still running when its caller ends is cancelled', async () => {
    const program: Program = {
      main: {
        code: '1',
        body: (run) => Promise.race([run.call('slow'), run.call('quick')]),
      },
      slow: { code: '1', body: never },
      quick: { code: '1', body: () => Promise.resolve('first') },
    };
    const { value, finished } = await runScripted(program, stores(), { entry: 'main' });
    expect(value).toBe('first');
    const slow = finished.find(({ task }) => task === 'slow');
    expect(thrownBy(slow?.outcome)).toBe('skein#CancelledError');
  });

  it('X2: a demand above the capacity fails the call and nothing is executed for it', async () => {
    const program: Program = {
      main: { code: '1', body: (run) => run.call('big').catch(() => 'caught') },
      big: { code: '1', options: { resources: { cpu: 99 } }, body: () => Promise.resolve(1) },
    };
    const { value, executions } = await runScripted(program, stores(), { entry: 'main' });
    expect(value).toBe('caught');
    expect(executions).toEqual(['main()']);
  });

  it('X2: 64 nested callers with memory demands do not deadlock', async () => {
    const program: Program = {
      main: { code: '1', body: (run) => run.map('outer', [1, 2, 3, 4], 4) },
      outer: {
        code: '1',
        options: { resources: { memoryBytes: 2 ** 29 } },
        body: async (run, x: number) =>
          x > 16 ? x : ((await run.call('outer', x + 4)) as number) + 1,
      },
    };
    const { end } = await runScripted(program, stores(), { entry: 'main' });
    expect(end.status).toBe('succeeded');
  });

  it('R6: the last error is the one that is thrown', async () => {
    const retries = { count: 1, backoff: { baseMs: 0, factor: 1, capMs: 0 } };
    const program: Program = {
      main: {
        code: '1',
        options: { retries },
        body: (run) => Promise.reject(new Thrown(`attempt ${run.attempt}`)),
      },
    };
    const { end, events } = await runScripted(program, stores(), { entry: 'main' });
    const bytes = end.outcome?.kind === 'error' ? end.outcome.bytes : new Uint8Array();
    expect(Buffer.from(bytes).toString()).toContain('attempt 2');
    expect(events.filter(({ kind }) => kind === 'attempt-failed')).toHaveLength(1);
  });
});
