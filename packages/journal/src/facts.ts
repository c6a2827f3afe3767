import type { DatabaseSync } from 'node:sqlite';
import { StoredFormError } from '@skein/model';
import type { RunId } from '@skein/model';
import type { Fold } from './behind.ts';
import { FactsBatch } from './facts-batch.ts';
import { PACKED_DIGEST_BYTES } from './facts-layout.ts';
import { packFacts } from './pack-facts.ts';
import { decodeRow, seqOf } from './row.ts';
import type { JournalRow } from './row.ts';

const NAME = 'facts';

/** Keeps for each run, in batches, what is asked of all its actions at once. */
export const factsFold: Fold = {
  name: NAME,
  apply(db, rows) {
    if (rows.length === 0) return;
    const insert = db.prepare(
      'insert or replace into facts (seq, calls, digests) values (?, ?, ?)',
    );
    for (const [, own] of Map.groupBy(rows, ({ run }) => run)) {
      const last = own.at(-1);
      if (last === undefined) continue;
      const { calls, digests } = packFacts(own);
      insert.run(last.seq, calls, digests);
    }
  },
};

/** A run that has rows whose facts are not kept yet, and up to which row they are. */
export interface UnfoldedRun {
  readonly run: number;
  readonly seq: number;
}

/** Living and interrupted runs, and all of an older state; by number. */
export function unfoldedRuns(db: DatabaseSync): UnfoldedRun[] {
  const known = db.prepare('select 1 from folds where name = ?').get(NAME);
  if (known === undefined) {
    const all = db.prepare('select id from runs order by id').all();
    return all.map(({ id }) => ({ run: Number(id), seq: seqOf(Number(id), 0) }));
  }
  const behind = db.prepare('select run, seq from cursors where fold = ? order by run').all(NAME);
  return behind.map(({ run, seq }) => ({ run: Number(run), seq: Number(seq) }));
}

/** Rows packed at once where they are not folded yet: what is made of them stays small. */
const TAIL_ROWS = 2_000;

/** The facts of some rows that stand together. */
export interface Facts {
  readonly batch: FactsBatch;
  /** 40 bytes each, as the batch tells whose they are; read when they are asked for. */
  readonly digests: () => Uint8Array;
}

/**
 * The facts of a run in the order of its rows: what is folded, then what is not yet. Inside a
 * transaction, so that nothing is folded between the two. Rows that cannot be read are left out
 * (P4).
 */
export function factsOf(db: DatabaseSync, run: number): Facts[] {
  const folded = foldedUpTo(db, run);
  try {
    const kept = db
      .prepare('select seq, calls from facts where seq > ? and seq <= ? order by seq')
      .all(seqOf(run, 0), folded)
      .map(({ seq, calls }) => keptFacts(db, Number(seq), calls));
    return [...kept, ...unfoldedFacts(db, run, folded)];
  } catch (error) {
    // They are derived: what is damaged is made again of the rows themselves.
    if (error instanceof StoredFormError) return [...unfoldedFacts(db, run, seqOf(run, 0))];
    throw error;
  }
}

/** Facts as they are stored. */
export function keptFacts(db: DatabaseSync, seq: number, calls: unknown): Facts {
  const batch = new FactsBatch(calls);
  const digests = (): Uint8Array => {
    const found = db.prepare('select digests from facts where seq = ?').get(seq)?.['digests'];
    return checkDigests(batch, found);
  };
  return { batch, digests };
}

function checkDigests(batch: FactsBatch, bytes: unknown): Uint8Array {
  const size = batch.digests * PACKED_DIGEST_BYTES;
  if (bytes instanceof Uint8Array && bytes.length === size) return bytes;
  throw new StoredFormError('the digests of a batch of facts are damaged');
}

/** Up to which row the facts of a run are kept. */
export function foldedUpTo(db: DatabaseSync, run: number): number {
  const known = db.prepare('select 1 from folds where name = ?').get(NAME);
  if (known === undefined) return seqOf(run, 0);
  const cursor = db.prepare('select seq from cursors where fold = ? and run = ?').get(NAME, run);
  return cursor === undefined ? seqOf(run + 1, 0) : Number(cursor['seq']);
}

/** What is not folded of a run behind `folded`. */
export function* unfoldedFacts(db: DatabaseSync, run: number, folded: number): Generator<Facts> {
  const query = db.prepare('select seq, body from events where seq > ? and seq < ? order by seq');
  let rows: JournalRow[] = [];
  for (const { seq, body } of query.iterate(folded, seqOf(run + 1, 0))) {
    const row = readable(run, Number(seq), body);
    if (row !== undefined) rows.push(row);
    if (rows.length < TAIL_ROWS) continue;
    yield freshFacts(rows);
    rows = [];
  }
  if (rows.length > 0) yield freshFacts(rows);
}

function freshFacts(rows: readonly JournalRow[]): Facts {
  const { calls, digests } = packFacts(rows);
  return { batch: new FactsBatch(calls), digests: () => digests };
}

function readable(run: number, seq: number, body: unknown): JournalRow | undefined {
  try {
    return { seq, run, runId: '' as RunId, events: decodeRow(body) };
  } catch (error) {
    if (error instanceof StoredFormError) return undefined;
    throw error;
  }
}
