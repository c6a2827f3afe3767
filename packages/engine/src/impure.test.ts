import { decode } from '@skein/values';
import { describe, expect, it } from 'vitest';
import type { Impurity, Outcome, TaskOptions, ThrownRecord } from '@skein/model';
import { type Program, ScriptedImages, Thrown, runWalked } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const CLOCK: Impurity = { kind: 'clock', what: 'Date.now()', at: 'src/main.ts:3:9' };
const STATE: Impurity = { kind: 'module-state', what: 'count', at: 'src/main.ts:7:3' };

function errorOf(outcome: Outcome | undefined): unknown {
  if (outcome?.kind !== 'error') return undefined;
  const thrown = decode(outcome.bytes) as ThrownRecord;
  return thrown.kind === 'error' ? thrown.error : thrown.value;
}

const CLOCKED: Program = {
  main: { code: '1', options: AUTO, body: (run) => run.call('stamp') },
  stamp: {
    code: '1',
    body: (run) => {
      run.impure(CLOCK);
      return Promise.resolve(1);
    },
  },
};

describe('impurities', () => {
  it('O8: they are recorded with the execution, those of its code too, none twice', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        impurities: [STATE],
        body: (run) => {
          run.impure(CLOCK);
          run.impure(STATE);
          return Promise.resolve(1);
        },
      },
    };
    const { finished } = await runWalked(program, stores(), { entry: 'main' });
    expect(finished[0]?.impurities).toEqual([CLOCK, STATE]);
    expect(finished[0]?.traced).toBe(true);
  });

  it('O8: a strict task does not take what came about by an impurity', async () => {
    const kept = stores();
    await runWalked(CLOCKED, kept, { entry: 'main' });
    const usual = await runWalked(CLOCKED, kept, { entry: 'main' });
    expect(usual.executions).toEqual([]);
    const strict = await runWalked(CLOCKED, kept, { entry: 'main', strict: true });
    expect(strict.executions).toEqual(['stamp()']);
    expect(strict.finished.find(({ task }) => task === 'stamp')?.verdict.reason).toEqual({
      kind: 'impure',
      what: 'Date.now()',
      at: 'src/main.ts:3:9',
    });
    expect(strict.executor.options.map((options) => options.strict)).toEqual([true]);
  });

  it('O8: strict may be one task alone', async () => {
    const { stamp, main } = CLOCKED as { stamp: Program[string]; main: Program[string] };
    const program: Program = { main, stamp: { ...stamp, options: { strict: true } } };
    const kept = stores();
    await runWalked(CLOCKED, kept, { entry: 'main' });
    const second = await runWalked(program, kept, { entry: 'main' });
    expect(second.executions).toEqual(['stamp()']);
  });

  it('O8: strict fails a task whose code assigns module state, before it starts', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        impurities: [STATE],
        body: () => Promise.resolve(1),
      },
    };
    const { end, executions, finished } = await runWalked(program, stores(), {
      entry: 'main',
      strict: true,
    });
    expect(executions).toEqual([]);
    expect(errorOf(end.outcome)).toMatchObject({
      message: 'impure: "count" is assigned at src/main.ts:7:3, and the task "main" is strict',
      fields: { code: 'impure', what: 'count', at: 'src/main.ts:7:3' },
    });
    expect(finished[0]).toMatchObject({ attempts: 0, traced: false, impurities: [STATE] });
  });

  it('O8: `network: true` is an impurity of each execution in a container', async () => {
    const options = { ...AUTO, image: 'acme/x:1', network: true };
    const program: Program = { main: { code: '1', options, body: () => Promise.resolve(1) } };
    const known = { 'acme/x:1': `sha256:${'1'.repeat(64)}` };
    const inside = new ScriptedImages({ known });
    const NETWORK: Impurity = { kind: 'network', what: 'network: true' };
    const kept = stores();
    const first = await runWalked(program, kept, { entry: 'main', images: inside });
    expect(first.finished[0]).toMatchObject({ impurities: [NETWORK], traced: true });
    const strict = await runWalked(program, kept, { entry: 'main', images: inside, strict: true });
    expect(strict.executions).toEqual([]);
    expect(errorOf(strict.end.outcome)).toMatchObject({
      message:
        'impure: "network: true" lets its container to the network, and the task "main" is strict',
      fields: { code: 'impure', kind: 'network', what: 'network: true' },
    });
    const host = new ScriptedImages({ known, imageFor: () => undefined });
    const outside = await runWalked(program, kept, { entry: 'main', images: host, strict: true });
    expect(outside.finished[0]).toMatchObject({ impurities: [], traced: true });
  });

  it('O8: who caught what strict refused leaves no trace', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run) => run.call('count').catch(() => 'caught') },
      count: { code: '1', impurities: [STATE], body: () => Promise.resolve(1) },
    };
    const kept = stores();
    const strict = await runWalked(program, kept, { entry: 'main', strict: true });
    expect(strict.value).toBe('caught');
    const usual = await runWalked(program, kept, { entry: 'main' });
    expect(usual.value).toBe(1);
  });

  it('T4: a failure with an impurity leaves no trace', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run) => run.call('shaky').catch(() => 'caught') },
      shaky: {
        code: '1',
        body: (run) => {
          run.impure(CLOCK);
          return Promise.reject(new Thrown('odd second'));
        },
      },
    };
    const kept = stores();
    const first = await runWalked(program, kept, { entry: 'main' });
    const shaky = first.finished.find(({ task }) => task === 'shaky');
    expect(shaky).toMatchObject({ traced: false, untraced: 'it failed after Date.now()' });
    const second = await runWalked(program, kept, { entry: 'main' });
    expect(second.executions).toEqual(['shaky()']);
  });

  it('O4: what an executor says cannot be traced leaves no trace', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => {
          run.untraceable('src/main.ts:3:5 read "a.txt" while it was saved');
          return Promise.resolve(1);
        },
      },
    };
    const kept = stores();
    const { finished } = await runWalked(program, kept, { entry: 'main' });
    expect(finished[0]?.untraced).toBe('src/main.ts:3:5 read "a.txt" while it was saved');
    expect((await runWalked(program, kept, { entry: 'main' })).executions).toEqual(['main()']);
  });
});
