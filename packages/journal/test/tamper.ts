/* Tries to change the record of run 1 as a foreign process would, and says what came of it. */
import { DatabaseSync } from 'node:sqlite';
import { encodeRow, seqOf } from '../src/row.ts';
import { actionFinished } from './sample.ts';

const [path = ''] = process.argv.slice(2);
const db = new DatabaseSync(path);
const body = encodeRow([actionFinished(9, 1)]);

function attempt(sql: string, ...values: (number | Uint8Array)[]): void {
  try {
    db.prepare(sql).run(...values);
    process.stdout.write('done\n');
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
}

attempt('insert into events (seq, body) values (?, ?)', seqOf(1, 99), body);
attempt('update events set body = ? where seq = ?', body, seqOf(1, 2));
db.close();
