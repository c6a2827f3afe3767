import type { TaskId } from '@skein/model';
import { decode, encode } from '@skein/values';
import { expect, test } from 'vitest';
import { environment } from './environment.ts';
import type { ModuleBindings } from './host.ts';
import { createRegistry, installRegistry, reviveReference } from './registry.ts';

const env = environment({ name: 'main', retries: 1 });

test('tasks get the id of their module and name, and a row each', () => {
  const registry = createRegistry();
  const train = env.task({ timeout: '1m' }, async (rows: string[], epochs = 3) => [rows, epochs]);
  const all = env.task(async (...items: string[]) => items);
  registry.register('src/main.ts', { train: () => train, limit: () => 3, all: () => all });
  expect(train.id).toBe('src/main.ts#train');
  expect(registry.task('src/main.ts#train' as TaskId)).toBe(train);
  expect(registry.task('src/main.ts#limit' as TaskId)).toBeUndefined();
  expect(registry.rows()).toMatchObject([
    {
      id: 'src/main.ts#train',
      environment: 'main',
      parameters: ['rows', 'epochs'],
      rest: false,
      options: { retries: { count: 1 }, timeout: { runMs: 60_000 } },
    },
    { id: 'src/main.ts#all', parameters: ['items'], rest: true },
  ]);
});

test('a second name for a task is no second task', () => {
  const registry = createRegistry();
  const task = env.task(async () => 1);
  registry.register('src/a.ts', { task: () => task, again: () => task });
  registry.register('src/b.ts', { task: () => task });
  expect(registry.rows().map(({ id }) => id)).toEqual(['src/a.ts#task']);
  expect(task.id).toBe('src/a.ts#task');
});

test('a task with overridden options that is bound to a name is no task of its own', () => {
  const registry = createRegistry();
  const task = env.task(async () => 1);
  const large = task.override({ resources: { memory: '8Gi' } });
  registry.register('src/a.ts', { large: () => large, task: () => task });
  expect(registry.rows().map(({ id }) => id)).toEqual(['src/a.ts#task']);
  expect(large.id).toBe('src/a.ts#task');
});

test('a binding that cannot be read yet is asked again', () => {
  const registry = createRegistry();
  registry.register('src/a.ts', { later: () => later, Late: () => Late });
  expect(registry.rows()).toEqual([]);
  const later = env.task(async () => 1);
  class Late extends Error {}
  expect(registry.rows().map(({ id }) => id)).toEqual(['src/a.ts#later']);
  expect(registry.errorClass('src/a.ts#Late')).toBe(Late);
  expect(registry.classIdOf(new Late())).toBe('src/a.ts#Late');
});

test('a binding that throws anything else is an error', () => {
  const broken = (): never => {
    throw new TypeError('broken');
  };
  expect(() => createRegistry().register('src/a.ts', { broken })).toThrow('broken');
});

test('classes of errors are known by identity, others by the nearest they extend', () => {
  class Known extends RangeError {}
  class Unknown extends Known {}
  const registry = createRegistry();
  registry.register('src/a.ts', { Known: () => Known, Plain: () => class Plain extends Map {} });
  expect(registry.classIdOf(new Unknown())).toBe('src/a.ts#Known');
  expect(registry.classIdOf(new URIError())).toBe('URIError');
  expect(registry.errorClass('src/a.ts#Plain')).toBeUndefined();
});

test('the bundle registers through a global function', () => {
  const registry = installRegistry();
  const task = env.task(async () => 1);
  const global = globalThis as unknown as Record<
    symbol,
    (module: string, bindings: ModuleBindings) => void
  >;
  global[Symbol.for('skein.register')]?.('pkg#src/a.ts', { task: () => task });
  expect(registry.rows().map(({ id }) => id)).toEqual(['pkg#src/a.ts#task']);
  expect(task.name).toBe('task');
});

test('V3: a task as a value is the loaded task again', () => {
  const registry = createRegistry();
  const task = env.task(async () => 1);
  registry.register('src/a.ts', { task: () => task });
  const bytes = encode([task]);
  expect(decode(bytes, { revive: (reference) => reviveReference(reference, registry) })).toEqual([
    task,
  ]);
  const revive = () => reviveReference({ kind: 'task', id: 'src/b.ts#none' }, registry);
  expect(revive).toThrow("no task 'src/b.ts#none' is loaded");
});
