import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TestState, mustSucceed } from '../test/state.ts';
import { actionFinished, runFinished, runStarted } from '../test/sample.ts';
import type { Fold } from './behind.ts';
import { listRuns } from './list-runs.ts';

/** Writes down each row it gets. */
function recorder(name: string): Fold {
  return {
    name,
    apply(db, rows) {
      db.exec(`create table if not exists ${name} (run integer, seq integer)`);
      for (const { run, seq } of rows) {
        db.prepare(`insert into ${name} values (?, ?)`).run(run, seq % 2 ** 32);
      }
    },
  };
}

function recorded(db: DatabaseSync, name: string): string[] {
  return db
    .prepare(`select run || '.' || seq as row from ${name} order by rowid`)
    .all()
    .map((row) => String(row['row']));
}

test('D1: rows that a dead process left are folded at the next opening, once', async () => {
  using state = new TestState();
  const database = state.open();
  const folds = [recorder('one')];
  const dying = state.journal(database, { folds });
  mustSucceed(dying.journal.begin(runStarted('a')));
  dying.journal.append(actionFinished(1, 0));
  await turn();
  const next = state.open();
  const { journal } = state.journal(next, { folds });
  expect(recorded(next.db, 'one')).toEqual(['1.1', '1.2']);
  expect(mustSucceed(listRuns(next.db, {}, () => true))).toMatchObject([
    { run: 'a', status: 'running', counts: { total: 1, executed: 1 } },
  ]);
  mustSucceed(journal.close());
  dying.journal.append(actionFinished(2, 0));
  dying.journal.append(runFinished());
  mustSucceed(dying.journal.close());
  expect(recorded(next.db, 'one')).toEqual(['1.1', '1.2', '1.3']);
  expect(next.db.prepare('select * from cursors').all()).toEqual([]);
});

test('a fold that a program does not bring is caught up by the next that does', () => {
  using state = new TestState();
  const database = state.open();
  const full = state.journal(database, { folds: [recorder('one')] });
  mustSucceed(full.journal.close());
  const small = state.journal(database);
  mustSucceed(small.journal.begin(runStarted('a')));
  small.journal.append(runFinished());
  mustSucceed(small.journal.close());
  expect(recorded(database.db, 'one')).toEqual([]);
  mustSucceed(state.journal(database, { folds: [recorder('one')] }).journal.close());
  expect(recorded(database.db, 'one')).toEqual(['1.1', '1.2']);
});

test('a fold that is new gets all rows of all runs', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  for (const name of ['a', 'b']) {
    mustSucceed(journal.begin(runStarted(name)));
    journal.append(runFinished());
    mustSucceed(journal.flush());
  }
  mustSucceed(journal.close());
  state.journal(database, { folds: [recorder('late')] });
  expect(recorded(database.db, 'late')).toEqual(['1.1', '1.2', '2.1', '2.2']);
});

test('P4: a row that cannot be read is left out, and reported once', async () => {
  using state = new TestState();
  const database = state.open();
  const dying = state.journal(database);
  mustSucceed(dying.journal.begin(runStarted('a')));
  dying.journal.append(actionFinished(1, 0));
  mustSucceed(dying.journal.flush());
  dying.journal.append(actionFinished(2, 0));
  mustSucceed(dying.journal.flush());
  database.db.exec('drop trigger events_unchanged');
  database.db.exec("update events set body = x'00' where seq % 10 = 8");
  const next = state.journal(database, { folds: [recorder('one')] });
  expect(next.failures).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  expect(recorded(database.db, 'one')).toEqual(['1.1', '1.2', '1.3']);
  expect(state.journal(database, { folds: [recorder('one')] }).failures).toEqual([]);
});
