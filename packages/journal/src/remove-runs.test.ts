import { expect, test } from 'vitest';
import { actionFinished, actionStarted, runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import type { RunId } from '@skein/model';
import { listRuns } from './list-runs.ts';
import { readRun } from './read-run.ts';
import { eventsOf, recordedRuns, removeRun } from './remove-runs.ts';

const dead = { mayGo: () => true, isAlive: () => false };
const alive = { mayGo: () => true, isAlive: () => true };

/** Three runs, the last of which goes on. */
function threeRuns(state: TestState): ReturnType<TestState['open']>['db'] {
  const database = state.open();
  for (const run of ['a', 'b']) {
    const { journal } = state.journal(database);
    mustSucceed(journal.begin(runStarted(run)));
    journal.append(actionStarted(1, 0));
    journal.append(actionFinished(1, 0));
    journal.append(runFinished());
    mustSucceed(journal.close());
  }
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('c')));
  journal.append(actionStarted(1, 0));
  mustSucceed(journal.flush());
  return database.db;
}

const TABLES = ['events', 'facts', 'cursors'];

test('a run goes with everything that is of it alone, and the others stay as they are', () => {
  using state = new TestState();
  const db = threeRuns(state);
  const before = mustSucceed(readRun(db, 'b', () => false));
  expect(mustSucceed(removeRun(db, 'a' as RunId, dead))).toBe(true);
  expect(mustSucceed(listRuns(db, {}, () => false)).map(({ run }) => run)).toEqual(['c', 'b']);
  expect(mustSucceed(readRun(db, 'b', () => false))).toEqual(before);
  for (const table of TABLES.slice(0, 2)) {
    const rows = db
      .prepare(`select count(*) as count from ${table} where seq < ?`)
      .get(2 * 2 ** 32);
    expect(rows).toEqual({ count: 0 });
  }
  expect(mustSucceed(removeRun(db, 'a' as RunId, dead))).toBe(false);
});

test('a run that goes on stays, and so does one that is forbidden at that moment', () => {
  using state = new TestState();
  const db = threeRuns(state);
  expect(mustSucceed(removeRun(db, 'c' as RunId, alive))).toBe(false);
  expect(mustSucceed(removeRun(db, 'a' as RunId, { ...dead, mayGo: () => false }))).toBe(false);
  expect(mustSucceed(removeRun(db, 'a' as RunId, alive))).toBe(true);
  expect(mustSucceed(removeRun(db, 'c' as RunId, dead))).toBe(true);
});

test('a finished run whose process still has to fold its rows stays', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(runFinished());
  mustSucceed(journal.flush());
  database.db.exec(`update runs set status = 'succeeded'`);
  expect(mustSucceed(removeRun(database.db, 'a' as RunId, alive))).toBe(false);
  mustSucceed(journal.close());
  expect(mustSucceed(removeRun(database.db, 'a' as RunId, alive))).toBe(true);
});

test('the next run may get the number of a removed one: nothing of that is left', () => {
  using state = new TestState();
  const db = threeRuns(state);
  for (const run of ['a', 'b', 'c']) mustSucceed(removeRun(db, run as RunId, dead));
  const { journal } = state.journal({ db, path: '', warnings: [] });
  mustSucceed(journal.begin(runStarted('d')));
  journal.append(runFinished());
  mustSucceed(journal.close());
  const [only] = mustSucceed(recordedRuns(db, () => false));
  expect(only).toMatchObject({ run: 'd', status: 'succeeded', number: 1 });
  expect([...eventsOf(db, 1)].map(({ kind }) => kind)).toEqual(['run-started', 'run-finished']);
});

test('P4: rows that cannot be read are left out, and what runs take is told', () => {
  using state = new TestState();
  const db = threeRuns(state);
  const [a, b] = mustSucceed(recordedRuns(db, () => false));
  expect(a?.bytes).toBe(b?.bytes);
  expect(a?.bytes).toBeGreaterThan(100);
  db.exec(`drop trigger events_unchanged; update events set body = x'00' where seq % 4 = 1`);
  expect([...eventsOf(db, a?.number ?? 0)].map(({ kind }) => kind)).not.toContain('run-started');
});
