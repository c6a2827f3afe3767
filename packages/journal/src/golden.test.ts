import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FIRST_GOLDEN_EVENTS, GOLDEN_EVENTS, goldenJson } from '../test/golden.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { databasePath } from './database.ts';
import { foldRun } from './fold.ts';
import { listRuns } from './list-runs.ts';
import { readRun } from './read-run.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url));

const GOLDEN = [
  ['state-v1', 'the first database of format 1', FIRST_GOLDEN_EVENTS],
  ['state-v1-logs', 'a database with logs of processes', GOLDEN_EVENTS],
] as const;

test.for(GOLDEN)('%s: %s reads as it did when it was written', ([name]) => {
  using state = new TestState();
  const path = databasePath(state.dir);
  mkdirSync(dirname(path));
  copyFileSync(golden(`${name}.db`), path);
  const { db, warnings } = state.open();
  expect(warnings).toEqual([]);
  const read = mustSucceed(readRun(db, 'last', () => false));
  expect(goldenJson(read)).toBe(readFileSync(golden(`${name}.json`), 'utf8'));
  expect(mustSucceed(listRuns(db, {}, () => false))).toEqual([read.overview]);
});

test.for(GOLDEN)('%s: the events of %s fold to the same', ([name, , events]) => {
  const written = foldRun(events, false);
  expect(goldenJson(written)).toBe(readFileSync(golden(`${name}.json`), 'utf8'));
});
