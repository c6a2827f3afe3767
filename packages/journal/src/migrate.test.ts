import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { databasePath } from './database.ts';
import { indexRun } from './index-run.ts';
import { listRuns } from './list-runs.ts';
import { readRun } from './read-run.ts';
import { STATE_FORMAT, formatOf } from './schema.ts';

const never = () => false;
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A state directory with the first golden database in it. */
function older(state: TestState): string {
  const path = databasePath(state.dir);
  mkdirSync(dirname(path));
  copyFileSync(here('../golden/state-v1.db'), path);
  return path;
}

test('D6: an earlier format is brought to the present one, with its runs', () => {
  using state = new TestState();
  older(state);
  const { db, warnings } = state.open();
  expect(warnings).toEqual([]);
  expect(formatOf(db)).toBe(STATE_FORMAT);
  expect(mustSucceed(listRuns(db, {}, never))).toMatchObject([
    { run: '20261124-060000-601d', initiator: 'command', status: 'failed' },
  ]);
});

test('D6: processes that migrate at once all find the same state', async () => {
  using state = new TestState();
  older(state);
  const children = Array.from({ length: 2 }, () =>
    spawn(process.execPath, [here('../test/reopen.ts'), state.dir]),
  );
  const told = await Promise.all(
    children.map(async (child) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(child, 'close');
      return text;
    }),
  );
  expect(told).toEqual(children.map(() => `${STATE_FORMAT} \n`));
  const { db } = state.open();
  expect(mustSucceed(listRuns(db, {}, never))).toHaveLength(1);
});

test('D6: who dies in the middle of a migration leaves the state as it was', () => {
  using state = new TestState();
  const path = older(state);
  const died = spawnSync(process.execPath, [here('../test/die-migrating.ts'), path]);
  expect(died.signal).toBe('SIGKILL');
  const left = new DatabaseSync(path);
  expect(formatOf(left)).toBe(1);
  left.close();
  const { db, warnings } = state.open();
  expect(warnings).toEqual([]);
  expect(formatOf(db)).toBe(STATE_FORMAT);
  expect(mustSucceed(readRun(db, 'last', never)).actions.size).toBe(4);
});

test('D6: a state of many runs says in one line that it was migrated', () => {
  using state = new TestState();
  const path = older(state);
  const old = new DatabaseSync(path);
  const run = old.prepare(
    `insert into runs (run, entry, task, labels, started_at, process, status, total, executed,
      reused, adopted, failed) values (?, '', '', '{}', 0, '{}', 'failed', 0, 0, 0, 0, 0)`,
  );
  old.exec('begin');
  for (let at = 0; at < 5_000; at += 1) run.run(`run ${at}`);
  old.exec('commit');
  old.close();
  const { warnings } = state.open();
  expect(warnings).toMatchObject([
    {
      code: 'state-migrated',
      kind: 'warning',
      facts: [
        ['path', path],
        ['format', '1 → 2'],
        ['runs', '5001'],
      ],
    },
  ]);
  expect(state.open().warnings).toEqual([]);
});

test('PARITY 21: runs of an earlier format are indexed, with facts and without', () => {
  using state = new TestState();
  older(state);
  const database = state.open();
  const facts = () => database.db.prepare('select count(*) as count from facts').get()?.['count'];
  const before = mustSucceed(indexRun(database.db, 'last', never));
  expect([before.size, facts()]).toEqual([4, 0]);
  const { journal } = state.journal(database);
  expect(facts()).toBe(1);
  const after = mustSucceed(indexRun(database.db, 'last', never));
  expect([...after.details(after.actions())]).toEqual([...before.details(before.actions())]);
  mustSucceed(journal.begin(runStarted('next')));
  journal.append(runFinished());
  mustSucceed(journal.close());
});
