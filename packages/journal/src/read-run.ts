import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError, succeed } from '@skein/model';
import type { Result, RunEvent } from '@skein/model';
import { failedIn } from './failed.ts';
import { findRun } from './find-run.ts';
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

function* readEvents(db: DatabaseSync, run: number): Generator<RunEvent> {
  const rows = db
    .prepare('select body from events where seq > ? and seq < ? order by seq')
    .iterate(seqOf(run, 0), seqOf(run + 1, 0));
  for (const row of rows) yield* decodeRow(row['body']);
}
