import { expect, test } from 'vitest';
import type { Demand } from './demand.ts';
import { adaptAhead, MAX_AHEAD, place } from './placement.ts';
import type { Seat } from './placement.ts';

const demand: Demand = {
  home: 'h',
  heapMebibytes: 0,
  limits: {},
  exclusive: false,
  fresh: false,
  enters: true,
  limit: 16,
  line: '',
};

function seat(given: Partial<Seat> = {}): Seat {
  return {
    home: 'h',
    open: true,
    used: true,
    attempts: given.running ?? 0,
    running: 0,
    unstarted: 0,
    ahead: 1,
    ...given,
  };
}

const alone = { capacity: 2, parent: undefined };

test('the first attempt starts a process, the next goes where nothing runs', () => {
  expect(place(demand, [], alone)).toEqual({ kind: 'spawn' });
  const idle = seat();
  expect(place(demand, [seat({ running: 1 }), idle], alone)).toEqual({ kind: 'seat', seat: idle });
});

test('X3: the worker of a waiting caller is preferred to an idle one', () => {
  const parent = seat({ attempts: 1 });
  const terms = { capacity: 2, parent };
  expect(place(demand, [seat(), parent], terms)).toEqual({ kind: 'seat', seat: parent });
});

test('another process starts before work is stacked, unless the worker is quick', () => {
  const busy = seat({ running: 1 });
  expect(place(demand, [busy], alone)).toEqual({ kind: 'spawn' });
  const quick = seat({ running: 1, ahead: 64 });
  expect(place(demand, [quick], alone)).toEqual({ kind: 'seat', seat: quick });
  expect(place(demand, [busy], { ...alone, capacity: 1 })).toEqual({ kind: 'seat', seat: busy });
});

test('nothing is sent ahead of a worker that has not started what it has', () => {
  const behind = seat({ running: 1, unstarted: 1 });
  expect(place(demand, [behind], { ...alone, capacity: 1 })).toEqual({ kind: 'wait' });
});

test('X3: what may be killed enters no process of a waiting caller', () => {
  const killable = { ...demand, enters: false };
  const waiting = seat({ attempts: 1 });
  expect(place(killable, [waiting], { ...alone, capacity: 1 })).toEqual({ kind: 'spawn' });
});

test('X3: who is alone gets an idle process of its kind, or a new one', () => {
  const exclusive = { ...demand, exclusive: true, home: 'limited' };
  const fitting = seat({ home: 'limited' });
  expect(place(exclusive, [seat(), fitting], alone)).toEqual({ kind: 'seat', seat: fitting });
  expect(place(exclusive, [seat()], alone)).toEqual({ kind: 'spawn' });
  const fresh = { ...exclusive, fresh: true };
  expect(place(fresh, [fitting], alone)).toEqual({ kind: 'spawn' });
  const full = [seat({ running: 1 }), seat({ running: 1 })];
  expect(place(exclusive, full, alone)).toEqual({ kind: 'wait' });
});

test('X3: of a home with replicas there are no more, but where all in them wait for calls', () => {
  const two = { ...demand, replicas: 2 };
  const terms = { capacity: 8, parent: undefined };
  const full = seat({ running: 16, unstarted: 1 });
  const waiting = seat({ attempts: 3, open: false });
  expect(place(two, [full, seat({ home: 'other' })], terms)).toEqual({ kind: 'spawn' });
  expect(place(two, [full, full], terms)).toEqual({ kind: 'wait' });
  expect(place(two, [full, waiting], terms)).toEqual({ kind: 'spawn' });
  const ending = seat({ open: false });
  expect(place(two, [full, ending], terms)).toEqual({ kind: 'wait' });
});

test('O6: a process of another environment serves nobody else', () => {
  expect(place(demand, [seat({ home: 'other' })], alone)).toEqual({ kind: 'spawn' });
});

test('quick workers get more ahead, slow ones less, blocked ones nothing', () => {
  expect(adaptAhead(4, 0.1, 0)).toBe(8);
  expect(adaptAhead(MAX_AHEAD, 10, 255)).toBe(MAX_AHEAD);
  expect(adaptAhead(64, 2, 0)).toBe(64);
  expect(adaptAhead(64, 10, 0)).toBe(32);
  expect(adaptAhead(64, 1000, 0)).toBe(1);
});
