import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { actionFinished, runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { readRun } from './read-run.ts';

const TAMPER = fileURLToPath(new URL('../test/tamper.ts', import.meta.url));

test('R7: nothing follows the end of a run, through the journal', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionFinished(1, 0));
  journal.append(runFinished());
  expect(() => journal.append(actionFinished(2, 0))).toThrow('no run takes "action-finished"');
  mustSucceed(journal.flush());
  expect(() => journal.append(actionFinished(2, 0))).toThrow('no run takes "action-finished"');
  mustSucceed(journal.begin(runStarted('b')));
  journal.append(actionFinished(2, 0));
  mustSucceed(journal.close());
  expect(mustSucceed(readRun(database.db, 'a', () => false)).actions.size).toBe(1);
});

test('R7 PARITY 8: no other process can change the record of a finished run', () => {
  using state = new TestState();
  const database = state.open();
  const { journal } = state.journal(database);
  mustSucceed(journal.begin(runStarted('a')));
  journal.append(actionFinished(1, 0));
  journal.append(runFinished());
  mustSucceed(journal.close());
  const before = mustSucceed(readRun(database.db, 'a', () => false));
  const { stdout } = spawnSync(process.execPath, [TAMPER, database.path], { encoding: 'utf8' });
  expect(stdout.split('\n')).toEqual([
    'the record of a finished run cannot be changed',
    'the record of a run cannot be changed',
    '',
  ]);
  expect(mustSucceed(readRun(database.db, 'a', () => false))).toEqual(before);
});

test('R7: a run without its end stays as it is, also when another goes on from it', () => {
  using state = new TestState();
  const first = state.open();
  const dying = state.journal(first);
  mustSucceed(dying.journal.begin(runStarted('a')));
  dying.journal.append(actionFinished(1, 0));
  mustSucceed(dying.journal.close());
  const before = mustSucceed(readRun(first.db, 'a', () => false));
  const origin = { kind: 'resume', run: before.started.run } as const;
  const { journal } = state.journal(state.open());
  mustSucceed(journal.begin(runStarted('b', { origin })));
  journal.append(runFinished());
  mustSucceed(journal.close());
  const after = mustSucceed(readRun(first.db, 'a', () => false));
  expect(after).toEqual(before);
  expect(after.overview.status).toBe('interrupted');
});
