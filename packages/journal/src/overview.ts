import type { DatabaseSync } from 'node:sqlite';
import type { ActionCounts, ActionFinished, RunEvent, RunFinished, RunStarted } from '@skein/model';
import type { Fold } from './behind.ts';
import type { JournalRow } from './row.ts';

export const NO_ACTIONS: ActionCounts = {
  total: 0,
  executed: 0,
  reused: 0,
  adopted: 0,
  failed: 0,
};

/** X8: what one more finished action makes of the counts. */
export function countAction(counts: ActionCounts, finished: ActionFinished): ActionCounts {
  const { verdict, outcome } = finished;
  const executed = verdict.kind === 'execute' ? 1 : 0;
  return {
    total: counts.total + 1,
    executed: counts.executed + executed,
    reused: counts.reused + (verdict.kind === 'reuse' ? 1 : 0),
    adopted: counts.adopted + (verdict.kind === 'adopt' ? 1 : 0),
    failed: counts.failed + (outcome.kind === 'error' ? executed : 0),
  };
}

/** Writes a new run's line; gives its number. Inside a transaction. */
export function insertRun(db: DatabaseSync, started: RunStarted): number {
  const { run, entry, task, labels, at, process, initiator, origin } = started;
  const { lastInsertRowid } = db
    .prepare(
      `insert into runs (run, entry, task, labels, started_at, process, status,
        total, executed, reused, adopted, failed, initiator, origin)
        values (?, ?, ?, ?, ?, ?, 'running', 0, 0, 0, 0, 0, ?, ?)`,
    )
    .run(
      run,
      entry,
      task,
      JSON.stringify(labels),
      at,
      JSON.stringify(process),
      initiator,
      origin === undefined ? null : JSON.stringify(origin),
    );
  return Number(lastInsertRowid);
}

/** Keeps the line of each run: counts as they grow, and how it ended. */
export const overviewFold: Fold = {
  name: 'overview',
  apply(db, rows) {
    for (const [run, events] of byRun(rows)) {
      const counts = events.filter(isFinishedAction).reduce(countAction, NO_ACTIONS);
      if (counts.total > 0) addCounts(db, run, counts);
      const end = events.find(isRunFinished);
      if (end !== undefined) writeEnd(db, run, end);
    }
  },
};

function byRun(rows: readonly JournalRow[]): ReadonlyMap<number, readonly RunEvent[]> {
  const grouped = Map.groupBy(rows, (row) => row.run);
  return new Map([...grouped].map(([run, own]) => [run, own.flatMap((row) => row.events)]));
}

function isFinishedAction(event: RunEvent): event is ActionFinished {
  return event.kind === 'action-finished';
}

function isRunFinished(event: RunEvent): event is RunFinished {
  return event.kind === 'run-finished';
}

function addCounts(db: DatabaseSync, run: number, counts: ActionCounts): void {
  const { total, executed, reused, adopted, failed } = counts;
  db.prepare(
    `update runs set total = total + ?, executed = executed + ?, reused = reused + ?,
      adopted = adopted + ?, failed = failed + ? where id = ?`,
  ).run(total, executed, reused, adopted, failed, run);
}

function writeEnd(db: DatabaseSync, run: number, end: RunFinished): void {
  const { total, executed, reused, adopted, failed } = end.counts;
  db.prepare(
    `update runs set status = ?, duration_ms = ?, total = ?, executed = ?, reused = ?,
      adopted = ?, failed = ? where id = ?`,
  ).run(end.status, end.durationMs, total, executed, reused, adopted, failed, run);
}
