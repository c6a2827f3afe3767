import { setImmediate as turn } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { TestState, mustSucceed } from '../test/state.ts';
import { actionFinished, actionStarted, runFinished, runStarted } from '../test/sample.ts';
import { decodeRow } from './row.ts';

function rowsOf(db: DatabaseSync): string[][] {
  return db
    .prepare('select body from events order by seq')
    .all()
    .map((row) => decodeRow(row['body']).map((event) => event.kind));
}

test('D1: all results of one turn are one row, and are acknowledged only after it', async () => {
  using state = new TestState();
  const database = state.open();
  const { journal, flushed } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  const seen: string[][][] = [];
  for (const action of [1, 2, 3]) {
    journal.append(actionStarted(action, 0));
    journal.append(actionFinished(action, 0), () => seen.push(rowsOf(database.db)));
  }
  expect(seen).toEqual([]);
  await turn();
  const pair = ['action-started', 'action-finished'];
  expect(seen).toEqual(seen.map(() => [['run-started'], [...pair, ...pair, ...pair]]));
  expect(seen).toHaveLength(3);
  expect(flushed.map((event) => event.kind)).toEqual(rowsOf(database.db).flat());
  mustSucceed(journal.close());
});

test('D1: starts and logs cause no commit at once, and go with the next result', async () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionStarted(1, 0));
  await turn();
  expect(rowsOf(database.db)).toEqual([['run-started']]);
  journal.append(actionFinished(1, 0));
  await turn();
  expect(rowsOf(database.db)).toEqual([['run-started'], ['action-started', 'action-finished']]);
  mustSucceed(journal.close());
});

test('progress is shown and never written', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append({ kind: 'action-progressed', at: 0, action: 1, done: 1 });
  mustSucceed(journal.close());
  expect(rowsOf(database.db)).toEqual([['run-started']]);
});

test('an acknowledgement may append and flush: order is kept', async () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionFinished(1, 0), () => {
    journal.append(actionFinished(2, 0));
    mustSucceed(journal.flush());
  });
  await turn();
  journal.append(
    runFinished({ counts: { total: 2, executed: 2, reused: 0, adopted: 0, failed: 0 } }),
  );
  mustSucceed(journal.close());
  expect(rowsOf(database.db)).toEqual([
    ['run-started'],
    ['action-finished'],
    ['action-finished'],
    ['run-finished'],
  ]);
  expect(database.db.prepare('select * from cursors').all()).toEqual([]);
});

test('a full disk acknowledges nothing, and a later flush writes everything', async () => {
  using state = new TestState();
  const database = state.open();
  const { journal, failures } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  const pages = Number(database.db.prepare('pragma page_count').get()?.['page_count']);
  database.db.exec(`pragma max_page_count = ${pages}`);
  const acknowledged: number[] = [];
  const big = new Uint8Array(50_000);
  const inputs = [{ digest: actionFinished(1, 0).outcome.digest, bytes: big }];
  journal.append(actionFinished(1, 0, { inputs }), () => acknowledged.push(1));
  await turn();
  expect(failures).toMatchObject([{ code: 'disk-full' }]);
  journal.append(actionFinished(2, 0), () => acknowledged.push(2));
  await turn();
  expect(acknowledged).toEqual([]);
  expect(rowsOf(database.db)).toEqual([['run-started']]);
  database.db.exec(`pragma max_page_count = ${pages + 1_000}`);
  mustSucceed(journal.flush());
  expect(acknowledged).toEqual([1, 2]);
  expect(rowsOf(database.db).flat()).toEqual(['run-started', 'action-finished', 'action-finished']);
  mustSucceed(journal.close());
});

test('R7: a finished run takes no more events', () => {
  using state = new TestState();
  const { journal } = state.journal(state.open());
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(runFinished());
  expect(() => journal.append(actionStarted(1, 0))).toThrow('no run takes');
  mustSucceed(journal.close());
  expect(() => journal.append(actionStarted(1, 0))).toThrow('no run takes');
  mustSucceed(journal.begin(runStarted('b')));
  mustSucceed(journal.close());
});
