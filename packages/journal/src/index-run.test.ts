import { expect, test } from 'vitest';
import { actionFinished, actionStarted, errorOf, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { indexRun } from './index-run.ts';
import { readRun } from './read-run.ts';
import type { StateDatabase } from './database.ts';

const never = () => false;

function fill(state: TestState): StateDatabase {
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionStarted(1, 0));
  for (let action = 2; action <= 12; action += 1) {
    const outcome = action > 10 ? { outcome: errorOf('no') } : {};
    journal.append(actionStarted(action, 1));
    if (action < 12) journal.append(actionFinished(action, 1, { ...outcome, durationMs: 2 }));
  }
  journal.append({ kind: 'action-logged', at: 5, action: 3, stream: 'stderr', text: 'three\n' });
  journal.append({ kind: 'action-logged', at: 6, action: 0, stream: 'stdout', text: 'all\n' });
  mustSucceed(journal.close());
  return database;
}

test('PARITY 21: calls are counted by task without being read', () => {
  using state = new TestState();
  const index = mustSucceed(indexRun(fill(state).db, 'last', never));
  const [group, ...others] = index.groupsOf(1);
  expect(others).toEqual([]);
  expect({ ...group, actions: Array.from(group?.actions ?? []) }).toEqual({
    task: 'src/main.ts#features',
    actions: Array.from({ length: 11 }, (_, at) => at + 2),
    verdicts: { reuse: 0, adopt: 0, execute: 11 },
    failed: 1,
    firstFailed: [11],
    unfinished: 1,
    executedMs: 20,
    beneath: 0,
  });
  expect(index.at(99)).toBeUndefined();
  expect([...index.details([99])]).toEqual([]);
});

test('PARITY 7: what was printed is chosen by action, task and stream', () => {
  using state = new TestState();
  const index = mustSucceed(indexRun(fill(state).db, 'last', never));
  const texts = (wanted: Parameters<typeof index.logs>[0]) =>
    Array.from(index.logs(wanted), ({ text }) => text.trim());
  expect(texts({})).toEqual(['three', 'all']);
  expect(texts({ action: 0 })).toEqual(['all']);
  expect(texts({ task: 'features' })).toEqual(['three']);
  expect(texts({ task: 'src/main.ts#features', stream: 'stdout' })).toEqual([]);
  expect(texts({ action: 3, stream: 'stderr' })).toEqual(['three']);
});

test.for([
  ["update facts set calls = x'00'"],
  ['update facts set calls = substr(calls, 1, length(calls) - 3)'],
] as const)('P4: facts that are damaged are made again of the rows (%s)', ([damage]) => {
  using state = new TestState();
  const { db } = fill(state);
  db.exec(damage);
  const index = mustSucceed(indexRun(db, 'a', never));
  const whole = mustSucceed(readRun(db, 'a', never));
  expect([...index.details(index.actions())]).toEqual([...whole.actions]);
});

test('a run that is not there is a failure, and so is one without its first row', () => {
  using state = new TestState();
  const { db } = fill(state);
  expect(indexRun(db, 'zzz', never)).toMatchObject({ failure: { code: 'run-not-found' } });
  db.exec('delete from events where seq % 4294967296 = 1');
  expect(indexRun(db, 'a', never)).toMatchObject({ failure: { code: 'state-corrupt' } });
});
