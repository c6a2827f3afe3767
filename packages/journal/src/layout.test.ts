import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { actionFinished, runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { indexRun } from './index-run.ts';
import { listRuns } from './list-runs.ts';

const never = () => false;

/** A state with one finished run, whose database somebody changed. */
function changed(state: TestState, sql: string): void {
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('before')));
  journal.append(actionFinished(2, 1));
  journal.append(actionFinished(1, 0));
  journal.append(runFinished());
  mustSucceed(journal.close());
  database.db.exec(sql);
  database.db.close();
}

test.for([
  ['drop table facts; create table facts (seq integer primary key, body blob not null)'],
  ['drop table facts'],
  ['alter table facts add column more text not null default 1'],
] as const)('D6: facts of another layout are made again, and nothing is lost (%s)', ([sql]) => {
  using state = new TestState();
  changed(state, sql);
  const database = state.open();
  expect(database.warnings).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  expect(mustSucceed(indexRun(database.db, 'before', never)).size).toBe(2);
  const { journal, failures } = state.journal(database);
  mustSucceed(journal.begin(runStarted('after')));
  journal.append(actionFinished(1, 0));
  mustSucceed(journal.flush());
  mustSucceed(journal.close());
  expect(failures).toEqual([]);
  expect(mustSucceed(indexRun(database.db, 'before', never)).size).toBe(2);
  expect(mustSucceed(indexRun(database.db, 'after', never)).size).toBe(1);
  const [kept] = database.db.prepare('select count(distinct seq >> 32) as runs from facts').all();
  expect(kept).toEqual({ runs: 2 });
  expect(state.open().warnings).toEqual([]);
});

test.for([
  ['drop table events', 'it has no table "events"'],
  ['drop table runs', 'it has no table "runs"'],
  ['drop table folds', 'it has no table "folds"'],
  ['drop table cursors', 'it has no table "cursors"'],
  ['alter table cursors rename column seq to row', 'its table "cursors" has no column "seq"'],
  ['alter table runs drop column adopted', 'its table "runs" has no column "adopted"'],
] as const)('D6: a record that is not whole is set aside (%s)', ([sql, cause]) => {
  using state = new TestState();
  changed(state, sql);
  const database = state.open();
  expect(database.warnings).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  expect(database.warnings[0]?.facts).toContainEqual(['cause', cause]);
  expect(mustSucceed(listRuns(database.db, {}, never))).toEqual([]);
  const aside = readdirSync(dirname(database.path)).filter((name) => name.includes('corrupt'));
  expect(aside.length).toBeGreaterThan(0);
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('after')));
});
