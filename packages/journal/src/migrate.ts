import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, reach } from '@skein/model';
import type { Failure, RunStarted } from '@skein/model';
import { decodeRow, seqOf } from './row.ts';
import { FACTS_TABLE, IMMUTABLE_EVENTS, STATE_FORMAT, formatOf } from './schema.ts';
import { transact } from './transaction.ts';

/** So many runs are brought over in a blink; of more, a person is told. */
const NOTICED_RUNS = 5_000;

/** What makes the next format of one: the step from format 1 stands first. */
const STEPS: readonly ((db: DatabaseSync) => void)[] = [toRecordsOfOrigin];

/**
 * Brings a database of an earlier format to the present one, in one transaction: a process that
 * dies on the way leaves it as it was, and of two that meet the second finds it done. Gives the
 * one line to tell where that took noticeable time.
 */
export function migrate(db: DatabaseSync, path: string): Failure | undefined {
  if (formatOf(db) === STATE_FORMAT) return undefined;
  return transact(db, () => {
    const from = formatOf(db);
    if (from === STATE_FORMAT) return undefined;
    for (const step of STEPS.slice(from - 1)) step(db);
    reach('migrate-half');
    db.exec(`pragma user_version = ${STATE_FORMAT}`);
    const runs = Number(db.prepare('select count(*) as count from runs').get()?.['count']);
    return runs < NOTICED_RUNS ? undefined : migrated(path, { from, runs });
  });
}

/** Format 2: who started a run and what it goes on from; facts; records that cannot change. */
function toRecordsOfOrigin(db: DatabaseSync): void {
  db.exec(`alter table runs add column initiator text not null default ''`);
  db.exec('alter table runs add column origin text');
  const fill = db.prepare('update runs set initiator = ?, origin = ? where id = ?');
  const first = db.prepare('select body from events where seq = ?');
  for (const { id } of db.prepare('select id from runs').all()) {
    const started = startOf(first.get(seqOf(Number(id), 1))?.['body']);
    const origin = started?.origin === undefined ? null : JSON.stringify(started.origin);
    fill.run(started?.initiator ?? '', origin, Number(id));
  }
  db.exec(FACTS_TABLE);
  db.exec(IMMUTABLE_EVENTS);
}

/** `undefined` where the first row of the run cannot be read (P4). */
function startOf(body: unknown): RunStarted | undefined {
  try {
    const [first] = decodeRow(body);
    return first?.kind === 'run-started' ? first : undefined;
  } catch (error) {
    if (error instanceof StoredFormError) return undefined;
    throw error;
  }
}

function migrated(
  path: string,
  { from, runs }: { readonly from: number; readonly runs: number },
): Failure {
  return {
    code: 'state-migrated',
    kind: 'warning',
    headline: 'the state was brought to the format of this version of Skein',
    facts: [
      ['path', path],
      ['format', `${from} → ${STATE_FORMAT}`],
      ['runs', String(runs)],
    ],
  };
}
