import { expect, test } from 'vitest';
import { TestState, mustSucceed } from '../test/state.ts';
import { actionFinished, runFinished, runStarted } from '../test/sample.ts';
import { listRuns } from './list-runs.ts';
import type { RunFilter } from './list-runs.ts';
import { readRun } from './read-run.ts';

const never = () => false;

function fill(state: TestState) {
  const database = state.open();
  for (const name of ['20261124-aa', '20261124-ab', '20261125-cc']) {
    const { journal } = state.journal(database);
    const task = name.endsWith('b') ? {} : { labels: { team: 'x' } };
    mustSucceed(journal.begin(runStarted(name, task)));
    journal.append(actionFinished(1, 0));
    if (name.endsWith('a')) journal.append(runFinished());
    mustSucceed(journal.close());
  }
  return database.db;
}

test('a run is found by its name, by a prefix that is its own, and as the last', () => {
  using state = new TestState();
  const db = fill(state);
  const found = (selector: string) => mustSucceed(readRun(db, selector, never)).overview.run;
  expect(found('20261124-ab')).toBe('20261124-ab');
  expect(found('20261125')).toBe('20261125-cc');
  expect(found('last')).toBe('20261125-cc');
});

test('a name that no run has, or several begin with, is a failure that says so', () => {
  using state = new TestState();
  const db = fill(state);
  for (const selector of ['nope', '', "'; drop table runs; --"]) {
    expect(readRun(db, selector, never)).toMatchObject({ failure: { code: 'run-not-found' } });
  }
  expect(readRun(db, '20261124', never)).toMatchObject({
    failure: {
      headline: '2 runs begin with "20261124"',
      facts: [
        ['run', '20261124-aa'],
        ['run', '20261124-ab'],
      ],
    },
  });
  using empty = new TestState();
  expect(readRun(empty.open().db, 'last', never)).toMatchObject({
    failure: { headline: 'no run is recorded yet' },
  });
});

test('runs are listed newest first, chosen by status, task and label', () => {
  using state = new TestState();
  const db = fill(state);
  const list = (filter: RunFilter) =>
    mustSucceed(listRuns(db, filter, never)).map((run) => run.run.slice(-2));
  expect(list({})).toEqual(['cc', 'ab', 'aa']);
  expect(list({ limit: 2 })).toEqual(['cc', 'ab']);
  expect(list({ status: 'interrupted' })).toEqual(['cc', 'ab']);
  expect(list({ status: 'succeeded' })).toEqual(['aa']);
  expect(list({ labels: [['team', 'x']] })).toEqual(['cc', 'aa']);
  expect(list({ task: 'src/main.ts#other' })).toEqual([]);
});

test('a run that lives is running in the list', () => {
  using state = new TestState();
  const [newest] = mustSucceed(listRuns(fill(state), {}, () => true));
  expect(newest).toMatchObject({ status: 'running', counts: { total: 1 }, labels: { team: 'x' } });
});
