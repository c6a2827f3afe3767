import type { DatabaseSync } from 'node:sqlite';
import { succeed } from '@skein/model';
import type { Result } from '@skein/model';
import { failedIn } from './failed.ts';
import { factsOf } from './facts.ts';
import { findRun } from './find-run.ts';
import { PackedRun } from './packed-run.ts';
import type { Liveness } from './process.ts';
import { seqOf } from './row.ts';
import type { RunIndex } from './run-index.ts';
import { readAtOnce } from './transaction.ts';

/**
 * One run at a glance. `selector`: its id, a prefix of it that no other run has, or `last`. Fails
 * with `run-not-found`, or `state-corrupt`.
 */
export function indexRun(db: DatabaseSync, selector: string, isAlive: Liveness): Result<RunIndex> {
  try {
    const found = findRun(db, selector);
    if (!found.ok) return found;
    const { number } = found.value;
    return succeed(readAtOnce(db, () => pack(db, number, isAlive)));
  } catch (error) {
    return failedIn(db, error);
  }
}

function pack(db: DatabaseSync, number: number, isAlive: Liveness): RunIndex {
  const facts = factsOf(db, number);
  const last = db
    .prepare('select max(seq) as seq from events where seq < ?')
    .get(seqOf(number + 1, 0));
  return new PackedRun({ db, number, seq: Number(last?.['seq']), facts, isAlive });
}
