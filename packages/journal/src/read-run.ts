import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, fail, succeed } from '@skein/model';
import type { Failure, Result, RunEvent, RunId } from '@skein/model';
import { failedIn } from './failed.ts';
import { RunFold } from './fold.ts';
import type { Liveness } from './process.ts';
import { decodeRow, seqOf } from './row.ts';
import type { RunState } from './run-state.ts';

/**
 * Everything about one run. `selector`: its id, a prefix of it that no other run has, or `last`.
 * Fails with `run-not-found`, or `state-corrupt`.
 */
export function readRun(db: DatabaseSync, selector: string, isAlive: Liveness): Result<RunState> {
  try {
    const found = findRun(db, selector);
    if (!found.ok) return found;
    const state = fold(readEvents(db, found.value.number), isAlive);
    if (state === undefined) throw new StoredFormError('the first row of the run is missing');
    return succeed(state);
  } catch (error) {
    return failedIn(db, error);
  }
}

/** Event by event: all of them at once would be a second copy of a large run. */
function fold(events: Iterable<RunEvent>, isAlive: Liveness): RunState | undefined {
  let run: RunFold | undefined;
  let alive = false;
  for (const event of events) {
    if (event.kind === 'run-started') {
      run = new RunFold(event);
      alive = isAlive(event.process);
    } else run?.apply(event);
  }
  return run?.state(alive);
}

interface FoundRun {
  readonly number: number;
  readonly run: RunId;
}

function findRun(db: DatabaseSync, selector: string): Result<FoundRun> {
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

function* readEvents(db: DatabaseSync, run: number): Generator<RunEvent> {
  const rows = db
    .prepare('select body from events where seq > ? and seq < ? order by seq')
    .iterate(seqOf(run, 0), seqOf(run + 1, 0));
  for (const row of rows) yield* decodeRow(row['body']);
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
