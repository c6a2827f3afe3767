import { expect, test } from 'vitest';
import { WaitingLine } from './waiting-line.ts';
import type { PoolAttempt } from './worker-seat.ts';

function attempt(id: number, state: PoolAttempt['state'] = 'queued'): PoolAttempt {
  return { id, state } as PoolAttempt;
}

function drain(line: WaitingLine): readonly number[] {
  const ids: number[] = [];
  for (let next = line.peek(); next !== undefined; next = line.peek()) {
    ids.push(next.id);
    line.take();
  }
  return ids;
}

test('who came first goes first, and who comes back goes before all others', () => {
  const line = new WaitingLine();
  for (let id = 1; id <= 3; id += 1) line.push(attempt(id));
  line.take();
  line.putBack(attempt(1));
  expect(drain(line)).toEqual([1, 2, 3]);
});

test('those that were stopped meanwhile are passed over', () => {
  const line = new WaitingLine();
  for (const id of [1, 2, 3]) line.push(attempt(id, id === 2 ? 'left' : 'queued'));
  expect(drain(line)).toEqual([1, 3]);
});

test('a line that is never empty gives back the places of those who left', () => {
  const line = new WaitingLine();
  for (let id = 0; id < 20_000; id += 1) line.push(attempt(id));
  expect(drain(line)).toHaveLength(20_000);
  expect(line.peek()).toBeUndefined();
});
