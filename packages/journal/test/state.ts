import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Failure, Result, RunEvent } from '@skein/model';
import { openDatabase } from '../src/database.ts';
import type { StateDatabase } from '../src/database.ts';
import { openJournal } from '../src/journal.ts';
import type { Journal, JournalOptions } from '../src/journal.ts';
import { T0 } from './sample.ts';

/** A clock that stands still. */
export const clock: Clock = { now: () => T0, elapsed: () => 0 };

export function mustSucceed<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.headline}`);
  return result.value;
}

/** A state directory that is removed when it goes out of scope, and what is opened in it. */
export class TestState implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'skein-journal-'));
  readonly #opened: StateDatabase[] = [];
  readonly #journals: { readonly db: DatabaseSync; readonly journal: Journal }[] = [];

  open(): StateDatabase {
    const opened = mustSucceed(openDatabase(this.dir, { clock }));
    this.#opened.push(opened);
    return opened;
  }

  journal(database: StateDatabase, options: Partial<JournalOptions> = {}): TestJournal {
    const failures: Failure[] = [];
    const flushed: RunEvent[] = [];
    const journal = mustSucceed(
      openJournal({
        db: database.db,
        folds: [],
        onFailure: (failure) => failures.push(failure),
        onFlushed: (events) => flushed.push(...events),
        ...options,
      }),
    );
    this.#journals.push({ db: database.db, journal });
    return { journal, failures, flushed };
  }

  [Symbol.dispose](): void {
    for (const { db, journal } of this.#journals) if (db.isOpen) journal.close();
    for (const { db } of this.#opened) if (db.isOpen) db.close();
    rmSync(this.dir, { recursive: true });
  }
}

export interface TestJournal {
  readonly journal: Journal;
  readonly failures: readonly Failure[];
  readonly flushed: readonly RunEvent[];
}
