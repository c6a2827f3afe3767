import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CachePolicy } from '@skein/model';
import { goOn } from '../test/resumed.ts';
import { type Program, Thrown, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const RETRIED = { retries: { count: 3, backoff: { baseMs: 0, factor: 1, capMs: 0 } } };
const CACHED = { cache: { mode: 'auto', ignoredInputs: [] } as CachePolicy };

describe('a later attempt', () => {
  it('R6: gets the very results that its calls had, five samples as five', async () => {
    let drawn = 0;
    const seen: unknown[][] = [];
    const program: Program = {
      main: {
        code: 'main',
        options: RETRIED,
        body: async (script) => {
          const own: unknown[] = [];
          for (let index = 0; index < 5; index += 1) own.push(await script.call('sample'));
          seen.push(own);
          if (script.attempt < 3) throw new Thrown('once more');
          return own;
        },
      },
      sample: { code: 'sample', body: async () => (drawn += 1) },
    };
    const run = await runScripted(program, stores(), { entry: 'main' });
    expect(seen).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
    expect(run.end.counts).toMatchObject({ total: 6, executed: 6 });
  });

  it('R6 K3: a sample that failed is drawn again, and the others stay where they are', async () => {
    const seen: unknown[][] = [];
    let drawn = 0;
    const program: Program = {
      main: {
        code: 'main',
        options: RETRIED,
        body: async (script) => {
          const five = Array.from({ length: 5 }, () => script.call('sample').catch(() => 'failed'));
          const own = await Promise.all(five);
          seen.push(own);
          if (script.attempt < 3) throw new Thrown('once more');
          return own;
        },
      },
      sample: {
        code: 'sample',
        body: async () => {
          drawn += 1;
          if ([3, 6].includes(drawn)) throw new Thrown('not this time');
          return drawn;
        },
      },
    };
    await runScripted(program, stores(), { entry: 'main' });
    expect(seen).toEqual([
      [1, 2, 'failed', 4, 5],
      [1, 2, 'failed', 4, 5],
      [1, 2, 7, 4, 5],
    ]);
  });

  it('R6 X8: gets what was reused, joined or adopted, and lists it once', async () => {
    const program = (ends: boolean): Program => ({
      main: {
        code: 'main',
        options: RETRIED,
        body: async (script) => {
          const both = await Promise.all([script.call('cached', 1), script.call('cached', 1)]);
          const all = [...both, await script.call('plain', 2)];
          if (!ends || script.attempt === 1) throw new Thrown('not yet');
          return all;
        },
      },
      cached: { code: 'cached', options: CACHED, body: async (_, item: number) => item },
      plain: { code: 'plain', body: async (_, item: number) => item },
    });
    const kept = stores();
    const first = await runScripted(program(false), kept, { entry: 'main' });
    expect(first.executions.filter((name) => name !== 'main()')).toEqual(['cached(1)', 'plain(2)']);
    const again = await goOn(program(true), [[first, program(false)]], { stores: kept });
    expect(again.value).toEqual([1, 1, 2]);
    expect(again.executions).toEqual(['main()', 'main()']);
    expect(again.end.counts).toMatchObject({ total: 4, executed: 1, reused: 2, adopted: 1 });
  });

  it('R6: executes what failed again, and nothing else, whatever was called', async () => {
    const call = fc.record({ item: fc.nat(3), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), fc.boolean(), async (calls, parallel) => {
        const program: Program = {
          main: {
            code: 'main',
            options: RETRIED,
            body: async (script) => {
              const make = ({ item, fails }: (typeof calls)[number]): Promise<unknown> =>
                script.call(fails ? 'fails' : 'works', item).catch(() => 'failed');
              const results: unknown[] = [];
              if (parallel) results.push(...(await Promise.all(calls.map(make))));
              else for (const one of calls) results.push(await make(one));
              if (script.attempt < 3) throw new Thrown('once more');
              return results;
            },
          },
          works: { code: 'works', body: async (_, item: number) => item },
          fails: {
            code: 'fails',
            body: async (_, item: number) => {
              throw new Thrown(`${item}`);
            },
          },
        };
        const run = await runScripted(program, stores(), { entry: 'main' });
        expect(run.value).toEqual(calls.map(({ item, fails }) => (fails ? 'failed' : item)));
        const failing = calls.filter(({ fails }) => fails).length;
        expect(run.end.counts).toMatchObject({
          executed: 1 + (calls.length - failing) + 3 * failing,
        });
      }),
      { numRuns: 60 },
    );
  });
});
