import type { DatabaseSync } from 'node:sqlite';
import { succeed } from '@skein/model';
import type { Result, RunEvent } from '@skein/model';
import { failedIn } from './failed.ts';
import { decodeRow, seqOf } from './row.ts';

/** So many rows are read at once: a living run grows by few, and a long one is not held whole. */
const PAGE_ROWS = 1_000;

export interface EventsWanted {
  /** The row behind which to begin: `seq` of an index or of the page before. Default: the first. */
  readonly after?: number;
  /** Default: all. */
  readonly kinds?: readonly RunEvent['kind'][];
}

/** Some events of a run in the order of the journal. */
export interface EventPage {
  readonly events: readonly RunEvent[];
  /** The last row that was read: where the next page begins. */
  readonly seq: number;
  /** True where more is recorded by now. */
  readonly more: boolean;
}

/**
 * What was appended to a run behind some row: how to follow one that another process records.
 * `run` is its number in this database. Fails with `state-corrupt`.
 */
export function readEvents(
  db: DatabaseSync,
  run: number,
  { after = seqOf(run, 0), kinds }: EventsWanted,
): Result<EventPage> {
  try {
    const rows = db
      .prepare('select seq, body from events where seq > ? and seq < ? order by seq limit ?')
      .all(after, seqOf(run + 1, 0), PAGE_ROWS);
    const events = rows.flatMap(({ body }) => decodeRow(body));
    const wanted = kinds === undefined ? undefined : new Set(kinds);
    return succeed({
      events: wanted === undefined ? events : events.filter(({ kind }) => wanted.has(kind)),
      seq: Number(rows.at(-1)?.['seq'] ?? after),
      more: rows.length === PAGE_ROWS,
    });
  } catch (error) {
    return failedIn(db, error);
  }
}
