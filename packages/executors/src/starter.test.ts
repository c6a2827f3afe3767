import { expect, test } from 'vitest';
import type { RunOrder } from './message.ts';
import { Starter } from './starter.ts';
import type { Waiting } from './starter.ts';

interface Bench {
  readonly starter: Starter;
  readonly log: string[];
  readonly state: { now: number; running: number; startMs: number };
}

function bench(): Bench {
  const log: string[] = [];
  const state = { now: 0, running: 0, startMs: 0 };
  const starter = new Starter({
    announce: ({ id }) => log.push(`announce ${id}`),
    flush: () => log.push('flush'),
    start: ({ id }) => {
      state.running += 1;
      state.now += state.startMs;
      log.push(`start ${id}`);
    },
    running: () => state.running,
    elapsed: () => state.now,
  });
  return { starter, log, state };
}

function waiting(id: number, limit = 16): Waiting {
  return { id, order: {} as RunOrder, limit, prompt: false };
}

const microtasks = (): Promise<void> => Promise.resolve();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('quick starts follow each other in one turn, and only the first is told at once', async () => {
  const { starter, log } = bench();
  starter.beginTurn();
  for (const id of [1, 2, 3]) starter.add(waiting(id));
  await microtasks();
  expect(log).toEqual([
    'announce 1',
    'flush',
    'start 1',
    'announce 2',
    'start 2',
    'announce 3',
    'start 3',
  ]);
});

test('after a slow start the event loop has its turn, and others can be called back', async () => {
  const { starter, log, state } = bench();
  state.startMs = 5;
  starter.beginTurn();
  for (const id of [1, 2, 3, 4]) starter.add(waiting(id));
  await microtasks();
  expect(log.filter((line) => line.startsWith('start'))).toEqual(['start 1']);
  expect(starter.giveBack(2)).toEqual([4, 3]);
  await turn();
  await turn();
  expect(log.slice(3)).toEqual(['announce 2', 'flush', 'start 2']);
});

test('X2: no more than the limit run; one that ends makes room', async () => {
  const { starter, log, state } = bench();
  starter.beginTurn();
  for (const id of [1, 2, 3]) starter.add(waiting(id, 2));
  await microtasks();
  expect(state.running).toBe(2);
  state.running -= 1;
  starter.wake();
  await microtasks();
  expect(log.at(-1)).toBe('start 3');
});

test('what was removed never starts', async () => {
  const { starter, log } = bench();
  starter.beginTurn();
  starter.add(waiting(1));
  expect(starter.remove(1)).toBe(true);
  expect(starter.remove(1)).toBe(false);
  await turn();
  expect(log).toEqual([]);
});
