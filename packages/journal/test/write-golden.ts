/* Writes the golden files of the present rows: once, when something is added to them. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { readRun } from '../src/read-run.ts';
import { GOLDEN_EVENTS, goldenJson } from './golden.ts';
import { TestState, mustSucceed } from './state.ts';

using state = new TestState();
const database = state.open();
const { journal } = state.journal(database);
for (const event of GOLDEN_EVENTS) {
  if (event.kind === 'run-started') mustSucceed(journal.begin(event));
  else journal.append(event);
  if (event.kind === 'action-finished') mustSucceed(journal.flush());
}
mustSucceed(journal.close());
const read = mustSucceed(readRun(database.db, 'last', () => false));
const golden = new URL('../golden/state-v2', import.meta.url);
writeFileSync(`${golden.pathname}.json`, goldenJson(read));
database.db.close();
copyFileSync(database.path, `${golden.pathname}.db`);
