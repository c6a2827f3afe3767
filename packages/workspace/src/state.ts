import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Failure, Randomness, Result } from '@skein/model';
import { fail, succeed } from '@skein/model';
import {
  type Durability,
  type Journal,
  endure,
  forgetFold,
  identifyProcess,
  openDatabase,
  openJournal,
  storageFailure,
} from '@skein/journal';
import {
  type BlobStore,
  DiskBlobs,
  Holders,
  type TraceStore,
  openSqliteTraces,
} from '@skein/store';
import { type FarSide, ReachingBlobs } from './reaching-blobs.ts';

/** The state directory, open: one per workspace, shared by processes (D6). */
export interface State {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly traces: TraceStore;
  /** The near ones, and behind them those of the remote, where a run has one. */
  readonly blobs: BlobStore;
  readonly nearBlobs: BlobStore;
  /** Puts a far side behind the blobs, until the state is closed. */
  reach(far: FarSide): void;
  /** Recording begins with a run; commands that only read never open it. */
  openJournal(onFailure: (failure: Failure) => void): Result<Journal>;
  /**
   * Until `close`, nothing that this process may look up or put here is removed. To be called
   * before anything is looked at by whoever is going to run something; more than once is once.
   */
  hold(): Result<void>;
  /** What is acknowledged survives this from now on (D2); before: the death of processes. */
  endure(durability: Durability): void;
  close(): void;
}

export interface StateOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly warn: (warning: Failure) => void;
  /** Where the database lies, if not in the state directory itself. */
  readonly database?: string;
}

/** The name of the fold that keeps traces. */
const TRACES = 'traces';

export function openState(path: string, options: StateOptions): Result<State> {
  const { clock, randomness, warn, database = path } = options;
  const opened = openDatabase(database, { clock });
  if (!opened.ok) return opened;
  for (const warning of opened.value.warnings) warn(warning);
  const { db } = opened.value;
  const traces = openSqliteTraces({
    db,
    onFailure: warn,
    onRenewed: () => forgetFold(db, TRACES),
  });
  if (!traces.ok) {
    db.close();
    return traces;
  }
  const hold = new Hold(db, path);
  let durability: Durability = 'process';
  const nearBlobs = new DiskBlobs(path, { randomness, sync: () => durability === 'power' });
  const blobs = new ReachingBlobs(nearBlobs);
  return succeed({
    path,
    db,
    traces: traces.value,
    blobs,
    nearBlobs,
    reach: (far) => blobs.reach(far),
    openJournal: (onFailure) => openJournal({ db, folds: [traces.value.fold], onFailure }),
    hold: () => hold.take(),
    endure: (wanted) => {
      durability = wanted;
      endure(db, wanted);
    },
    close: () => {
      blobs.close();
      hold.release();
      db.close();
    },
  });
}

class Hold {
  readonly #db: DatabaseSync;
  readonly #path: string;
  #held: { readonly holders: Holders; readonly id: number } | undefined;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
  }

  take(): Result<void> {
    if (this.#held !== undefined) return succeed(undefined);
    const identity = identifyProcess(process.pid);
    if (identity === undefined) throw new Error('this process cannot be identified');
    try {
      const holders = new Holders(this.#db);
      this.#held = { holders, id: holders.hold(JSON.stringify(identity)) };
      return succeed(undefined);
    } catch (error) {
      return fail(storageFailure(error, this.#path));
    }
  }

  /** Who cannot say that he has gone is found to be gone when his process is. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    try {
      held?.holders.release(held.id);
    } catch (error) {
      storageFailure(error, this.#path);
    }
  }
}
