import { describe, expect, it } from 'vitest';
import { MemoryBlobs } from '@skein/store';
import type { Reason, TaskOptions } from '@skein/model';
import { Outside, type Program, type ScriptedRun, Thrown, runWalked } from '../test/scripted.ts';
import { stores } from '../test/stores.ts';

const AUTO: Partial<TaskOptions> = { cache: { mode: 'auto', ignoredInputs: [] } };
const OFF: Partial<TaskOptions> = { cache: { mode: 'disable' } };

function reasonOf(run: ScriptedRun, task: string): Reason | undefined {
  return run.finished.find((event) => event.task === task)?.verdict.reason;
}

describe.each([false, true])(
  'observations of the outside (looked at in a turn of its own: %s)',
  (slow) => {
    const READER = {
      main: { code: '1', options: AUTO, body: (run) => Promise.resolve(run.read('config/x.json')) },
    } satisfies Program;

    it('O1: a file counts when it changes, appears or disappears, and only then', async () => {
      const kept = stores();
      const outside = new Outside();
      const read = () => runWalked(READER, kept, { entry: 'main', outside, slow });
      const executions = async () => (await read()).executions.length;
      expect(await executions()).toBe(1);
      outside.files.set('config/other.json', '1');
      expect(await executions()).toBe(0);
      outside.files.set('config/x.json', '1');
      expect(await executions()).toBe(1);
      expect(await executions()).toBe(0);
      outside.files.set('config/x.json', '2');
      const changed = await read();
      expect(changed.value).toBe('2');
      const before = { kind: 'file', path: 'config/x.json', digest: expect.any(String) as string };
      expect(reasonOf(changed, 'main')).toEqual({
        kind: 'observation-changed',
        before,
        after: outside.digestOf({ kind: 'file', path: 'config/x.json', digest: null }),
      });
      outside.files.delete('config/x.json');
      const absent = await read();
      expect([absent.executions, absent.value]).toEqual([[], undefined]);
    });

    it('O1: a folder that was listed counts when a name is added', async () => {
      const program: Program = {
        main: { code: '1', options: AUTO, body: (run) => Promise.resolve(run.list('data')) },
      };
      const kept = stores();
      const outside = new Outside([['data/a.txt', '1']]);
      const list = () => runWalked(program, kept, { entry: 'main', outside, slow });
      await list();
      outside.files.set('data/a.txt', '2');
      expect((await list()).executions).toEqual([]);
      outside.files.set('data/b.txt', '1');
      const changed = await list();
      expect(changed.value).toEqual(['a.txt', 'b.txt']);
      expect(reasonOf(changed, 'main')).toMatchObject({ kind: 'observation-changed' });
    });

    it('O6: a variable that was read counts when it changes', async () => {
      const program: Program = {
        main: { code: '1', options: AUTO, body: (run) => Promise.resolve(run.variable('MODE')) },
      };
      const kept = stores();
      const outside = new Outside();
      const read = () => runWalked(program, kept, { entry: 'main', outside, slow });
      await read();
      outside.variables.set('OTHER', 'x');
      expect((await read()).executions).toEqual([]);
      outside.variables.set('MODE', 'fast');
      const changed = await read();
      expect(changed.value).toBe('fast');
      expect(reasonOf(changed, 'main')).toMatchObject({
        kind: 'observation-changed',
        before: { kind: 'variable', name: 'MODE', digest: null },
      });
    });

    it('T2: a file of a later wave is looked at only after the calls before it', async () => {
      const program = (code: string): Program => ({
        main: {
          code: '1',
          options: AUTO,
          body: async (run) => run.read((await run.call('pick')) as string),
        },
        pick: { code, body: () => Promise.resolve(code) },
      });
      const kept = stores();
      const outside = new Outside([
        ['left', 'L'],
        ['right', 'R'],
      ]);
      await runWalked(program('left'), kept, { entry: 'main', outside, slow });
      const second = await runWalked(program('right'), kept, { entry: 'main', outside, slow });
      expect(second.value).toBe('R');
      expect(second.looked).toEqual([]);
    });

    it('T1: of items that each read a file only the changed one executes', async () => {
      const items = Array.from({ length: 64 }, (_, index) => index);
      const program: Program = {
        main: { code: '1', options: AUTO, body: (run) => run.map('load', items) },
        load: { code: '1', body: (run, item: number) => Promise.resolve(run.read(`data/${item}`)) },
      };
      const kept = stores();
      const outside = new Outside(items.map((item) => [`data/${item}`, `${item}`]));
      await runWalked(program, kept, { entry: 'main', outside, slow });
      const known = await runWalked(program, kept, { entry: 'main', outside, slow });
      expect(known.executions).toEqual([]);
      expect(known.looked).toHaveLength(64);
      outside.files.set('data/17', 'new');
      const second = await runWalked(program, kept, { entry: 'main', outside, slow });
      expect(second.executions).toEqual(['load(17)', 'main()']);
      expect((second.value as string[])[17]).toBe('new');
    });
  },
);

describe('checks', () => {
  it('T2: an edited child that yields the same stops the change there, and is named', async () => {
    const program = (code: string, body: (x: number) => number): Program => ({
      main: { code: '1', options: AUTO, body: (run) => run.call('middle', 3) },
      middle: { code: '1', body: (run, x: number) => run.call('leaf', x) },
      leaf: { code, body: (_, x: number) => Promise.resolve(body(x)) },
    });
    const kept = stores();
    await runWalked(
      program('1', (x) => x * 2),
      kept,
      { entry: 'main' },
    );
    const same = await runWalked(
      program('2', (x) => x + x),
      kept,
      { entry: 'main' },
    );
    expect(same.executions).toEqual(['leaf(3)']);
    const other = await runWalked(
      program('3', (x) => x * 3),
      kept,
      { entry: 'main' },
    );
    expect(other.executions).toEqual(['leaf(3)', 'middle(3)', 'main()']);
    const leaf = other.finished.find(({ task }) => task === 'leaf');
    expect(reasonOf(other, 'middle')).toEqual({
      kind: 'child-changed',
      task: 'leaf',
      action: leaf?.action,
    });
  });

  it('T2: a key has several traces, and any that holds answers', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run) => Promise.resolve(run.variable('MODE')) },
    };
    const kept = stores();
    const outside = new Outside();
    const read = async (mode: string) => {
      outside.variables.set('MODE', mode);
      return (await runWalked(program, kept, { entry: 'main', outside })).executions.length;
    };
    expect(await read('a')).toBe(1);
    expect(await read('b')).toBe(1);
    expect(await read('a')).toBe(0);
    expect(await read('b')).toBe(0);
    for (const mode of ['c', 'd', 'e', 'f', 'g', 'h']) expect(await read(mode)).toBe(1);
    expect(await read('a')).toBe(0);
    expect(await read('i')).toBe(1);
    // Eight are kept, the newest: `a` was the first to be written.
    expect(await read('a')).toBe(1);
    expect(await read('c')).toBe(0);
  });

  it('T2: the reason for a miss is what became of the trace that held the longest', async () => {
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('mode'), run.read('a')],
      },
      mode: { code: '1', body: (run) => Promise.resolve(run.variable('MODE')) },
    };
    const kept = stores();
    const outside = new Outside([['a', '1']]);
    await runWalked(program, kept, { entry: 'main', outside });
    outside.variables.set('MODE', 'fast');
    await runWalked(program, kept, { entry: 'main', outside });
    outside.variables.delete('MODE');
    outside.files.set('a', '2');
    const third = await runWalked(program, kept, { entry: 'main', outside });
    expect(third.executions).toEqual(['main()']);
    expect(reasonOf(third, 'main')).toMatchObject({
      kind: 'observation-changed',
      before: { path: 'a' },
    });
  });

  it('T3: a call that a check made executes once for all traces', async () => {
    let mode = 'a';
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => [await run.call('now'), run.variable('MODE')],
      },
      now: { code: '1', options: OFF, body: () => Promise.resolve(mode.length) },
    };
    const kept = stores();
    const outside = new Outside();
    for (mode of ['a', 'bb', 'ccc']) {
      outside.variables.set('MODE', mode);
      await runWalked(program, kept, { entry: 'main', outside });
    }
    mode = 'dddd';
    const last = await runWalked(program, kept, { entry: 'main', outside });
    expect(last.executions).toEqual(['now()', 'main()']);
    expect(last.value).toEqual([4, 'ccc']);
  });

  it('T4: three of 530 fail and are caught: the second run executes nothing', async () => {
    const files = Array.from({ length: 530 }, (_, index) => index);
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => {
          const settled = await Promise.allSettled(files.map((file) => run.call('parse', file)));
          return settled.filter(({ status }) => status === 'rejected').length;
        },
      },
      parse: {
        code: '1',
        body: (_, file: number) => {
          if (file % 200 === 7) throw new Thrown(`bad ${file}`);
          return Promise.resolve(file);
        },
      },
    };
    const kept = stores();
    const first = await runWalked(program, kept, { entry: 'main' });
    expect([first.value, first.end.counts.failed]).toEqual([3, 3]);
    const second = await runWalked(program, kept, { entry: 'main' });
    expect([second.value, second.executions]).toEqual([3, []]);
  });

  it('T5: after eight waves of one executed call each the caller is started', async () => {
    const program = (code: string): Program => ({
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => {
          let sum = 0;
          for (let step = 0; step < 20; step += 1) sum += (await run.call('step', step)) as number;
          return sum;
        },
      },
      step: { code, body: (_, x: number) => Promise.resolve(x) },
    });
    const kept = stores();
    await runWalked(program('1'), kept, { entry: 'main' });
    const second = await runWalked(program('2'), kept, { entry: 'main' });
    const steps = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, index) => `step(${from + index})`);
    expect(second.executions).toEqual([...steps(0, 8), 'main()', ...steps(8, 20)]);
    expect(second.value).toBe(190);
  });

  it('T5: waves that several traces have in common are counted once', async () => {
    const program = (code: string): Program => ({
      main: {
        code: '1',
        options: AUTO,
        body: async (run) => {
          for (let step = 0; step < 5; step += 1) await run.call('step', step);
          return run.variable('MODE');
        },
      },
      step: { code, body: (_, x: number) => Promise.resolve(x) },
    });
    const kept = stores();
    const outside = new Outside();
    for (const mode of ['a', 'b', 'c']) {
      outside.variables.set('MODE', mode);
      await runWalked(program('1'), kept, { entry: 'main', outside });
    }
    outside.variables.set('MODE', 'a');
    const second = await runWalked(program('2'), kept, { entry: 'main', outside });
    expect(second.executions.filter((name) => name.startsWith('main'))).toEqual([]);
  });

  it('T7: a task that calls itself with its own arguments fails by name', async () => {
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run, x: number) => run.call('main', x) },
    };
    const { end } = await runWalked(program, stores(), { entry: 'main', args: [1] });
    const bytes = end.outcome?.kind === 'error' ? end.outcome.bytes : new Uint8Array();
    expect(Buffer.from(bytes).toString()).toContain('cyclic-call: a call waits for itself: main');
  });

  it('T7: five samples are five, also in a run that knows their caller', async () => {
    let count = 0;
    const program: Program = {
      main: {
        code: '1',
        options: AUTO,
        body: (run) => Promise.all([1, 2, 3, 4, 5].map(() => run.call('sample'))),
      },
      sample: { code: '1', options: OFF, body: () => Promise.resolve((count += 1)) },
    };
    const kept = stores();
    const first = await runWalked(program, kept, { entry: 'main' });
    expect(first.value).toEqual([1, 2, 3, 4, 5]);
    const second = await runWalked(program, kept, { entry: 'main' });
    expect(second.value).toEqual([6, 7, 8, 9, 10]);
    expect(second.executions).toHaveLength(6);
  });

  it('V5: a recorded call is made as the task takes it today', async () => {
    const program = (code: string, child: Program[string]['body']): Program => ({
      main: { code: '1', options: AUTO, body: (run) => run.call('child', 3, 4) },
      child: { code, body: child },
    });
    const kept = stores();
    await runWalked(
      program('1', (_, x: number) => Promise.resolve(x)),
      kept,
      { entry: 'main' },
    );
    const fewer = await runWalked(
      program('2', () => Promise.resolve(5)),
      kept,
      { entry: 'main' },
    );
    expect([fewer.value, fewer.executions]).toEqual([5, ['child()', 'main()']]);
    const more = await runWalked(
      program('3', (_, x: number, y: number) => Promise.resolve(x + y)),
      kept,
      { entry: 'main' },
    );
    // The bytes of what was dropped were never kept: the caller has them (T5).
    expect([more.value, more.executions]).toEqual([7, ['main()', 'child(3,4)']]);
  });

  it('P4: a value whose bytes are gone is a miss, and its action executes', async () => {
    const kept = stores();
    const program: Program = {
      main: { code: '1', options: AUTO, body: (run) => run.call('child', 'x'.repeat(100_000)) },
      child: { code: '1', body: (_, text: string) => Promise.resolve(text.length) },
    };
    await runWalked(program, kept, { entry: 'main' });
    const edited = { ...program, child: { ...program['child'], code: '2' } } as Program;
    const gone = { ...kept, blobs: new MemoryBlobs() };
    const second = await runWalked(edited, gone, { entry: 'main' });
    expect(second.value).toBe(100_000);
    expect(second.executions.map((name) => name.slice(0, 5))).toEqual(['main(', 'child']);
  });
});
