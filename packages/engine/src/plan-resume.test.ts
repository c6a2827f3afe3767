import { describe, expect, it } from 'vitest';
import type { ResumePlan } from '@skein/model';
import { planResumed } from '../test/planned.ts';
import { goOn, killedAfter, resumption } from '../test/resumed.ts';
import { type Program, type ScriptedRun, Thrown, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

interface Planned {
  readonly plan: ResumePlan;
  readonly resumed: ScriptedRun;
}

/** Plans to go on from a run of another program, then does. */
async function goOnFrom(
  first: ScriptedRun,
  programs: readonly [before: Program, now: Program],
  call: { readonly args?: readonly unknown[]; readonly forceTasks?: readonly string[] } = {},
): Promise<Planned> {
  const [before, now] = programs;
  const resume = resumption(now, [{ state: first.state, program: before }]);
  const mayCall = { main: ['item'] };
  const plan = await planResumed(now, stores(), { entry: 'main', mayCall, ...call, resume });
  return { plan, resumed: await goOn(now, [[first, before]], call) };
}

/** A map of four items, one at a time, of which the second fails where `bad` says so. */
function mapped(bad: boolean, code = 'a'): Program {
  return {
    main: {
      code: 'main',
      body: async (script) => await script.map('item', [1, 2, 3, 4], 1),
    },
    item: {
      code,
      body: async (_, item: number) => {
        if (bad && item === 2) throw new Thrown('bad');
        return item * 2;
      },
    },
  };
}

describe('a plan of a resume', () => {
  it('R2: items that a map did not start are known to be left', async () => {
    const before = mapped(true);
    const first = await runScripted(before, stores(), { entry: 'main' });
    const { plan, resumed } = await goOnFrom(first, [before, mapped(false, 'b')]);
    expect(plan.counts).toEqual({ adopt: 1, reuse: 0, execute: 4 });
    expect(resumed.end.counts).toMatchObject({ adopted: 1, reused: 0, executed: 4 });
    expect(plan.adoption).toEqual(resumed.end.adoption);
    expect(plan.execute.map(({ task, why }) => `${task} ${why.kind}`)).toEqual([
      'main failed',
      'item failed',
      'item never-started',
      'item never-started',
    ]);
    expect(plan.undecided).toEqual([{ task: 'main', why: 'ended-early' }]);
  });

  it('R2: what is forced executes, and what had not failed calls what it called', async () => {
    const program = mapped(false);
    const first = await runScripted(program, stores(), { entry: 'main' });
    const forced = { forceTasks: ['main'] };
    const { plan, resumed } = await goOnFrom(first, [program, program], forced);
    expect(plan.counts).toEqual({ adopt: 4, reuse: 0, execute: 1 });
    expect(resumed.end.counts).toMatchObject({ adopted: 4, reused: 0, executed: 1 });
    expect(plan.execute).toMatchObject([{ why: { kind: 'other', reason: { kind: 'forced' } } }]);
    expect(plan.undecided).toEqual([]);
  });

  it('R2: an entry whose run ended before it began was not started yet', async () => {
    const program = mapped(false);
    const first = await runScripted(program, stores(), { entry: 'main' });
    const { state } = killedAfter(first.events, 1);
    const { plan } = await goOnFrom({ ...first, state }, [program, program]);
    expect(plan.execute.map(({ why }) => why.kind)).toEqual(['never-started']);
  });

  it('R1 R6: a call that failed and succeeded in a later attempt is one, and adopted', async () => {
    let attempts = 0;
    const retried = (ends: boolean): Program => ({
      main: {
        code: ends ? 'fixed' : 'broken',
        options: { retries: { count: 1, backoff: { baseMs: 0, factor: 1, capMs: 0 } } },
        body: async (script) => {
          const value = await script.call('item', 1);
          if (!ends) throw new Thrown('later');
          return value;
        },
      },
      item: {
        code: 'item',
        body: async (_, item: number) => {
          attempts += 1;
          if (attempts === 1) throw new Thrown('at first');
          return item;
        },
      },
    });
    const first = await runScripted(retried(false), stores(), { entry: 'main' });
    expect(first.executions).toEqual(['main()', 'item(1)', 'main()', 'item(1)']);
    const { plan, resumed } = await goOnFrom(first, [retried(false), retried(true)]);
    expect(plan.counts).toEqual({ adopt: 1, reuse: 0, execute: 1 });
    expect([resumed.value, resumed.executions]).toEqual([1, ['main()']]);
  });
});
