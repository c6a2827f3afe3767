import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

const never = new AbortController().signal;

test('so many come in, the others wait in order, and nobody beyond the queue', async () => {
  const gate = new Gate({ requests: 1, waiting: 2, waitMs: 60_000 });
  const order: string[] = [];
  expect(await gate.enter(never)).toBe(true);
  const first = gate.enter(never).then(() => order.push('first'));
  const second = gate.enter(never).then(() => order.push('second'));
  expect(await gate.enter(never)).toBe(false);
  expect([gate.inside, gate.waiting]).toEqual([1, 2]);
  gate.leave();
  await first;
  gate.leave();
  await second;
  gate.leave();
  expect(order).toEqual(['first', 'second']);
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});

test('whoever waits too long, or goes away, is not let in and takes no place', async () => {
  const gate = new Gate({ requests: 1, waiting: 2, waitMs: 1 });
  const gone = new AbortController();
  await gate.enter(never);
  const late = gate.enter(never);
  const left = gate.enter(gone.signal);
  gone.abort();
  expect([await late, await left]).toEqual([false, false]);
  gate.leave();
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});
