import { expect, test } from 'vitest';
import { TestState, mustSucceed } from '../test/state.ts';
import { actionFinished, actionStarted, runStarted } from '../test/sample.ts';

test('R6: what the calls of an action came to is read back while its run goes on', () => {
  using state = new TestState();
  const { journal } = state.journal(state.open());
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionStarted(1, 0));
  for (const action of [2, 3]) {
    journal.append(actionStarted(action, 1));
    journal.append(actionFinished(action, 1));
  }
  mustSucceed(journal.flush());
  journal.append(actionStarted(4, 2));
  journal.append(actionFinished(4, 2));
  journal.append(actionStarted(5, 1));
  const callsOf = (caller: number): number[] =>
    [...journal.finished(caller)].map(({ action }) => action);
  expect(callsOf(1)).toEqual([2, 3]);
  expect(callsOf(2)).toEqual([4]);
  expect(callsOf(5)).toEqual([]);
});

test('R6: rows of a long run are read page by page', () => {
  using state = new TestState();
  const { journal } = state.journal(state.open());
  mustSucceed(journal.begin(runStarted('a')));
  const actions = Array.from({ length: 1_500 }, (_, index) => index + 2);
  for (const action of actions) {
    journal.append(actionFinished(action, 1));
    mustSucceed(journal.flush());
  }
  expect([...journal.finished(1)].map(({ action }) => action)).toEqual(actions);
});

test('P4: what cannot be read back is not there', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionFinished(2, 1));
  mustSucceed(journal.flush());
  database.db.exec("drop trigger events_unchanged; update events set body = x'00'");
  expect([...journal.finished(1)]).toEqual([]);
});
