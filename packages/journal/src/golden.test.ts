import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  FIRST_GOLDEN_EVENTS,
  GOLDEN_EVENTS,
  LOGS_GOLDEN_EVENTS,
  goldenJson,
} from '../test/golden.ts';
import { runFinished, runStarted } from '../test/sample.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { databasePath } from './database.ts';
import type { StateDatabase } from './database.ts';
import { foldRun } from './fold.ts';
import { indexRun } from './index-run.ts';
import { listRuns } from './list-runs.ts';
import { readRun } from './read-run.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url));

const GOLDEN = [
  ['state-v1', 'the first database of format 1', FIRST_GOLDEN_EVENTS],
  ['state-v1-logs', 'a database with logs of processes', LOGS_GOLDEN_EVENTS],
  ['state-v2', 'the first database of format 2', GOLDEN_EVENTS],
] as const;

function openGolden(state: TestState, name: string): StateDatabase {
  const path = databasePath(state.dir);
  mkdirSync(dirname(path));
  copyFileSync(golden(`${name}.db`), path);
  return state.open();
}

test.for(GOLDEN)('%s: %s reads as it did when it was written', ([name]) => {
  using state = new TestState();
  const { db, warnings } = openGolden(state, name);
  expect(warnings).toEqual([]);
  const read = mustSucceed(readRun(db, 'last', () => false));
  expect(goldenJson(read)).toBe(readFileSync(golden(`${name}.json`), 'utf8'));
  expect(mustSucceed(listRuns(db, {}, () => false))).toEqual([read.overview]);
});

test.for(GOLDEN)('%s: the events of %s fold to the same', ([name, , events]) => {
  const written = foldRun(events, false);
  expect(goldenJson(written)).toBe(readFileSync(golden(`${name}.json`), 'utf8'));
});

test.for(GOLDEN)('%s: %s can be indexed, and takes further runs', ([name]) => {
  using state = new TestState();
  const database = openGolden(state, name);
  const read = mustSucceed(readRun(database.db, 'last', () => false));
  const before = mustSucceed(indexRun(database.db, 'last', () => false));
  expect(goldenJson(before.details(before.actions()))).toBe(goldenJson(read.actions));
  const { journal, failures } = state.journal(database);
  mustSucceed(journal.begin(runStarted('next')));
  journal.append(runFinished());
  mustSucceed(journal.close());
  expect(failures).toEqual([]);
  const after = mustSucceed(indexRun(database.db, read.started.run, () => false));
  expect(goldenJson(after.details(after.actions()))).toBe(goldenJson(read.actions));
  expect(mustSucceed(listRuns(database.db, {}, () => false))).toHaveLength(2);
});
