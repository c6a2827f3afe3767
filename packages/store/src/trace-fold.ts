import type { DatabaseSync } from 'node:sqlite';
import type { ActionFinished, RunEvent, RunId, Trace } from '@skein/model';

/** A row of the journal as the fold needs it. */
export interface FoldedRow {
  readonly runId: RunId;
  readonly events: readonly RunEvent[];
}

/** What the journal calls to have traces derived from its rows; it has the form of its `Fold`. */
export interface TraceFold {
  readonly name: string;
  apply(db: DatabaseSync, rows: readonly FoldedRow[]): void;
  committed(): void;
}

/** The trace that a finished action leaves. */
export function traceOf(event: ActionFinished, run: string): Trace | undefined {
  const { key, task, waves, log, outcome, impurities, action, at, durationMs, traced } = event;
  if (!traced || key === null) return undefined;
  return { key, task, waves, log, outcome, impurities, run, action, at, durationMs };
}
