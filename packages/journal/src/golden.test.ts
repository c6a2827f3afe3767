import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { GOLDEN_EVENTS, goldenJson } from '../test/golden.ts';
import { TestState, mustSucceed } from '../test/state.ts';
import { databasePath } from './database.ts';
import { foldRun } from './fold.ts';
import { listRuns } from './list-runs.ts';
import { readRun } from './read-run.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url));

test('a state database of format 1 reads as it did when it was written', () => {
  using state = new TestState();
  const path = databasePath(state.dir);
  mkdirSync(dirname(path));
  copyFileSync(golden('state-v1.db'), path);
  const { db, warnings } = state.open();
  expect(warnings).toEqual([]);
  const read = mustSucceed(readRun(db, 'last', () => false));
  expect(goldenJson(read)).toBe(readFileSync(golden('state-v1.json'), 'utf8'));
  expect(mustSucceed(listRuns(db, {}, () => false))).toEqual([read.overview]);
});

test('format 1 is still what is written', () => {
  const written = foldRun(GOLDEN_EVENTS, false);
  expect(goldenJson(written)).toBe(readFileSync(golden('state-v1.json'), 'utf8'));
});
