import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { TestState, clock, mustSucceed } from '../test/state.ts';
import { actionFinished, runStarted } from '../test/sample.ts';
import { databasePath, openDatabase } from './database.ts';
import { listRuns } from './list-runs.ts';
import { readRun } from './read-run.ts';
import { STATE_FORMAT } from './schema.ts';

const never = () => false;

test('D6: a fresh state directory is made, ignored by git and versioned', () => {
  using state = new TestState();
  const dir = join(state.dir, 'deep', '.skein');
  const { db, path, warnings } = mustSucceed(openDatabase(dir, { clock }));
  expect(path).toBe(join(dir, 'v1', 'state.db'));
  expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('*\n');
  expect(db.prepare('pragma user_version').get()).toEqual({ user_version: STATE_FORMAT });
  expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(warnings).toEqual([]);
  db.close();
});

test('D2: durability "power" is synced with each commit, "process" is not', () => {
  using state = new TestState();
  const { db } = state.open();
  expect(db.prepare('pragma synchronous').get()).toEqual({ synchronous: 1 });
  const synced = mustSucceed(openDatabase(state.dir, { clock, durability: 'power' }));
  expect(synced.db.prepare('pragma synchronous').get()).toEqual({ synchronous: 2 });
  synced.db.close();
});

test('D6: a file that is no database is set aside, and an empty one is used', () => {
  using state = new TestState();
  const path = databasePath(state.dir);
  mkdirSync(join(path, '..'));
  writeFileSync(path, 'certainly no database\n'.repeat(500));
  const { db, warnings } = state.open();
  expect(warnings).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  expect(mustSucceed(listRuns(db, {}, never))).toEqual([]);
  const aside = readdirSync(join(path, '..')).filter((name) => name.includes('corrupt'));
  expect(aside).toEqual(['state.db.corrupt-20261124T060000Z']);
});

test('D6: a database of another program is set aside unchanged', () => {
  using state = new TestState();
  const path = databasePath(state.dir);
  mkdirSync(join(path, '..'));
  const other = new DatabaseSync(path);
  other.exec('create table theirs (a)');
  other.close();
  const before = readFileSync(path);
  const { warnings } = state.open();
  expect(warnings).toHaveLength(1);
  expect(readFileSync(`${path}.corrupt-20261124T060000Z`)).toEqual(before);
});

test('D6: a second damaged database of the same second gets another name', () => {
  using state = new TestState();
  const path = databasePath(state.dir);
  for (const name of ['first', 'second']) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, name.repeat(500));
    mustSucceed(openDatabase(state.dir, { clock })).db.close();
  }
  const aside = readdirSync(join(path, '..')).filter((name) => name.includes('corrupt'));
  expect(aside).toHaveLength(2);
});

/** A closed database with this many rows of some 3 KiB. */
function filled(state: TestState, rows: number): string {
  const { db, path } = state.open();
  const { journal } = state.journal({ db, path, warnings: [] });
  mustSucceed(journal.begin(runStarted('a')));
  for (let action = 1; action <= rows; action += 1) {
    const groups = [`${action} `.repeat(800)];
    journal.append(actionFinished(action, 0, { groups }));
    mustSucceed(journal.flush());
  }
  mustSucceed(journal.close());
  db.close();
  return path;
}

function damageMiddle(path: string): void {
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 8_192) * 4_096;
  bytes.fill(0xee, middle, middle + 40_960);
  writeFileSync(path, bytes);
}

test.for([
  ['whose end is missing', (path: string) => truncateSync(path, 20_480)],
  ['damaged in its middle', damageMiddle],
] as const)('D6: a small database %s is set aside when it is opened', ([, damage]) => {
  using state = new TestState();
  damage(filled(state, 50));
  const { db, warnings } = state.open();
  expect(warnings).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  expect(mustSucceed(listRuns(db, {}, never))).toEqual([]);
});

test('D6: damage found by a query has the next opening set the database aside', () => {
  using state = new TestState();
  damageMiddle(filled(state, 2_000));
  const damaged = state.open();
  expect(damaged.warnings).toEqual([]);
  expect(readRun(damaged.db, 'a', never)).toMatchObject({ failure: { code: 'state-corrupt' } });
  damaged.db.close();
  const fresh = state.open();
  expect(fresh.warnings).toMatchObject([{ code: 'state-corrupt' }]);
  expect(mustSucceed(listRuns(fresh.db, {}, never))).toEqual([]);
  expect(state.open().warnings).toEqual([]);
});

test('D6: the log of a database that is gone is set aside and reported', () => {
  using state = new TestState();
  const { db, path } = state.open();
  const { journal } = state.journal({ db, path, warnings: [] });
  mustSucceed(journal.begin(runStarted('a')));
  mustSucceed(journal.close());
  const log = readFileSync(`${path}-wal`);
  using lost = new TestState();
  mkdirSync(join(databasePath(lost.dir), '..'));
  writeFileSync(`${databasePath(lost.dir)}-wal`, log);
  const opened = lost.open();
  expect(opened.warnings).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  expect(mustSucceed(listRuns(opened.db, {}, never))).toEqual([]);
  const aside = `${opened.path}.corrupt-20261124T060000Z-wal`;
  expect(readFileSync(aside)).toEqual(log);
  expect(lost.open().warnings).toEqual([]);
});

test('D6: a database whose log is gone is one of ours, as it was at its last checkpoint', () => {
  using state = new TestState();
  const { db, path } = state.open();
  const { journal } = state.journal({ db, path, warnings: [] });
  mustSucceed(journal.begin(runStarted('a')));
  mustSucceed(journal.close());
  db.exec('pragma wal_checkpoint(truncate)');
  mustSucceed(journal.flush());
  const second = state.journal({ db, path, warnings: [] });
  mustSucceed(second.journal.begin(runStarted('b')));
  mustSucceed(second.journal.close());
  using lost = new TestState();
  mkdirSync(join(databasePath(lost.dir), '..'));
  copyFileSync(path, databasePath(lost.dir));
  const opened = lost.open();
  expect(opened.warnings).toEqual([]);
  expect(mustSucceed(listRuns(opened.db, {}, never)).map(({ run }) => run)).toEqual(['a']);
  mustSucceed(lost.journal(opened).journal.close());
});

test('a state directory that cannot be made is a failure that says why', () => {
  using state = new TestState();
  const file = join(state.dir, 'file');
  writeFileSync(file, '');
  expect(openDatabase(join(file, 'state'), { clock })).toMatchObject({
    ok: false,
    failure: {
      code: 'state-unwritable',
      facts: [
        ['path', join(file, 'state')],
        ['cause', expect.stringContaining('ENOTDIR')],
      ],
    },
  });
});

test('a database of a later format is left alone and refused', () => {
  using state = new TestState();
  const { db, path } = state.open();
  db.exec(`pragma user_version = ${STATE_FORMAT + 1}`);
  db.close();
  expect(openDatabase(state.dir, { clock })).toMatchObject({ failure: { code: 'state-newer' } });
  expect(existsSync(path)).toBe(true);
});
