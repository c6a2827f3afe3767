import { expect, test } from 'vitest';
import { DEFAULT_OPTIONS } from '@skein/sdk';
import type { TaskOptions } from '@skein/model';
import type { FakeEngine } from '../test/engine.ts';
import type { Executor } from './executor.ts';

type Engines = () => FakeEngine;

const MEBIBYTE = 1 << 20;

/** What of a machine an action may use, and what becomes of what it prints. */
export function resources(engine: Engines, executor: () => Executor, isContained: boolean): void {
  const honours = (name: string, options: Partial<TaskOptions>): boolean => {
    const names = executor().cannotHonour({ ...DEFAULT_OPTIONS, ...options });
    expect(names.filter((it) => it !== name)).toEqual([]);
    return !names.includes(name);
  };

  test('X3: a memory limit is kept, or named as what cannot be honoured', async () => {
    const options = { resources: { memoryBytes: 300 * MEBIBYTE } };
    const result = honours('resources.memory', options)
      ? await engine().attempt('eat', [2000], { options })
      : await engine().attempt('eat', [1], { options });
    if (executor().name === 'inline') expect(result.kind).toBe('ended');
    else expect(result).toMatchObject({ kind: 'lost', cause: 'memory' });
  });

  test('X2: a disk limit is kept, or named', async () => {
    const options = { resources: { diskBytes: 8 * MEBIBYTE } };
    const result = honours('resources.disk', options)
      ? await engine().attempt('fillTemporary', [40], { options })
      : await engine().attempt('fillScratch', [1], { options });
    if (executor().name === 'inline') expect(result.kind).toBe('ended');
    else expect(result).toMatchObject({ kind: 'lost', cause: 'disk' });
  });

  test('X2: an action sees the gpus that were given to it, or the option is named', async () => {
    const options = { resources: { gpu: 2 } };
    if (!honours('resources.gpu', options)) return;
    const bench = engine();
    const result = await bench.attempt('devices', [], { options, devices: ['1', '3'] });
    expect(bench.valueOf(result)).toEqual(['1,3', '1,3']);
    const seen = result.kind === 'ended' ? result.waves.flat() : [];
    expect(seen.filter(({ kind }) => kind === 'variable')).toEqual([]);
  });

  test('every other setting is honoured, or named by the very name that authors write', () => {
    const given: readonly (readonly [string, Partial<TaskOptions>])[] = [
      ['isolation', { isolation: 'container' }],
      ['resources.shm', { resources: { shmBytes: MEBIBYTE } }],
      ['timeout.run', { timeout: { runMs: 1 } }],
      ['timeout.deadline', { timeout: { deadlineMs: 1 } }],
      ['reuse', { reuse: false }],
      ['reuse.replicas', { reuse: { replicas: 1 } }],
      ['reuse.concurrency', { reuse: { concurrency: 1 } }],
      ['reuse.idleTtl', { reuse: { idleTtlMs: 1 } }],
    ];
    const named = given.filter(([name, options]) => !honours(name, options));
    const always = isContained ? [] : ['isolation', 'resources.shm'];
    const expected = executor().name === 'inline' ? given.map(([name]) => name) : always;
    expect(named.map(([name]) => name)).toEqual(expected);
  });
}

/** What subprocesses print is their action's. */
export function printing(engine: Engines): void {
  const NUMBERS = ['1', '2', '3', '4', '5', '6', '7', '8'];

  test('PARITY 23: what subprocesses inherit is their action’s, in order', async () => {
    const bench = engine();
    await bench.run('printsBelow', 'a');
    const out = bench.log.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
    expect(out.join('')).toBe(
      NUMBERS.slice(0, 7)
        .map((it) => `a ${it}\n`)
        .join(''),
    );
    const err = bench.log.filter(({ stream }) => stream === 'stderr').map(({ text }) => text);
    expect(err.join('')).toBe('a 8\n');
  });

  test('O9: of several at once, each has what its own subprocesses print', async () => {
    const benches = Array.from({ length: 6 }, engine);
    await Promise.all(benches.map((bench, index) => bench.run('printsBelow', `n${index}`)));
    for (const [index, bench] of benches.entries()) {
      const lines = bench.log
        .map(({ text }) => text)
        .join('')
        .trimEnd()
        .split('\n');
      expect(lines).toEqual(NUMBERS.map((it) => `n${index} ${it}`));
    }
  });
}

/** What is thrown three levels below (X7). */
export function errorsAcross(engine: Engines): void {
  const root = {
    step: null,
    many: false,
    name: 'RangeError',
    message: 'root',
    fields: { offset: 7n },
    cause: null,
    errors: null,
  };
  const inner = {
    step: 'step 1',
    many: false,
    name: 'StepError',
    message: 'inner',
    fields: { step: 1 },
    cause: root,
    errors: null,
  };
  const outer = { ...inner, step: 'step 2', message: 'outer', fields: { step: 2 }, cause: inner };

  test('X7: an error that passes three levels keeps class, fields and its chain', async () => {
    expect(await engine().run('top', 'pass')).toEqual(outer);
  });

  test('X7: one that is the cause of another keeps them too', async () => {
    const wrapped = { ...outer, step: 'step 3', message: 'wrapped', fields: { step: 3 } };
    expect(await engine().run('top', 'wrap')).toEqual({ ...wrapped, cause: outer });
  });

  test('X7: a subclass of AggregateError keeps its members, classes and fields', async () => {
    expect(await engine().run('top', 'many')).toMatchObject({
      many: true,
      message: 'all',
      fields: { total: 3 },
      errors: [inner, { value: 'plain' }, { name: 'TypeError', message: 't' }],
    });
  });

  test('X7: what is no error stays what it is', async () => {
    expect(await engine().run('top', 'value')).toEqual({ value: new Map([['code', 7]]) });
  });

  test('X7: the stack of each error in the chain names its place, and who called', async () => {
    const [own, cause] = (await engine().run('topStack')) as [string, string];
    expect(own).toContain('Error: wrapped\n');
    expect(own).toContain('at src/main.ts#mid (called from)');
    expect(cause).toContain('Error: outer\n');
    expect(cause).toContain('at src/main.ts#low (called from)');
  });

  test('R6: a native library that cannot be loaded is the author’s error', async () => {
    await expect(engine().run('loadsBadLibrary')).rejects.toThrow(/bad\.node/);
  });
}
