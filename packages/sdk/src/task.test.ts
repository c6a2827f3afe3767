import type { TaskId } from '@skein/model';
import { FailureError } from '@skein/model';
import { encode, EncodingError, referencesIn } from '@skein/values';
import { afterEach, expect, test } from 'vitest';
import { environment } from './environment.ts';
import type { ActionScope, Host, ScopedCall } from './host.ts';
import { setHost } from './host.ts';
import type { OverrideInput } from './option-input.ts';
import { declaredArgs, invoke, isTask, overrideOf, stateOf } from './task.ts';

const env = environment({ name: 'main' });

afterEach(() => setHost(undefined));

function hostWith(scope: Partial<ActionScope> | undefined): Host {
  return { scope: () => scope as ActionScope | undefined, files: {} as Host['files'] };
}

test('outside a run, calling a task calls the function', async () => {
  const seen: unknown[] = [];
  const task = env.task(async (rows: number[], epochs = 3) => {
    seen.push(rows);
    return rows.length * epochs;
  });
  const rows = [1, 2];
  const result = task(rows);
  expect(seen).toEqual([rows]);
  expect(seen[0]).toBe(rows);
  expect(await result).toBe(6);
  expect(await task(rows, 5)).toBe(10);
  expect(await task.override({ retries: 2 })(rows)).toBe(6);
  expect(await task.forward(rows)).toBe(6);
});

test('V5: arguments beyond the declared parameters are dropped', async () => {
  const seen = env.task(async function counted(_item: string, _n = 1) {
    return arguments.length;
  });
  const spread = seen as (...args: unknown[]) => Promise<number>;
  expect(await Promise.all([spread(), spread('a'), spread('a', 2), spread('a', 2, 3)])).toEqual([
    0, 1, 2, 2,
  ]);
  expect(await spread.call(undefined, 'a', 0, ['a'])).toBe(2);
});

test('V5: a rest parameter takes everything', () => {
  const all = env.task(async (..._items: string[]) => 1);
  expect(declaredArgs(all, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  const single = env.task(async (_item: string) => 1);
  expect(declaredArgs(single, ['a', 0, ['a']])).toEqual(['a']);
});

test('a function that throws at once rejects', async () => {
  const broken = (() => {
    throw new RangeError('at once');
  }) as () => Promise<number>;
  await expect(env.task(broken)()).rejects.toThrow(RangeError);
});

test('inside an action a call goes to the scope with override and declared arguments', async () => {
  const calls: ScopedCall[] = [];
  setHost(hostWith({ call: async (request) => calls.push(request) }));
  const task = env.task(async (item: string) => item.length);
  const overridden = task.override({ retries: 1 }).override({ title: 'b' });
  const spread = overridden as (...args: unknown[]) => Promise<unknown>;
  await spread('a', 'dropped');
  await task('b');
  expect(calls.map(({ args }) => args)).toEqual([['a'], ['b']]);
  expect(calls[0]?.override?.options).toMatchObject({ retries: { count: 1 }, title: 'b' });
  expect(calls[1]?.override).toBeUndefined();
  expect(calls.every((call) => stateOf(call.task) === stateOf(task))).toBe(true);
});

test('forward calls the function plainly also inside an action', async () => {
  setHost(hostWith({ call: () => Promise.reject(new Error('a call')) }));
  const task = env.task(async (item: string) => item.length);
  expect(await task.forward('abc')).toBe(3);
  expect(await invoke(task, ['abcd'])).toBe(4);
});

test('forward of an overridden task is refused: no option could apply', async () => {
  const task = env.task(async () => 1).override({ retries: 1 });
  await expect(task.forward()).rejects.toMatchObject({ failure: { code: 'option-not-honoured' } });
});

test('O9: a call that belongs to no action is never run plainly inside a worker', async () => {
  let ran = false;
  const task = env.task(async () => {
    ran = true;
  });
  setHost(hostWith(undefined));
  await expect(task()).rejects.toMatchObject({ failure: { code: 'call-outside-action' } });
  expect(ran).toBe(false);
});

test('override checks its options where it is called', () => {
  const task = env.task(async () => 1);
  const wrong = { timeout: 1 } as unknown as OverrideInput;
  expect(() => task.override(wrong)).toThrow(FailureError);
});

test('what was overridden cannot be changed afterwards', () => {
  const labels: Record<string, string> = { a: '1' };
  const task = env.task(async () => 1).override({ labels });
  labels['a'] = '2';
  expect(overrideOf(task)?.options.labels).toEqual({ a: '1' });
});

test('V3: a task is a value by its id, which it has once it is registered', () => {
  const task = env.task(async () => 1);
  expect(task.id).toBeUndefined();
  expect(() => encode({ task })).toThrow(EncodingError);
  stateOf(task).id = 'src/main.ts#train' as TaskId;
  expect(referencesIn(encode({ task }))).toEqual([{ kind: 'task', id: 'src/main.ts#train' }]);
  expect(task.name).toBe('train');
  expect(task.override({ retries: 1 }).id).toBe('src/main.ts#train');
});

test('an overridden task is no value: its options would be lost', () => {
  const task = env.task(async () => 1);
  stateOf(task).id = 'src/main.ts#train' as TaskId;
  expect(() => encode([task.override({ retries: 1 })])).toThrow('a task with overridden options');
});

test('a task is known by its mark', () => {
  expect(isTask(env.task(async () => 1))).toBe(true);
  expect([async () => 1, {}, null, 'task'].some(isTask)).toBe(false);
});
