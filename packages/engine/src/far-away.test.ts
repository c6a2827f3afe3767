import { digestOf } from '@skein/values';
import type { TaskOptions, Trace } from '@skein/model';
import { expect, test } from 'vitest';
import { AUTO, CHAIN, Machine, OUTSIDE, WIDE, eventOf } from '../test/far-machine.ts';
import { ADA, FarStore } from '../test/far-store.ts';
import { Outside, type Program, Thrown, runScripted } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

test('what one machine executed another reuses, and says who made it', async () => {
  const far = new FarStore();
  const one = await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect(one.executions).toHaveLength(3);
  const second = new Machine(far);
  const other = await second.run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect([other.executions, other.value]).toEqual([[], one.value]);
  const { run, action, at, durationMs } = second.near.traces.lookUp(
    eventOf(other, 'main').key as never,
  )[0] as Trace;
  const elsewhere = { provenance: ADA, run, action, at, durationMs };
  expect(eventOf(other, 'main').verdict).toEqual({
    kind: 'reuse',
    reason: { kind: 'found', elsewhere },
  });
  expect(second.client.offered).toEqual([]);
});

test('A1: what is known near asks nobody, nor does what was learned before', async () => {
  const far = new FarStore();
  const one = new Machine(far);
  await one.run(CHAIN, { args: [1], outside: OUTSIDE() });
  await one.run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect([one.client.finds, one.client.prefetched]).toEqual([[], []]);
  const other = new Machine(far);
  await other.run(CHAIN, { args: [1], outside: OUTSIDE() });
  const again = await other.run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect([again.executions, other.client.finds]).toEqual([[], []]);
  expect(eventOf(again, 'main').verdict.reason).toMatchObject({
    kind: 'found',
    elsewhere: { provenance: ADA },
  });
});

test('an own execution takes the place of what others made', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const other = new Machine(far);
  await other.run(CHAIN, { args: [1], outside: OUTSIDE(), force: true });
  const again = await other.run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect(eventOf(again, 'main').verdict.reason).toEqual({ kind: 'found' });
});

test('A3: the calls of what was learned are asked for before they are looked up', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const other = new Machine(far);
  const run = await other.run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect(run.finished).toHaveLength(1);
  expect(other.client.prefetched).toHaveLength(2);
  // Whoever wants them later joins a question that was asked already.
  const [entry, ...later] = other.client.finds.flat();
  expect(entry).toBe(eventOf(run, 'main').key);
  expect(new Set(later)).toEqual(new Set(other.client.prefetched));
});

test('A3: an edited caller asks for what its last execution called, at once', async () => {
  const far = new FarStore();
  const one = new Machine(far);
  await one.run(CHAIN, { args: [1], outside: OUTSIDE() });
  const other = new Machine(far);
  await other.run(CHAIN, { args: [1], outside: OUTSIDE() });
  const edited = {
    ...CHAIN,
    left: { ...CHAIN['left'], code: '2' },
    right: { ...CHAIN['right'], code: '2' },
    main: { ...CHAIN['main'], code: '2' },
  } as Program;
  await one.run(edited, { args: [1], outside: OUTSIDE() });
  const run = await other.run(edited, { args: [1], outside: OUTSIDE() });
  expect(run.executions).toEqual([]);
  // Known before the answer about the caller: by what it called when it was learned first.
  expect(new Set(other.client.prefetched).size).toBe(2);
});

test('T2 T5: an edited callee executes alone, with inputs that are brought', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const edited = { ...CHAIN, right: { ...CHAIN['right'], code: '2' } } as Program;
  const other = new Machine(far);
  const run = await other.run(edited, { args: [1], outside: OUTSIDE() });
  expect([run.executions, run.value]).toEqual([['right(2)'], '2x']);
  expect(other.client.brought).toBe(1);
});

test('T5: where the inputs are gone the caller executes, and is not wrong', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const edited = { ...CHAIN, right: { ...CHAIN['right'], code: '2' } } as Program;
  const run = await new Machine(far).run(edited, {
    args: [1],
    outside: OUTSIDE(),
    trouble: { inputsGone: true },
  });
  expect(run.executions).toEqual(['main(1)', 'right(2)']);
  expect(run.value).toBe('2x');
});

test('T2: observations of the other machine are looked at here', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const outside = new Outside([['a.txt', 'y']]);
  const run = await new Machine(far).run(CHAIN, { args: [1], outside });
  expect([run.executions, run.value]).toEqual([['right(2)', 'main(1)'], '2y']);
  expect(eventOf(run, 'right').verdict.reason).toMatchObject({ kind: 'observation-changed' });
});

test('P4 D7: who does not answer, or answers late, changes nothing', async () => {
  const far = new FarStore();
  const first = await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const down = new Machine(far);
  const alone = await down.run(CHAIN, {
    args: [1],
    outside: OUTSIDE(),
    trouble: { down: true },
  });
  expect([alone.executions.length, alone.value]).toEqual([3, first.value]);
  const late = await new Machine(far).run(CHAIN, {
    args: [1],
    outside: OUTSIDE(),
    trouble: { turns: 20 },
  });
  expect([late.executions, late.value]).toEqual([[], first.value]);
});

test('P4: an answer about another key, or of a task that is gone, is none', async () => {
  const far = new FarStore();
  const other = new Machine(far);
  const probe = await new Machine(new FarStore()).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const key = eventOf(probe, 'main').key as Trace['key'];
  const outcome = eventOf(probe, 'left').outcome;
  const lie: Trace = {
    key,
    task: 'nobody' as Trace['task'],
    waves: [
      [
        {
          kind: 'call',
          task: 'gone' as Trace['task'],
          inputs: [],
          outcome: outcome.digest,
          count: 0,
        },
      ],
    ],
    log: { length: 3, digest: digestOf('log', 'nowhere') },
    outcome,
    impurities: [],
    run: 'run-1',
    action: 1,
    at: 1,
    durationMs: 1,
    origin: ADA,
  };
  far.traces.learn(lie);
  const run = await other.run(CHAIN, { args: [1], outside: OUTSIDE() });
  expect([run.executions.length, run.value]).toEqual([3, probe.value]);
});

test('what is forced, or not cached, asks nobody', async () => {
  const far = new FarStore();
  const program: Program = {
    main: { ...CHAIN['main'], body: (run, n: number) => run.call('off', n) } as Program[string],
    off: { code: '1', options: OFF, body: (_run, n: number) => Promise.resolve(n) },
  };
  const machine = new Machine(far);
  await machine.run(program, { args: [1], force: true });
  expect(machine.client.finds).toEqual([]);
  const run = await new Machine(far).run(program, { args: [1] });
  expect(run.executions).toEqual(['off(1)']);
  const named = new Machine(far);
  await named.run(program, { args: [1], forceTasks: ['main'] });
  expect(named.client.finds).toEqual([]);
});

test('a run that only reads offers nothing', async () => {
  const machine = new Machine(new FarStore());
  machine.client = machine.far.client(machine.near);
  await runScripted(CHAIN, machine.near, {
    entry: 'main',
    args: [1],
    readOnly: true,
    far: machine.client,
  });
  expect(machine.client.offered).toEqual([]);
});

test('a map of a thousand asks a handful of times, whoever looks its items up', async () => {
  const far = new FarStore();
  const first = new Machine(far);
  await first.run(WIDE);
  expect(first.client.finds.length).toBeLessThanOrEqual(3);
  const checked = new Machine(far);
  const run = await checked.run(WIDE);
  expect(run.executions).toEqual([]);
  expect(checked.client.finds.length).toBeLessThanOrEqual(3);
  const called = new Machine(far);
  const edited = { ...WIDE, main: { ...WIDE['main'], code: '2' } } as Program;
  const again = await called.run(edited);
  expect(again.executions).toEqual(['main()']);
  expect(called.client.finds.length).toBeLessThanOrEqual(3);
});

test('T4: failures that were caught are known elsewhere, too', async () => {
  const program: Program = {
    main: {
      code: '1',
      options: AUTO,
      body: async (run) => {
        const caught = await run.call('bad', 1).catch((error: unknown) => String(error));
        return `${String(caught)} ${String(await run.call('good', 2))}`;
      },
    },
    bad: { code: '1', body: () => Promise.reject(new Thrown('no')) },
    good: { code: '1', body: (_run, n: number) => Promise.resolve(n) },
  };
  const far = new FarStore();
  const first = await new Machine(far).run(program);
  const other = await new Machine(far).run(program);
  expect([other.executions, other.value]).toEqual([[], first.value]);
  // A running caller is answered by no failure that is only known.
  const edited = { ...program, main: { ...program['main'], code: '2' } } as Program;
  const again = await new Machine(far).run(edited);
  expect(again.executions.toSorted()).toEqual(['bad()', 'main()']);
});

test('O3: what a process had observed before comes along, and is checked here', async () => {
  const program: Program = {
    main: {
      code: '1',
      options: AUTO,
      body: async (run) => [await run.call('reads', 1), await run.call('reads', 2)].join(),
    },
    reads: {
      code: '1',
      retains: true,
      body: (run, n: number) => {
        const kept = run.keep('text', () => run.read('a.txt'));
        return Promise.resolve(`${n}${kept ?? ''}`);
      },
    },
  };
  const far = new FarStore();
  const first = await new Machine(far).run(program, { outside: OUTSIDE() });
  const same = await new Machine(far).run(program, { outside: OUTSIDE() });
  expect([same.executions, same.value]).toEqual([[], first.value]);
  const outside = new Outside([['a.txt', 'y']]);
  const other = await new Machine(far).run(program, { outside });
  expect(other.value).toBe('1y,2y');
});

test('early cutoff: a callee that comes to the same leaves its caller to others', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const edited = {
    ...CHAIN,
    left: { code: '2', body: (_run: unknown, n: number) => Promise.resolve(1 + n) },
  } as Program;
  const other = new Machine(far);
  const run = await other.run(edited, { args: [1], outside: OUTSIDE() });
  expect(run.executions).toEqual(['left(1)']);
  expect(other.client.offered.map(({ task }) => task)).toEqual(['left']);
});

test('T6: what stands on learned traces gets a summary, which asks nobody', async () => {
  const far = new FarStore();
  await new Machine(far).run(WIDE);
  const other = new Machine(far);
  await other.run(WIDE, { summaryFrom: 32 });
  const again = await other.run(WIDE, { summaryFrom: 32 });
  expect(again.executions).toEqual([]);
  const key = eventOf(again, 'main').key as Trace['key'];
  expect(other.near.traces.summaryOf(key)).toBeDefined();
  expect(other.client.finds).toEqual([]);
});

test('R1: others are asked before an earlier run is', async () => {
  const far = new FarStore();
  const near = stores();
  const failing: Program = {
    ...CHAIN,
    right: { code: '1', body: () => Promise.reject(new Thrown('not yet')) },
  };
  const offline = far.client(near);
  offline.trouble = { down: true };
  const failed = await runScripted(failing, near, { entry: 'main', args: [1], far: offline });
  await new Machine(far).run(CHAIN, { args: [1] });
  const resume = { runs: [failed.state], edited: 'adopt', changes: () => undefined } as const;
  const run = await new Machine(far, near).run(CHAIN, { args: [1], resume });
  expect(run.end.adoption?.adopted).toBe(0);
});

test('X5: who is cancelled does not wait for others', async () => {
  const far = new FarStore();
  await new Machine(far).run(CHAIN, { args: [1], outside: OUTSIDE() });
  const other = new Machine(far);
  const run = await other.run(CHAIN, {
    args: [1],
    outside: OUTSIDE(),
    trouble: { turns: Number.POSITIVE_INFINITY },
    begun: (cancel) => setImmediate(cancel),
  });
  expect([run.end.status, run.executions]).toEqual(['cancelled', []]);
});
