import { describe, expect, it } from 'vitest';
import { encode, inputDigest } from '@skein/values';
import type { ActionFinished, CachePolicy, Reason } from '@skein/model';
import { goOn, killedAfter } from '../test/resumed.ts';
import {
  Outside,
  type Program,
  type Script,
  type ScriptedRun,
  Thrown,
  runScripted,
} from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const CACHED = { cache: { mode: 'auto', ignoredInputs: [] } as CachePolicy };
const VERSION = { cache: { mode: 'version', version: '1', ignoredInputs: [] } as CachePolicy };
const OFF = { cache: { mode: 'disable' } as CachePolicy };

/** `stage` calls `part`; `last` fails unless it is told not to. */
function pipeline(of: {
  readonly code?: string;
  readonly partCode?: string;
  readonly ends?: boolean;
  readonly main?: Partial<Program[string]>;
  readonly stage?: Partial<Program[string]>;
  readonly part?: Partial<Program[string]>;
}): Program {
  return {
    main: {
      code: 'main',
      body: async (script) => [await script.call('stage', 1), await script.call('last')],
      ...of.main,
    },
    stage: {
      code: of.code ?? 'a',
      body: (script, item: number) => script.call('part', item),
      ...of.stage,
    },
    part: { code: of.partCode ?? 'a', body: async (_, item: number) => item, ...of.part },
    last: {
      code: of.ends === true ? 'ends' : 'fails',
      body: async () => {
        if (of.ends !== true) throw new Thrown('not yet');
        return 'done';
      },
    },
  };
}

function madeOf(run: ScriptedRun, task: string): Reason | undefined {
  const reason = finishedOf(run, task)?.verdict.reason;
  return reason?.kind === 'adopted' ? reason.made : undefined;
}

function finishedOf(run: ScriptedRun, task: string): ActionFinished | undefined {
  return run.finished.find((event) => event.task === task);
}

const CHANGED = (name: string): Reason => ({
  kind: 'key-changed',
  changes: [{ kind: 'symbol', module: 'src/main.ts', name }],
});

describe('what made an adopted result', () => {
  it('R2: nothing differs where nothing was edited, and the caller leaves a trace', async () => {
    const before = pipeline({ main: { options: CACHED }, stage: { options: OFF } });
    const kept = stores();
    const first = await runScripted(before, kept, { entry: 'main' });
    const now = pipeline({ main: { options: CACHED }, stage: { options: OFF }, ends: true });
    const again = await goOn(now, [[first, before]], { stores: kept });
    expect(again.executions).toEqual(['main()', 'last()']);
    expect(again.end.adoption).toEqual({ adopted: 1, madeByEarlier: 0, made: [] });
    expect(finishedOf(again, 'main')?.traced).toBe(true);
  });

  it('R2: an edit beneath is told of by the call, and summed up by what was edited', async () => {
    const before = pipeline({});
    const first = await runScripted(before, stores(), { entry: 'main' });
    const again = await goOn(pipeline({ partCode: 'b', ends: true }), [[first, before]]);
    expect(again.executions).toEqual(['main()', 'last()']);
    expect(madeOf(again, 'stage')).toEqual({ kind: 'child-changed', task: 'part' });
    expect(again.end.adoption?.made).toEqual([{ reason: CHANGED('part'), actions: 1 }]);
  });

  it('R1 R2: an edited file or variable that it observed is no obstacle, and is told', async () => {
    const before = pipeline({
      stage: {
        body: async (script, item: number) => [script.read('a'), script.variable('V'), item],
      },
    });
    const outside = new Outside([['a', '1']], [['V', 'x']]);
    const first = await runScripted(before, stores(), { entry: 'main', outside });
    const now = {
      ...before,
      ...pipeline({ ends: true }),
      stage: before['stage'] as Program[string],
    };
    const file = new Outside([['a', '2']], [['V', 'x']]);
    const again = await goOn(now, [[first, before]], { outside: file });
    expect(again.executions).toEqual(['main()', 'last()']);
    expect(madeOf(again, 'stage')).toMatchObject({
      kind: 'observation-changed',
      before: { kind: 'file', path: 'a' },
    });
    const variable = new Outside([['a', '1']], [['V', 'y']]);
    const other = await goOn(now, [[first, before]], { outside: variable });
    expect(madeOf(other, 'stage')).toMatchObject({ before: { kind: 'variable', name: 'V' } });
  });

  it('R2: declared variables are recorded at the start, and compared', async () => {
    const variables = {
      MODE: { kind: 'inherit' },
      FIX: { kind: 'set', value: '1' },
    } as const;
    const before = pipeline({ stage: { options: { variables } } });
    const outside = new Outside([], [['MODE', 'fast']]);
    const first = await runScripted(before, stores(), { entry: 'main', outside });
    expect(first.state.started.variables).toEqual({
      MODE: inputDigest(encode('fast')),
      FIX: inputDigest(encode('1')),
    });
    const now = { ...before, last: pipeline({ ends: true })['last'] as Program[string] };
    const same = await goOn(now, [[first, before]], { outside });
    expect(madeOf(same, 'stage')).toBeUndefined();
    const other = new Outside([], [['MODE', 'slow']]);
    const again = await goOn(now, [[first, before]], { outside: other });
    expect(madeOf(again, 'stage')).toEqual({
      kind: 'key-changed',
      changes: [{ kind: 'variable', name: 'MODE' }],
    });
  });

  it('R2: where the code of then is not on record, it counts as other code', async () => {
    const before = pipeline({});
    const first = await runScripted(before, stores(), { entry: 'main' });
    const again = await goOn(pipeline({ ends: true }), [[first, {}]]);
    expect(madeOf(again, 'stage')).toEqual({ kind: 'code-unknown' });
  });

  it('R2: what a reused call stood on counts, though its calls are not on record', async () => {
    const options = { main: {}, stage: { options: CACHED } };
    const kept = stores();
    await runScripted(pipeline(options), kept, { entry: 'main' });
    const second = await runScripted(pipeline({ ...options, code: 'a' }), kept, { entry: 'main' });
    expect(second.executions).toEqual(['main()', 'last()']);
    const now = pipeline({ ...options, partCode: 'b', ends: true });
    const before = [[second, pipeline(options)]] as const;
    const again = await goOn(now, before, { stores: stores() });
    expect(again.executions).toEqual(['main()', 'last()']);
    expect(madeOf(again, 'stage')).toEqual({ kind: 'code-unknown' });
  });

  it('O3 R2: what an action may have got from its process counts as well', async () => {
    const retaining = (code: string, ends: boolean): Program => ({
      ...pipeline({
        ends,
        main: {
          retains: true,
          body: async (script) => {
            const all = [await script.call('stage', 1), await script.call('stage', 2)];
            return [...all, await script.call('last')];
          },
        },
        stage: {
          retains: true,
          body: async (script, item: number) => {
            return [item, await script.keep('model', () => script.call('part', 7))];
          },
        },
        partCode: code,
      }),
    });
    const first = await runScripted(retaining('a', false), stores(), { entry: 'main' });
    const same = await goOn(retaining('a', true), [[first, retaining('a', false)]], {
      stores: killedAfter(first.events, first.events.length).stores,
    });
    expect(same.end.adoption).toEqual({ adopted: 2, madeByEarlier: 0, made: [] });
    const again = await goOn(retaining('b', true), [[first, retaining('a', false)]], {
      stores: killedAfter(first.events, first.events.length).stores,
    });
    expect(again.end.adoption).toEqual({
      adopted: 2,
      madeByEarlier: 2,
      made: [{ reason: CHANGED('part'), actions: 2 }],
    });
  });

  it('R2: a chain of many calls is looked at without recursion', async () => {
    const chain: Program = {
      main: {
        code: 'main',
        body: async (script) => [await script.call('link', 3_000), await script.call('last')],
      },
      link: {
        code: 'link',
        body: async (script, left: number) => (left === 0 ? 0 : script.call('link', left - 1)),
      },
      last: pipeline({})['last'] as Program[string],
    };
    const first = await runScripted(chain, stores(), { entry: 'main' });
    const now = { ...chain, last: pipeline({ ends: true })['last'] as Program[string] };
    const again = await goOn(now, [[first, chain]]);
    expect(again.executions).toEqual(['main()', 'last()']);
    expect(again.end.adoption?.madeByEarlier).toBe(0);
  });
});

describe('what stands on an adopted result', () => {
  const main = { options: CACHED };

  it('R3: neither it nor its callers leave anything that a later run meets', async () => {
    const before = pipeline({ main });
    const kept = stores();
    const first = await runScripted(before, kept, { entry: 'main' });
    const now = pipeline({
      main,
      partCode: 'b',
      part: { body: async (_, item: number) => item * 100 },
      ends: true,
    });
    const again = await goOn(now, [[first, before]], { stores: kept, summaryFrom: 1 });
    expect(again.value).toEqual([1, 'done']);
    const plain = await runScripted(now, kept, { entry: 'main', summaryFrom: 1 });
    expect(plain.value).toEqual([100, 'done']);
    expect(plain.executions).toEqual(['main()', 'part(1)', 'stage(1)']);
  });

  it('R3: a caller with a version leaves no trace either', async () => {
    const before = pipeline({ main: { options: VERSION }, stage: { options: OFF } });
    const kept = stores();
    const first = await runScripted(before, kept, { entry: 'main' });
    const now = pipeline({
      main: { options: VERSION },
      stage: { options: OFF, body: async () => 'new' },
      code: 'b',
      ends: true,
    });
    const again = await goOn(now, [[first, before]], { stores: kept });
    expect(again.value).toEqual([1, 'done']);
    const plain = await runScripted(now, kept, { entry: 'main' });
    expect(plain.value).toEqual(['new', 'done']);
  });

  it('R3: a caller that holds only by what was adopted beneath is adopted itself', async () => {
    const stage = { options: CACHED };
    const part = { options: OFF };
    const before = pipeline({ stage, part });
    const kept = stores();
    const first = await runScripted(before, kept, { entry: 'main' });
    const now = pipeline({ main, stage, part, partCode: 'b', ends: true });
    const again = await goOn(now, [[first, before]], { stores: kept });
    expect(again.executions).toEqual(['main()', 'last()']);
    expect(finishedOf(again, 'stage')?.verdict.kind).toBe('adopt');
    expect(finishedOf(again, 'main')?.untraced).toContain('other code or data');
  });

  it('R3: who joins a call in flight gets its taint', async () => {
    const both = (ends: boolean, code: string): Program => ({
      ...pipeline({ ends, partCode: code }),
      main: {
        code: 'main',
        options: CACHED,
        body: async (script) => {
          const all = await Promise.all([script.call('one'), script.call('two')]);
          return [all, await script.call('last')];
        },
      },
      one: { code: ends ? 'b' : 'a', body: async (script) => [await script.call('part', 1), 1] },
      two: { code: 'two', body: async (script) => [await script.call('part', 1), 2] },
    });
    const kept = stores();
    const first = await runScripted(both(false, 'a'), kept, { entry: 'main' });
    const cut = first.events.findIndex(
      (event) => event.kind === 'action-finished' && (event.task === 'one' || event.task === 'two'),
    );
    const { state, stores: left } = killedAfter(first.events, cut);
    const before = [[{ ...first, state }, both(false, 'a')]] as const;
    const again = await goOn(both(true, 'b'), before, { stores: left });
    expect(again.executions.toSorted()).toEqual(['last()', 'main()', 'one()', 'two()']);
    for (const task of ['one', 'two', 'main']) {
      expect(finishedOf(again, task)?.untraced).toContain('other code or data');
    }
  });

  it('O3 R3: what kept it in its process taints others, whatever vouches for them', async () => {
    const program = (ends: boolean, code: string): Program => ({
      ...pipeline({ ends, partCode: code, part: { options: OFF } }),
      main: {
        code: 'main',
        retains: true,
        options: CACHED,
        body: async (script) => {
          const kept = await script.keep('part', () => script.call('part', 1));
          await script.call('last');
          return [kept, await script.call('user', 1)];
        },
      },
      user: {
        code: 'user',
        retains: true,
        options: VERSION,
        body: async (script, item: number) => [item, script.keep('part', () => 'never')],
      },
    });
    const kept = stores();
    const first = await runScripted(program(false, 'a'), kept, { entry: 'main' });
    const again = await goOn(program(true, 'b'), [[first, program(false, 'a')]], { stores: kept });
    expect(finishedOf(again, 'user')?.traced).toBe(false);
    expect(finishedOf(again, 'user')?.untraced).toContain('other code or data');
  });

  it('M1: what an action called counts also where its process has a log', async () => {
    const outside = new Outside([['options.json', 'today']]);
    const main = {
      retains: true,
      body: async (script: Script) => {
        script.keep('options', () => script.read('options.json'));
        return [await script.call('stage', 1), await script.call('last')];
      },
    } satisfies Partial<Program[string]>;
    const before = pipeline({ main });
    const first = await runScripted(before, stores(), { entry: 'main', outside });
    expect(finishedOf(first, 'stage')?.log).not.toBeNull();
    const now = pipeline({ main, partCode: 'b', ends: true });
    const { stores: kept } = killedAfter(first.events, first.events.length);
    const again = await goOn(now, [[first, before]], { outside, stores: kept });
    expect(madeOf(again, 'stage')).toEqual({ kind: 'child-changed', task: 'part' });
  });

  it('R3: a result whose bytes are gone is executed again, and reported once', async () => {
    const before = pipeline({});
    const first = await runScripted(before, stores(), { entry: 'main' });
    const stage = first.state.actions.get(2);
    if (stage?.outcome?.kind !== 'result') throw new Error('the stage was finished');
    const artifact = inputDigest(encode('an artifact'));
    const actions = new Map(first.state.actions);
    actions.set(2, { ...stage, outcome: { ...stage.outcome, artifact } });
    const run = { ...first, state: { ...first.state, actions } };
    const again = await goOn(pipeline({ ends: true }), [[run, before]]);
    expect(again.executions).toEqual(['main()', 'stage(1)', 'last()']);
    const warnings = again.events.filter(({ kind }) => kind === 'run-warned');
    expect(warnings).toMatchObject([{ warning: { code: 'adopted-bytes-missing' } }]);
  });
});
