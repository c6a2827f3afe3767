import type { DatabaseSync } from 'node:sqlite';
import { packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { Holders } from './holders.ts';
import { decodeTrace } from './stored-trace.ts';

/*
 * How things are removed while anybody may be at work, and whatever dies when (P3, P4, D6).
 *
 * Two kinds of things lie in the state. *Records* are runs, traces and summaries: nobody who finds
 * none is told anything wrong, and whoever has read one has what it says. *Content* is what records
 * only name: kept values, blobs, loose files, bundles.
 *
 * W1  Whoever is going to run something holds the state (`Holders`) before looking at anything in
 *     it, and lets go after the last row of the work is appended. Holding is an insert, so it
 *     waits for a transaction that is removing content, and is seen by the next one.
 * W2  Records may go at any moment, each whole in one transaction: a trace with its place among
 *     its key's (the oldest first, so that none that was overtaken becomes the newest: T6).
 * W3  Content goes only where no record that is left names it, and only inside a transaction that
 *     finds that nobody holds the state and nobody has held it since it was found out what is
 *     named (`isUntouched`). So nothing can have been looked up, put where it already was, or
 *     appended in between; and whoever comes next looks only after it is gone: a miss.
 * W4  No clock decides about content. Ages choose among records alone, so that a jump keeps too
 *     much or too little history, and breaks nothing.
 * W5  Records first, then the content that only they named. Whoever is killed in between leaves
 *     content that nobody names, which the next sweep finds like any other.
 * W6  What is written into the database to remove content of the database is one transaction;
 *     files are unlinked without writing anything, so they go on a full disk too.
 */

/** What nobody may have changed while it was found out what is named (W3). */
export interface Moment {
  /** The newest who ever held the state. */
  readonly holder: number;
}

/** Rows removed in one transaction: others wait for it some ten milliseconds. */
const BATCH_ROWS = 2_000;

/** Tables that rows are removed from by number. */
export type SweptTable = 'kept' | 'artifact_files' | 'summaries';

export class Sweep {
  readonly #db: DatabaseSync;
  readonly #holders: Holders;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#holders = new Holders(db);
  }

  /** The present moment; what is read afterwards is judged by it. */
  moment(): Moment {
    return { holder: this.#holders.last() };
  }

  /**
   * Runs `remove` while nobody can append anything, if nobody has come since `moment`, when nobody
   * was there. False: somebody did, and nothing is removed.
   */
  isUntouched(moment: Moment, remove: () => void): boolean {
    return this.#transact(() => {
      if (this.moment().holder !== moment.holder) return false;
      remove();
      return true;
    });
  }

  /** W3, batch by batch; false where somebody came and the rest stays. */
  rows(table: SweptTable, ids: readonly number[], moment: Moment): boolean {
    const one = this.#db.prepare(`delete from ${table} where id = ?`);
    return this.#batches(ids, (batch) =>
      this.isUntouched(moment, () => {
        for (const id of batch) one.run(id);
      }),
    );
  }

  /**
   * W2. Numbers of rows are used again, so each is looked at once more: another trace that has
   * taken a place meanwhile stays. Gives how many were removed.
   */
  traces(condemned: readonly CondemnedTrace[]): number {
    const select = this.#db.prepare('select key, body from traces where id = ?');
    const remove = this.#db.prepare('delete from traces where id = ?');
    let removed = 0;
    this.#batches(condemned, (batch) => {
      this.#transact(() => {
        for (const { id, key, made } of batch) {
          const row = select.get(id);
          if (row === undefined || !isSameRow(row, key, made)) continue;
          remove.run(id);
          removed += 1;
        }
      });
      return true;
    });
    return removed;
  }

  /** Summaries are records too (W2): a key has one, so its number says enough with the key. */
  summaries(condemned: readonly { readonly id: number; readonly key: Digest }[]): void {
    const remove = this.#db.prepare('delete from summaries where id = ? and key = ?');
    this.#batches(condemned, (batch) => {
      this.#transact(() => {
        for (const { id, key } of batch) remove.run(id, packDigests([key]));
      });
      return true;
    });
  }

  /** Forgets which keys tasks had that left no trace under any of them. */
  tasks(names: readonly string[]): void {
    const remove = this.#db.prepare('delete from task_keys where task = ?');
    this.#batches(names, (batch) => {
      this.#transact(() => {
        for (const name of batch) remove.run(name);
      });
      return true;
    });
  }

  /** Those who died without letting go. */
  forget(holders: readonly number[]): void {
    if (holders.length === 0) return;
    this.#transact(() => {
      for (const id of holders) this.#holders.release(id);
    });
  }

  #batches<T>(all: readonly T[], remove: (batch: readonly T[]) => boolean): boolean {
    for (let from = 0; from < all.length; from += BATCH_ROWS) {
      if (!remove(all.slice(from, from + BATCH_ROWS))) return false;
    }
    return true;
  }

  #transact<T>(work: () => T): T {
    this.#db.exec('begin immediate');
    try {
      const value = work();
      this.#db.exec('commit');
      return value;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error;
    }
  }
}

export interface CondemnedTrace {
  readonly id: number;
  readonly key: Digest;
  /** Which execution it is of; `undefined`: it cannot be read. */
  readonly made: string | undefined;
}

/** What tells a trace from every other one of its key. */
export function madeBy(trace: {
  readonly run: string;
  readonly action: number;
  readonly at: number;
}): string {
  return `${trace.run} ${trace.action} ${trace.at}`;
}

function isSameRow(
  row: Readonly<Record<string, unknown>>,
  key: Digest,
  made: string | undefined,
): boolean {
  const { key: packed, body } = row;
  if (!(packed instanceof Uint8Array) || !(body instanceof Uint8Array)) return true;
  if (Buffer.compare(packed, packDigests([key])) !== 0) return false;
  const trace = decodeTrace(key as never, body);
  return (trace === undefined ? undefined : madeBy(trace)) === made;
}
