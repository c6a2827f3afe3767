import type { DatabaseSync } from 'node:sqlite';
import { fail, succeed } from '@skein/model';
import type { Failure, Result, RunId } from '@skein/model';

/** A run, by its number in the database and its id. */
export interface FoundRun {
  readonly number: number;
  readonly run: RunId;
}

/**
 * `selector`: the id of a run, a prefix of it that no other run has, or `last`. Fails with
 * `run-not-found`.
 */
export function findRun(db: DatabaseSync, selector: string): Result<FoundRun> {
  if (selector === 'last') {
    const last = db.prepare('select id, run from runs order by id desc limit 1').get();
    return last === undefined ? fail(noRuns()) : succeed(foundIn(last));
  }
  const found = db
    .prepare('select id, run from runs where substr(run, 1, length(?1)) = ?1 order by id')
    .all(selector)
    .map(foundIn);
  const exact = found.find((one) => one.run === selector);
  const [only, other] = exact === undefined ? found : [exact];
  if (only === undefined || selector === '') return fail(notFound(selector));
  return other === undefined ? succeed(only) : fail(ambiguous(selector, found));
}

function foundIn(row: Readonly<Record<string, unknown>>): FoundRun {
  return { number: Number(row['id']), run: String(row['run']) as RunId };
}

function noRuns(): Failure {
  return {
    code: 'run-not-found',
    kind: 'usage',
    headline: 'no run is recorded yet',
    facts: [],
    hint: 'start one with `skein run <file>`',
  };
}

function notFound(selector: string): Failure {
  return {
    code: 'run-not-found',
    kind: 'usage',
    headline: `no run is called "${selector}"`,
    facts: [],
    hint: '`skein runs` lists them; `last` is the newest',
  };
}

function ambiguous(selector: string, found: readonly FoundRun[]): Failure {
  return {
    code: 'run-not-found',
    kind: 'usage',
    headline: `${found.length} runs begin with "${selector}"`,
    facts: found.slice(0, 5).map(({ run }) => ['run', run] as const),
    hint: 'give more of the name',
  };
}
