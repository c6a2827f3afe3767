import { expect, test } from 'vitest';
import { actionFinished, actionStarted, runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { indexRun } from './index-run.ts';
import { readEvents } from './read-events.ts';

test('PARITY 7: a living run is followed from where its index ends, by another connection', () => {
  using state = new TestState();
  const { journal } = state.journal(state.open());
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionStarted(1, 0));
  mustSucceed(journal.flush());
  const { db } = state.open();
  const { number, seq } = mustSucceed(indexRun(db, 'a', () => true));
  const read = (after: number) => mustSucceed(readEvents(db, number, { after }));
  expect(read(seq)).toEqual({ events: [], seq, more: false });
  journal.append(actionFinished(1, 0));
  mustSucceed(journal.flush());
  const page = read(seq);
  expect(page.events.map(({ kind }) => kind)).toEqual(['action-finished']);
  journal.append(runFinished());
  mustSucceed(journal.close());
  expect(read(page.seq).events).toEqual([runFinished()]);
  const ends = mustSucceed(readEvents(db, number, { kinds: ['run-finished'] }));
  expect(ends.events).toEqual([runFinished()]);
});

test('events come in pages', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  for (let action = 1; action <= 1_200; action += 1) {
    journal.append(actionFinished(action, 0));
    mustSucceed(journal.flush());
  }
  const first = mustSucceed(readEvents(database.db, 1, {}));
  expect([first.events.length, first.more]).toEqual([1_000, true]);
  const second = mustSucceed(readEvents(database.db, 1, { after: first.seq }));
  expect([second.events.length, second.more]).toEqual([201, false]);
});
