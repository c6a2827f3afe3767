import { decode, encode } from '@skein/values';
import { StoredFormError, mustList } from '@skein/model';
import type { RunEvent, RunId } from '@skein/model';
import { readEvent, storeEvent } from './stored-event.ts';
import type { WrittenEvent } from './stored-event.ts';

/** Version of a row's body. Bodies of all versions up to this one are read for ever. */
const ROW_FORMAT = 1;

/** One appended row: the events that were recorded together. */
export interface JournalRow {
  /** Rows of one run are in the order of their `seq`, which also holds the run's number. */
  readonly seq: number;
  /** The run's number in this database, and its name. */
  readonly run: number;
  readonly runId: RunId;
  readonly events: readonly RunEvent[];
}

/**
 * A run's rows stand together: `seq` is the run's number, then 32 bits that count its rows. So
 * one key serves the order of appending and reading one run, and an append touches one page.
 */
const ROWS_PER_RUN = 2 ** 32;

export function seqOf(run: number, row: number): number {
  return run * ROWS_PER_RUN + row;
}

export function runOf(seq: number): number {
  return Math.floor(seq / ROWS_PER_RUN);
}

/** The part of a `seq` that counts the rows of its run. */
export function rowOf(seq: number): number {
  return seq % ROWS_PER_RUN;
}

export function encodeRow(events: readonly WrittenEvent[]): Uint8Array {
  return encode([ROW_FORMAT, events.map(storeEvent)]);
}

/** Throws a `StoredFormError` where the body is damaged or of a later version. */
export function decodeRow(body: unknown): readonly RunEvent[] {
  if (!(body instanceof Uint8Array)) throw new StoredFormError('a row has no body');
  const [format, events] = mustList(decodeBody(body));
  if (format !== ROW_FORMAT) throw new StoredFormError(`row format ${String(format)} is unknown`);
  return mustList(events).map(readEvent);
}

function decodeBody(body: Uint8Array): unknown {
  try {
    return decode(body, { views: true });
  } catch (error) {
    throw new StoredFormError('a row is damaged', { cause: error });
  }
}
