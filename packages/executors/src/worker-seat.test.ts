import { expect, test } from 'vitest';
import { chunkAfter } from '@skein/model';
import type { AttemptHost } from './executor.ts';
import { WorkerSeat } from './worker-seat.ts';
import type { PoolAttempt } from './worker-seat.ts';

const chunk = chunkAfter(null, [{ kind: 'file', path: 'a.txt', digest: null }]);

function openSeat() {
  const told: string[] = [];
  const seat = new WorkerSeat({ home: 'home', heapMebibytes: 0, limits: {} });
  const enter = (id: number): PoolAttempt => {
    const host: Pick<AttemptHost, 'extended' | 'wrote'> = {
      extended: ({ length }) => told.push(`${id} extended to ${length}`),
      wrote: (path) => told.push(`${id} wrote ${path}`),
    };
    const attempt = { id, host, demand: {}, state: 'queued' } as unknown as PoolAttempt;
    seat.enter(attempt, 0);
    return attempt;
  };
  return { seat, told, enter };
}

test('O5: a write is told to its attempt, or to whoever is there, or comes next', () => {
  const { seat, told, enter } = openSeat();
  seat.wrote(0, 'while loading');
  const one = enter(1);
  const two = enter(2);
  seat.wrote(2, 'by two');
  seat.leave(two);
  seat.wrote(2, 'late');
  seat.leave(one);
  seat.wrote(1, 'later');
  enter(3);
  expect(told).toEqual([
    '1 wrote while loading',
    '2 wrote by two',
    '1 wrote late',
    '3 wrote later',
  ]);
});

test('O3: what nobody took of the log is told with the next result', () => {
  const { seat, told, enter } = openSeat();
  enter(1);
  seat.logged(chunk);
  const two = enter(2);
  seat.tellLog(two.host);
  seat.tellLog(two.host);
  expect(told).toEqual(['2 extended to 1']);
});
