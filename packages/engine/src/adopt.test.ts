import { describe, expect, it } from 'vitest';
import type { ActionFinished, CachePolicy } from '@skein/model';
import { goOn } from '../test/resumed.ts';
import { type Program, type ScriptedRun, Thrown, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const CACHED = { cache: { mode: 'auto', ignoredInputs: [] } as CachePolicy };

/** Doubles 1 to `count`, in turn; the item that is bad fails. */
function items(
  count: number,
  { bad, code = 'a', options = {} }: { bad?: number; code?: string; options?: object } = {},
): Program {
  return {
    main: {
      code: 'main',
      options,
      body: async (script) => {
        const results: unknown[] = [];
        for (let item = 1; item <= count; item += 1) results.push(await script.call('item', item));
        return results;
      },
    },
    item: {
      code,
      body: async (_, item: number) => {
        if (item === bad) throw new Thrown(`item ${item} is bad`);
        return item * 2;
      },
    },
  };
}

function verdicts(run: ScriptedRun): readonly string[] {
  return run.finished.map(({ task, verdict }) => `${task} ${verdict.kind}`);
}

function reasonOf(run: ScriptedRun, task: string): ActionFinished['verdict']['reason'] | undefined {
  return run.finished.find((event) => event.task === task)?.verdict.reason;
}

describe('adoption', () => {
  it('R1 X8: only what the failed run did not finish executes, with caching off', async () => {
    const failing = items(10, { bad: 8 });
    const first = await runScripted(failing, stores(), { entry: 'main' });
    expect(first.end.status).toBe('failed');
    const again = await goOn(failing, [[first, failing]]);
    expect(again.executions).toEqual(['main()', 'item(8)']);
    expect(again.end.counts).toMatchObject({ total: 9, executed: 2, adopted: 7, failed: 2 });
  });

  it('O8 R1: a strict run adopts nothing that something impure had a part in', async () => {
    const program: Program = {
      main: {
        code: 'main',
        body: async (script) => [
          await script.call('stage', 1),
          await script.call('pure', 1),
          await script.call('last'),
        ],
      },
      stage: { code: 'stage', body: async (script, item: number) => script.call('part', item) },
      part: {
        code: 'part',
        body: async (script, item: number) => {
          script.impure({ kind: 'clock', what: 'Date.now', at: 'src/main.ts:1:1' });
          return item;
        },
      },
      pure: { code: 'pure', body: async (_, item: number) => item },
      last: {
        code: 'last',
        body: async () => {
          throw new Thrown('not yet');
        },
      },
    };
    const first = await runScripted(program, stores(), { entry: 'main' });
    const lax = await goOn(program, [[first, program]]);
    expect(lax.executions).toEqual(['main()', 'last()']);
    const before = [
      [lax, program],
      [first, program],
    ] as const;
    const strict = await goOn(program, before, { strict: true });
    expect(strict.executions).toEqual(['main()', 'stage(1)', 'part(1)', 'last()']);
  });

  it('R1 R2 R3: the fix of an item edits the task that made the others', async () => {
    const failing = items(10, { bad: 8, options: CACHED });
    const fixed = items(10, { code: 'b', options: CACHED });
    const kept = stores();
    const first = await runScripted(failing, kept, { entry: 'main' });
    const again = await goOn(fixed, [[first, failing]], { stores: kept });
    expect(again.executions).toEqual(['main()', 'item(8)', 'item(9)', 'item(10)']);
    expect(again.value).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
    const changes = [{ kind: 'symbol', module: 'src/main.ts', name: 'item' }];
    expect(reasonOf(again, 'item')).toEqual({
      kind: 'adopted',
      run: first.state.overview.run,
      action: 2,
      made: { kind: 'key-changed', changes },
    });
    expect(again.end.adoption).toEqual({
      adopted: 7,
      madeByEarlier: 7,
      made: [{ reason: { kind: 'key-changed', changes }, actions: 7 }],
    });
    const main = again.finished.find(({ task }) => task === 'main');
    expect(main?.traced).toBe(false);
    expect(main?.untraced).toContain('other code or data');
    const plain = await runScripted(fixed, kept, { entry: 'main' });
    expect(plain.executions).toEqual(['main()', ...[1, 2, 3, 4, 5, 6, 7].map((n) => `item(${n})`)]);
  });

  it('R1: what the rules of `run` reuse is reused, and adoption comes second', async () => {
    const failing = items(3, { bad: 3, options: CACHED });
    const kept = stores();
    const first = await runScripted(failing, kept, { entry: 'main' });
    const again = await goOn(failing, [[first, failing]], { stores: kept });
    expect(verdicts(again)).toEqual(['item reuse', 'item reuse', 'item execute', 'main execute']);
    expect(again.end.adoption).toEqual({ adopted: 0, madeByEarlier: 0, made: [] });
  });

  it('R1: calls in another order are found, and changed arguments are not', async () => {
    const inOrder = (order: readonly number[]): Program => ({
      main: {
        code: 'main',
        body: async (script) => {
          for (const item of order) await script.call('item', item);
          throw new Thrown('no');
        },
      },
      item: { code: 'item', body: async (_, item: number) => item },
    });
    const first = await runScripted(inOrder([1, 2, 3]), stores(), { entry: 'main' });
    const again = await goOn(inOrder([3, 4, 1]), [[first, inOrder([1, 2, 3])]]);
    expect(again.executions).toEqual(['main()', 'item(4)']);
  });

  it('R1: `--force` and `--force-task` win over adoption', async () => {
    const failing = items(3, { bad: 3 });
    const first = await runScripted(failing, stores(), { entry: 'main' });
    const all = await goOn(failing, [[first, failing]], { force: true });
    expect(all.executions).toEqual(['main()', 'item(1)', 'item(2)', 'item(3)']);
    const some = await goOn(failing, [[first, failing]], { forceTasks: ['item'] });
    expect(some.executions).toEqual(['main()', 'item(1)', 'item(2)', 'item(3)']);
  });

  it('R2: with `--edited execute` what other code made executes again', async () => {
    const failing = items(3, { bad: 3 });
    const first = await runScripted(failing, stores(), { entry: 'main' });
    const fixed = items(3, { code: 'b' });
    const edited = await goOn(fixed, [[first, failing]], { edited: 'execute' });
    expect(edited.executions).toEqual(['main()', 'item(1)', 'item(2)', 'item(3)']);
    const same = await goOn(failing, [[first, failing]], { edited: 'execute' });
    expect(same.executions).toEqual(['main()', 'item(3)']);
  });

  it('R1 R3: a resume of a resume adopts from both, and names the run that executed', async () => {
    const one = items(6, { bad: 3 });
    const two = items(6, { bad: 5, code: 'b' });
    const three = items(6, { code: 'c' });
    const first = await runScripted(one, stores(), { entry: 'main' });
    const second = await goOn(two, [[first, one]]);
    expect(second.executions).toEqual(['main()', 'item(3)', 'item(4)', 'item(5)']);
    const third = await goOn(three, [
      [second, two],
      [first, one],
    ]);
    expect(third.executions).toEqual(['main()', 'item(5)', 'item(6)']);
    const runs = third.finished.flatMap(({ verdict: { reason } }) =>
      reason.kind === 'adopted' ? [reason.run] : [],
    );
    const [a, b] = [first.state.overview.run, second.state.overview.run];
    expect(runs).toEqual([a, a, b, b]);
    expect(third.end.adoption?.madeByEarlier).toBe(4);
  });

  it('R1 R3: results of a run that is not on record any more are adopted', async () => {
    const one = items(4, { bad: 3 });
    const first = await runScripted(one, stores(), { entry: 'main' });
    const second = await goOn(one, [[first, one]]);
    const third = await goOn(one, [[second, one]]);
    expect(third.executions).toEqual(['main()', 'item(3)']);
    expect(reasonOf(third, 'item')).toMatchObject({ made: { kind: 'code-unknown' } });
  });

  it('R1: a caller with other inputs gets what callers of its task had called', async () => {
    const program: Program = {
      main: {
        code: 'main',
        body: async (script, limit: number) => {
          for (let item = 1; item <= 3; item += 1) await script.call('item', item);
          if (limit === 1) throw new Thrown('over the limit');
          return limit;
        },
      },
      item: { code: 'item', body: async (_, item: number) => item },
    };
    const first = await runScripted(program, stores(), { entry: 'main', args: [1] });
    const again = await goOn(program, [[first, program]], { args: [2] });
    expect(again.executions).toEqual(['main(2)']);
    expect(again.end.counts.adopted).toBe(3);
  });
});
