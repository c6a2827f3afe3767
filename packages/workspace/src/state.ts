import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Failure, Randomness, Result } from '@skein/model';
import { succeed } from '@skein/model';
import { type Journal, openDatabase, openJournal } from '@skein/journal';
import { type BlobStore, DiskBlobs, type TraceStore, openSqliteTraces } from '@skein/store';

/** The state directory, open: one per workspace, shared by processes (D6). */
export interface State {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly traces: TraceStore;
  readonly blobs: BlobStore;
  /** Recording begins with a run; commands that only read never open it. */
  openJournal(onFailure: (failure: Failure) => void): Result<Journal>;
  close(): void;
}

export interface StateOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly warn: (warning: Failure) => void;
  /** Where the database lies, if not in the state directory itself. */
  readonly database?: string;
}

export function openState(path: string, options: StateOptions): Result<State> {
  const { clock, randomness, warn, database = path } = options;
  const opened = openDatabase(database, { clock });
  if (!opened.ok) return opened;
  for (const warning of opened.value.warnings) warn(warning);
  const { db } = opened.value;
  const traces = openSqliteTraces({ db, onFailure: warn });
  if (!traces.ok) {
    db.close();
    return traces;
  }
  return succeed({
    path,
    db,
    traces: traces.value,
    blobs: new DiskBlobs(path, { randomness }),
    openJournal: (onFailure) => openJournal({ db, folds: [traces.value.fold], onFailure }),
    close: () => db.close(),
  });
}
