import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { reach, succeed } from '@skein/model';
import type {
  ActionFinished,
  ActionNumber,
  Failure,
  Result,
  RunEvent,
  RunId,
  RunStarted,
} from '@skein/model';
import { Folding } from './behind.ts';
import type { Fold } from './behind.ts';
import { catchUp, expectRun, registerFolds, rowsDamaged } from './catch-up.ts';
import { failedIn } from './failed.ts';
import { factsFold } from './facts.ts';
import { insertRun, overviewFold } from './overview.ts';
import { readEvents } from './read-events.ts';
import { encodeRow, seqOf } from './row.ts';
import type { JournalRow } from './row.ts';
import type { WrittenEvent } from './stored-event.ts';
import { transact } from './transaction.ts';

/** How long a start or a log line may wait for a result to be written with. */
const IDLE_FLUSH_MS = 50;
/** Rows are folded this long after they were appended, or as soon as there are so many events. */
const FOLD_AFTER_MS = 20;
const FOLD_EVENTS = 1_000;

export interface JournalOptions {
  readonly db: DatabaseSync;
  /** What is derived from the journal besides the overview of runs. */
  readonly folds: readonly Fold[];
  /**
   * Told when appending or folding failed: `disk-full`, `state-unwritable`, `state-corrupt`.
   * After a failure of appending nothing is acknowledged until a `flush` succeeds. One of kind
   * `warning` is for people only: rows of earlier runs could not be read.
   */
  readonly onFailure: (failure: Failure) => void;
  /** Told what was appended, in order, after it was acknowledged. */
  readonly onFlushed?: (events: readonly RunEvent[]) => void;
}

/** The append-only record of one run. */
export interface Journal {
  /** Appends the first row. A journal records one run at a time. */
  begin(started: RunStarted): Result<void>;
  /**
   * Buffers; never waits. `acknowledged` is called once the row that holds the event is appended
   * (D1). A result, or an event with `acknowledged`, is written at the end of this turn of the
   * event loop; others wait for such a one, 50 ms at most. Progress is never written.
   */
  append(event: RunEvent, acknowledged?: () => void): void;
  /**
   * What is recorded of the calls of an action of the present run, as far as they have ended, in
   * the order in which they did. It reads the whole run; what cannot be read any more is not there.
   */
  finished(caller: ActionNumber): Iterable<ActionFinished>;
  /** Writes the buffer as one row, then acknowledges. After a failure: tries again. */
  flush(): Result<void>;
  /** Writes and folds what there is. The database stays open: its opener closes it. */
  close(): Result<void>;
}

/** Registers the folds and catches up with what earlier or other processes left unfolded. */
export function openJournal(options: JournalOptions): Result<Journal> {
  const { db, onFailure } = options;
  const folds = [overviewFold, factsFold, ...options.folds];
  const registered = registerFolds(db, folds);
  if (!registered.ok) return registered;
  const folding = new Folding(db, folds);
  const caught = catchUp(db, folds, folding);
  if (!caught.ok) return caught;
  const { damaged } = caught.value;
  if (damaged > 0) onFailure(rowsDamaged(db.location() ?? '', damaged));
  return succeed(new SqliteJournal(options, folding));
}

/**
 * Invariants. J1: nothing is acknowledged before the commit that holds it. J2: events are
 * written in the order of `append`. J3: one flush, one row. J4: a failed write keeps the buffer,
 * and nothing is written by itself until `flush` is called. J5: nothing follows `run-finished`.
 */
class SqliteJournal implements Journal {
  readonly #db: DatabaseSync;
  readonly #options: JournalOptions;
  readonly #folding: Folding;
  readonly #insert: StatementSync;
  #run: { readonly number: number; readonly id: RunId; rows: number } | undefined;
  #buffer: WrittenEvent[] = [];
  #acknowledgements: (() => void)[] = [];
  #tick: NodeJS.Immediate | undefined;
  #idle: NodeJS.Timeout | undefined;
  #stuck = false;
  #ended = false;
  #unfolded: JournalRow[] = [];
  #unfoldedEvents = 0;
  #foldTimer: NodeJS.Timeout | undefined;

  constructor(options: JournalOptions, folding: Folding) {
    this.#db = options.db;
    this.#options = options;
    this.#folding = folding;
    this.#insert = options.db.prepare('insert into events (seq, body) values (?, ?)');
  }

  begin(started: RunStarted): Result<void> {
    if (this.#run !== undefined) throw new Error('the journal still records a run');
    let number = 0;
    const body = encodeRow([started]);
    const written = this.#write(() =>
      transact(this.#db, () => {
        number = insertRun(this.#db, started);
        expectRun(this.#db, number);
        this.#insert.run(seqOf(number, 1), body);
      }),
    );
    if (!written.ok) return written;
    reach('run-begun');
    this.#run = { number, id: started.run, rows: 1 };
    this.#ended = false;
    this.#options.onFlushed?.([started]);
    this.#keepForFolds({
      seq: seqOf(number, 1),
      run: number,
      runId: started.run,
      events: [started],
    });
    this.#scheduleFold();
    return succeed(undefined);
  }

  append(event: RunEvent, acknowledged?: () => void): void {
    if (event.kind === 'action-progressed') {
      acknowledged?.();
      return;
    }
    if (this.#run === undefined || this.#ended) throw new Error(`no run takes "${event.kind}"`);
    this.#ended = event.kind === 'run-finished';
    this.#buffer.push(event);
    if (acknowledged !== undefined) this.#acknowledgements.push(acknowledged);
    this.#schedule(acknowledged !== undefined || isResult(event));
  }

  flush(): Result<void> {
    this.#cancelSchedule();
    if (this.#run === undefined || this.#buffer.length === 0) return succeed(undefined);
    const events = this.#buffer;
    const { number: run, id: runId } = this.#run;
    const seq = seqOf(run, this.#run.rows + 1);
    const body = encodeRow(events);
    const written = this.#write(() => {
      reach('journal-before-append');
      return this.#insert.run(seq, body);
    });
    if (!written.ok) return written;
    this.#run.rows += 1;
    this.#buffer = [];
    const acknowledgements = this.#acknowledgements;
    this.#acknowledgements = [];
    if (this.#ended) this.#run = undefined;
    this.#keepForFolds({ seq, run, runId, events });
    reach('journal-after-append');
    for (const acknowledge of acknowledgements) acknowledge();
    reach('journal-after-acknowledge');
    this.#options.onFlushed?.(events);
    this.#scheduleFold();
    return succeed(undefined);
  }

  *finished(caller: ActionNumber): Generator<ActionFinished> {
    const run = this.#run;
    if (run === undefined || !this.flush().ok) return;
    let after = seqOf(run.number, 0);
    for (let more = true; more;) {
      const page = readEvents(this.#db, run.number, { after, kinds: ['action-finished'] });
      if (!page.ok) return;
      for (const event of page.value.events) {
        if (event.kind === 'action-finished' && event.parent === caller) yield event;
      }
      ({ more, seq: after } = page.value);
    }
  }

  close(): Result<void> {
    const flushed = this.flush();
    const folded = this.#fold();
    return flushed.ok ? folded : flushed;
  }

  #write(work: () => unknown): Result<void> {
    try {
      work();
      this.#stuck = false;
      return succeed(undefined);
    } catch (error) {
      this.#stuck = true;
      return this.#told(failedIn(this.#db, error));
    }
  }

  #told(result: Result<void>): Result<void> {
    if (!result.ok) this.#options.onFailure(result.failure);
    return result;
  }

  #schedule(soon: boolean): void {
    if (this.#stuck) return;
    if (soon) this.#tick ??= setImmediate(() => this.flush());
    else this.#idle ??= setTimeout(() => this.flush(), IDLE_FLUSH_MS);
  }

  #cancelSchedule(): void {
    clearImmediate(this.#tick);
    clearTimeout(this.#idle);
    this.#tick = undefined;
    this.#idle = undefined;
  }

  /** Before anything is acknowledged: an acknowledgement may flush the next row. */
  #keepForFolds(row: JournalRow): void {
    this.#unfolded.push(row);
    this.#unfoldedEvents += row.events.length;
  }

  #scheduleFold(): void {
    if (this.#unfolded.length === 0) return;
    if (this.#unfoldedEvents >= FOLD_EVENTS) this.#fold();
    else this.#foldTimer ??= setTimeout(() => this.#fold(), FOLD_AFTER_MS);
  }

  /** What cannot be folded now stays, and goes with the next rows or to the next opening. */
  #fold(): Result<void> {
    clearTimeout(this.#foldTimer);
    this.#foldTimer = undefined;
    const folded = this.#folding.apply(this.#unfolded);
    if (!folded.ok) return this.#told(folded);
    this.#unfolded = [];
    this.#unfoldedEvents = 0;
    return folded;
  }
}

function isResult(event: WrittenEvent): boolean {
  return event.kind === 'action-finished' || event.kind === 'run-finished';
}
