import { DatabaseSync } from 'node:sqlite';
import type { Failure } from '@skein/model';
import { forgetFold } from './catch-up.ts';
import { FACTS_TABLE, TABLES } from './schema.ts';
import { transact } from './transaction.ts';

/** The record itself, and what says how far it is folded: no other table knows it again. */
const RECORD = ['events', 'runs', 'folds', 'cursors'];
/** Facts are a fold (D1): they can be made again at any time. */
const FACTS = 'facts';

/**
 * What is wrong with the tables of a database of the present format, though each of its pages may
 * be sound: somebody changed them, or another build made them. `undefined`: nothing.
 */
export function findStrange(db: DatabaseSync): string | undefined {
  const declared = declaredColumns();
  for (const table of RECORD) {
    const there = columnsOf(db, table);
    if (there.size === 0) return `it has no table "${table}"`;
    const missing = [...(declared.get(table) ?? [])].find((name) => !there.has(name));
    if (missing !== undefined) return `its table "${table}" has no column "${missing}"`;
  }
  return undefined;
}

/**
 * Makes a table of facts anew that nobody could write to: the next journal that is opened fills
 * it, and until then they are read from the rows. Gives the one line to tell.
 */
export function renewFacts(db: DatabaseSync, path: string): Failure | undefined {
  const declared = [...(declaredColumns().get(FACTS) ?? [])].join();
  if ([...columnsOf(db, FACTS)].join() === declared) return undefined;
  return transact(db, () => {
    if ([...columnsOf(db, FACTS)].join() === declared) return undefined;
    db.exec(`drop table if exists ${FACTS}`);
    db.exec(FACTS_TABLE);
    forgetFold(db, FACTS);
    return renewed(path);
  });
}

function declaredColumns(): ReadonlyMap<string, ReadonlySet<string>> {
  const db = new DatabaseSync(':memory:');
  try {
    db.exec(TABLES);
    return new Map([...RECORD, FACTS].map((table) => [table, columnsOf(db, table)]));
  } finally {
    db.close();
  }
}

/** Empty where there is no such table. */
function columnsOf(db: DatabaseSync, table: string): ReadonlySet<string> {
  const columns = db.prepare('select name from pragma_table_info(?) order by cid').all(table);
  return new Set(columns.map(({ name }) => String(name)));
}

function renewed(path: string): Failure {
  return {
    code: 'state-corrupt',
    kind: 'warning',
    headline: 'an index of the state database was not usable and is made again: nothing is lost',
    facts: [
      ['path', path],
      ['index', FACTS],
    ],
  };
}
