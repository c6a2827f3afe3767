/* Appends results for ever, and says on stdout which of them were acknowledged. */
import { writeSync } from 'node:fs';
import { openDatabase } from '../src/database.ts';
import { openJournal } from '../src/journal.ts';
import { identifyProcess } from '../src/process.ts';
import { DEAD, T0, actionFinished, actionStarted, runStarted } from './sample.ts';
import { mustSucceed } from './state.ts';

const [dir = '', name = '', limit = 'Infinity'] = process.argv.slice(2);
const clock = { now: () => T0, elapsed: () => 0 };
const { db } = mustSucceed(openDatabase(dir, { clock }));
const onFailure = () => process.exit(1);
const journal = mustSucceed(openJournal({ db, folds: [], onFailure }));
mustSucceed(journal.begin(runStarted(name, { process: identifyProcess(process.pid) ?? DEAD })));

function next(action: number): void {
  if (action > Number(limit)) {
    mustSucceed(journal.close());
    db.close();
    return;
  }
  journal.append(actionStarted(action, 1));
  journal.append(actionFinished(action, 1), () => {
    writeSync(1, `${action}\n`);
    next(action + 1);
  });
}

writeSync(1, 'ready\n');
next(2);
