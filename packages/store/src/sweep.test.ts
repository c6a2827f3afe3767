import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { encode, inputDigest } from '@skein/values';
import type { RunId } from '@skein/model';
import { expect, test } from 'vitest';
import { eventOf, filesOf, keyOf, resultOf, rowOf, traceOf } from '../test/sample.ts';
import { SqliteUnderTest } from '../test/sqlite.ts';
import { Holders } from './holders.ts';
import { Pins } from './pins.ts';
import { Survey } from './survey.ts';
import { Sweep, madeBy } from './sweep.ts';

const VALUE = encode('a value');

test('W3: content goes while nobody has come since the moment it was judged at', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  store.rememberValue(inputDigest(VALUE), VALUE);
  tested.fold([]);
  const sweep = new Sweep(db);
  const moment = sweep.moment();
  const ids = [...new Survey(db).kept()].map(({ id }) => id);
  const holders = new Holders(db);
  holders.release(holders.hold('somebody who came and went'));
  expect(sweep.rows('kept', ids, moment)).toBe(false);
  expect(store.valueOf(inputDigest(VALUE))).toEqual(VALUE);
  expect(sweep.rows('kept', ids, sweep.moment())).toBe(true);
  expect(store.valueOf(inputDigest(VALUE))).toBeUndefined();
});

test('W1: whoever comes while content is removed waits, and finds it gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-sweep-'));
  const [one, other] = [0, 10].map((timeout) => {
    const db = new DatabaseSync(join(folder, 'state.db'), { timeout });
    db.exec('pragma journal_mode = wal');
    return db;
  }) as [DatabaseSync, DatabaseSync];
  const sweep = new Sweep(one);
  const comer = new Holders(other);
  let refused: unknown;
  const untouched = sweep.isUntouched(sweep.moment(), () => {
    try {
      comer.hold('it comes in the middle');
    } catch (error) {
      refused = error;
    }
  });
  expect(untouched).toBe(true);
  expect(String(refused)).toContain('database is locked');
  const moment = sweep.moment();
  comer.hold('it comes afterwards');
  expect(sweep.isUntouched(moment, () => expect.unreachable())).toBe(false);
  for (const db of [one, other]) db.close();
  rmSync(folder, { recursive: true });
});

test('W2: a trace that took the place of a condemned one stays', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  const old = traceOf('a', { action: 1 });
  tested.fold([rowOf(eventOf(old))]);
  const [row] = [...new Survey(db).traces()];
  if (row?.trace === undefined) throw new Error('there is a trace');
  const fresh = traceOf('a', { action: 2 });
  tested.fold([rowOf(eventOf(fresh))]);
  expect([...new Survey(db).traces()].map(({ id }) => id)).toEqual([row.id]);
  const sweep = new Sweep(db);
  expect(sweep.traces([{ id: row.id, key: row.key, made: madeBy(old) }])).toBe(0);
  expect(store.lookUp(keyOf('a'))).toEqual([fresh]);
  expect(sweep.traces([{ id: row.id, key: row.key, made: madeBy(fresh) }])).toBe(1);
  expect(store.lookUp(keyOf('a'))).toEqual([]);
});

test('a transaction that fails on the way removes nothing', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  store.rememberValue(inputDigest(VALUE), VALUE);
  tested.fold([]);
  const sweep = new Sweep(db);
  const fail = (): void => {
    db.exec('delete from kept');
    throw new RangeError('on the way');
  };
  expect(() => sweep.isUntouched(sweep.moment(), fail)).toThrow('on the way');
  expect(store.valueOf(inputDigest(VALUE))).toEqual(VALUE);
  expect(db.isTransaction).toBe(false);
});

test('a survey reads every row, also more than a page of them', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  const traces = Array.from({ length: 1_234 }, (_, index) =>
    traceOf(`t${index}`, { outcome: resultOf(index), action: index }),
  );
  const packed = traceOf('packed', { outcome: filesOf('artifact', 'one', 'two') });
  tested.fold([rowOf(...[...traces, packed].map((trace) => eventOf(trace)))]);
  store.keepSummary(keyOf('root'), VALUE, store.generation('a run'));
  tested.fold([]);
  const survey = new Survey(db);
  expect([...survey.traces()].map(({ trace }) => trace)).toEqual([...traces, packed]);
  expect([...survey.summaries()].map(({ key, body }) => [key, body])).toEqual([
    [keyOf('root'), VALUE],
  ]);
  expect([...survey.files()]).toHaveLength(2);
});

test('a holder that let go is not there, and its number never comes again', () => {
  using db = new DatabaseSync(':memory:');
  const holders = new Holders(db);
  expect(holders.last()).toBe(0);
  const first = holders.hold('a');
  const second = holders.hold('b');
  holders.release(second);
  expect(holders.list()).toEqual([{ id: first, process: 'a' }]);
  holders.release(first);
  expect(holders.last()).toBe(second);
  expect(holders.hold('c')).toBeGreaterThan(second);
});

test('pins are kept in their order, each once', () => {
  using db = new DatabaseSync(':memory:');
  const pins = new Pins(db);
  const [one, two] = ['run-1', 'run-2'] as [RunId, RunId];
  expect([pins.pin({ run: two, at: 1 }), pins.pin({ run: one, at: 2 })]).toEqual([true, true]);
  expect(pins.pin({ run: two, at: 3 })).toBe(false);
  expect(pins.list()).toEqual([
    { run: two, at: 1 },
    { run: one, at: 2 },
  ]);
  expect([pins.unpin(one), pins.unpin(one), pins.has(one), pins.has(two)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
