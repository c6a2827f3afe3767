import { encodeOverride, parseOverride } from '@skein/sdk';
import { describe, expect, it } from 'vitest';
import type { CachePolicy, TaskOptions } from '@skein/model';
import { Outside, type Program, Thrown, runWalked } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

const TREE: Program = {
  main: { code: '1', options: AUTO, body: (run) => run.call('middle', 3) },
  middle: { code: '1', body: (run, x: number) => run.call('leaf', x) },
  leaf: { code: '1', body: (_, x: number) => Promise.resolve(x) },
};

describe('--force-task', () => {
  it('T7: a forced task executes, its callers are reused if it comes to the same', async () => {
    const kept = stores();
    await runWalked(TREE, kept, { entry: 'main' });
    const forced = await runWalked(TREE, kept, { entry: 'main', forceTasks: ['leaf'] });
    expect(forced.executions).toEqual(['leaf(3)']);
    expect(forced.finished.find(({ task }) => task === 'leaf')?.verdict).toEqual({
      kind: 'execute',
      reason: { kind: 'forced' },
    });
    const after = await runWalked(TREE, kept, { entry: 'main' });
    expect(after.executions).toEqual([]);
  });

  it('T7: a forced task that comes to something else has its callers executed', async () => {
    let value = 1;
    const program: Program = {
      ...TREE,
      leaf: { code: '1', body: () => Promise.resolve((value += 1)) },
    };
    const kept = stores();
    await runWalked(program, kept, { entry: 'main' });
    const forced = await runWalked(program, kept, { entry: 'main', forceTasks: ['leaf'] });
    expect(forced.executions).toEqual(['leaf()', 'middle(3)', 'main()']);
  });

  it('T7: nothing forced is shared in flight', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => Promise.all([run.call('leaf', 1), run.call('leaf', 1)]),
      },
      leaf: TREE['leaf'] as Program[string],
    };
    const shared = await runWalked(program, stores(), { entry: 'main' });
    expect(shared.executions).toEqual(['main()', 'leaf(1)']);
    const forced = await runWalked(program, stores(), { entry: 'main', forceTasks: ['leaf'] });
    expect(forced.executions).toEqual(['main()', 'leaf(1)', 'leaf(1)']);
  });

  it('T7: of a map whose items are all known each is forced', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run) => run.map('leaf', [1, 2, 3]) },
      leaf: TREE['leaf'] as Program[string],
    };
    const kept = stores();
    await runWalked(program, kept, { entry: 'main' });
    const forced = await runWalked(program, kept, { entry: 'main', forceTasks: ['leaf'] });
    expect(forced.executions).toEqual(['leaf(1)', 'leaf(2)', 'leaf(3)']);
  });
});

describe('--read-only', () => {
  it('a run leaves no trace, and later runs are as if it had not been', async () => {
    const kept = stores();
    await runWalked(TREE, kept, { entry: 'main' });
    const edited: Program = {
      ...TREE,
      leaf: { code: '2', body: (_, x: number) => Promise.resolve(-x) },
    };
    const readOnly = { entry: 'main', readOnly: true };
    const looking = await runWalked(edited, kept, readOnly);
    expect([looking.value, looking.executions]).toEqual([-3, ['leaf(3)', 'middle(3)', 'main()']]);
    expect(looking.finished.map(({ traced }) => traced)).toEqual([false, false, false]);
    expect(looking.finished[0]?.untraced).toBe('the run is one that leaves no traces');
    const again = await runWalked(edited, kept, readOnly);
    expect(again.executions).toEqual(looking.executions);
    const before = await runWalked(TREE, kept, readOnly);
    expect(before.executions).toEqual([]);
  });

  it('within the run itself what executed is known', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('leaf', 1), await run.call('leaf', 1)],
      },
      leaf: TREE['leaf'] as Program[string],
    };
    const { executions } = await runWalked(program, stores(), { entry: 'main', readOnly: true });
    expect(executions).toEqual(['main()', 'leaf(1)']);
  });
});

describe('cache modes', () => {
  const overriding = (cache: CachePolicy, child: Partial<TaskOptions> = {}): Program => ({
    main: { code: '1', options: { cache }, body: (run, x: number) => run.call('child', x) },
    child: { code: '1', options: child, body: (_, x: number) => Promise.resolve(x) },
  });

  it.for([
    ['auto below auto', { mode: 'auto', ignoredInputs: [] }, {}, []],
    ['uncached below auto', { mode: 'auto', ignoredInputs: [] }, OFF, ['child(1)']],
    ['auto below uncached', { mode: 'disable' }, AUTO, ['main(1)']],
    ['unset below uncached', { mode: 'disable' }, {}, ['main(1)', 'child(1)']],
    ['auto below the unset entry', { mode: 'inherit' }, AUTO, ['main(1)']],
    ['unset below the unset entry', { mode: 'inherit' }, {}, ['main(1)', 'child(1)']],
    ['uncached below a version', { mode: 'version', version: '1', ignoredInputs: [] }, OFF, []],
  ] as const)('PARITY 13 Q2 Q3 Q4: %s', async ([, cache, child, executed]) => {
    const kept = stores();
    const program = overriding(cache, child);
    await runWalked(program, kept, { entry: 'main', args: [1] });
    const second = await runWalked(program, kept, { entry: 'main', args: [1] });
    expect(second.executions).toEqual(executed);
    expect(second.value).toBe(1);
  });

  it('Q2: an unset task is cached below one caller and not below another', async () => {
    const program: Program = {
      main: {
        code: '1',
        body: async (run) => [await run.call('cached'), await run.call('uncached')],
      },
      cached: { code: '1', options: AUTO, body: (run) => run.call('leaf', 1) },
      uncached: { code: '1', options: OFF, body: (run) => run.call('leaf', 1) },
      leaf: TREE['leaf'] as Program[string],
    };
    const kept = stores();
    await runWalked(program, kept, { entry: 'main' });
    const second = await runWalked(program, kept, { entry: 'main' });
    expect(second.executions).toEqual(['main()', 'uncached()', 'leaf(1)']);
  });

  it('Q4: another salt, and another version, is a miss; the old one is known still', async () => {
    const kept = stores();
    const policies: readonly CachePolicy[] = [
      { mode: 'auto', ignoredInputs: [] },
      { mode: 'auto', ignoredInputs: [], salt: 'a' },
      { mode: 'version', version: '1', ignoredInputs: [] },
      { mode: 'version', version: '2', ignoredInputs: [] },
    ];
    const count = async (cache: CachePolicy) => {
      const run = await runWalked(overriding(cache), kept, { entry: 'main', args: [1] });
      return run.executions.filter((name) => name.startsWith('main')).length;
    };
    for (const cache of policies) expect(await count(cache)).toBe(1);
    for (const cache of policies) expect(await count(cache)).toBe(0);
  });

  it('Q4: with a version nothing that was observed is checked, but it ages', async () => {
    const cache: CachePolicy = { mode: 'version', version: '1', ignoredInputs: [], maxAgeMs: 500 };
    const program: Program = {
      main: { code: '1', options: { cache }, body: (run) => Promise.resolve(run.read('a')) },
    };
    const kept = stores();
    const outside = new Outside([['a', '1']]);
    const read = (at: number) => runWalked(program, kept, { entry: 'main', outside, at });
    await read(1_000);
    outside.files.set('a', '2');
    const young = await read(1_100);
    expect([young.value, young.looked]).toEqual(['1', []]);
    expect((await read(2_000)).value).toBe('2');
  });

  it('Q4: what was verified for one call is not young enough for a stricter one', async () => {
    const strict = encodeOverride(parseOverride({ cache: { maxAge: '1s' } }, 'leaf'));
    const program: Program = {
      main: {
        code: '1',
        body: async (run) => [await run.call('leaf', 1), await run.overridden('leaf', strict, 1)],
      },
      leaf: { code: '1', options: AUTO, body: (_, x: number) => Promise.resolve(x) },
    };
    const kept = stores();
    await runWalked(program, kept, { entry: 'main', at: 1_000 });
    const later = await runWalked(program, kept, { entry: 'main', at: 5_000 });
    expect(later.executions).toEqual(['main()', 'leaf(1)']);
  });

  it('Q5: a declared variable is in the key, whether it is taken or set', async () => {
    const program = (variables: TaskOptions['variables']): Program => ({
      main: { code: '1', options: { ...AUTO, variables }, body: () => Promise.resolve(1) },
    });
    const kept = stores();
    const outside = new Outside();
    const count = async (variables: TaskOptions['variables']) =>
      (await runWalked(program(variables), kept, { entry: 'main', outside })).executions.length;
    expect(await count({})).toBe(1);
    expect(await count({ MODE: { kind: 'inherit' } })).toBe(1);
    expect(await count({ MODE: { kind: 'inherit' } })).toBe(0);
    outside.variables.set('MODE', 'a');
    expect(await count({ MODE: { kind: 'inherit' } })).toBe(1);
    expect(await count({ MODE: { kind: 'set', value: 'a' } })).toBe(0);
    expect(await count({ MODE: { kind: 'set', value: 'b' } })).toBe(1);
    expect(await count({})).toBe(0);
  });

  it('Q3: below two cached callers an uncached task executes for each', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('one'), await run.call('other')],
      },
      one: { code: '1', body: (run) => run.call('sample', 1) },
      other: { code: '1', body: (run) => run.call('sample', 1) },
      sample: { code: '1', options: OFF, body: (_, x: number) => Promise.resolve(x) },
    };
    const kept = stores();
    await runWalked(program, kept, { entry: 'main' });
    const second = await runWalked(program, kept, { entry: 'main' });
    expect(second.executions).toEqual(['sample(1)', 'sample(1)']);
    expect(second.end.counts).toMatchObject({ executed: 2, reused: 1 });
  });

  it('Q3: an uncached call that fails for a check is the one its caller gets', async () => {
    let fails = false;
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => run.call('shaky').catch((error: unknown) => String(error)),
      },
      shaky: {
        code: '1',
        options: OFF,
        body: () => (fails ? Promise.reject(new Thrown('now')) : Promise.resolve('fine')),
      },
    };
    const kept = stores();
    await runWalked(program, kept, { entry: 'main' });
    fails = true;
    const second = await runWalked(program, kept, { entry: 'main' });
    expect(second.executions).toEqual(['shaky()', 'main()']);
    expect(second.value).toBe('Thrown: now');
  });
});
