import type { DatabaseSync } from 'node:sqlite';
import { digestOf, encode } from '@skein/values';
import type { Digest } from '@skein/values';
import { fail, sqliteCode, storageFailure, storeChunk, succeed } from '@skein/model';
import type { ActionKey, Failure, Outcome, Result, RunEvent, TaskId, Trace } from '@skein/model';
import { FileTable } from './file-table.ts';
import type { GenerationMark } from './generation.ts';
import { KeptSummaries } from './kept-summaries.ts';
import { KeptTable } from './kept-table.ts';
import { KeyTable, mergeKeys } from './key-table.ts';
import { Learned, rememberNewFiles, withLearned } from './learned.ts';
import { withNewest } from './memory-traces.ts';
import { Pending } from './pending.ts';
import { damageFailure } from './damage.ts';
import { traceOf } from './trace-fold.ts';
import type { FoldedRow, TraceFold } from './trace-fold.ts';
import { LOG_KIND, VALUE_KIND } from './trace-store.ts';
import type { TraceStore } from './trace-store.ts';
import { TraceTable } from './trace-table.ts';
import { WriterTable } from './writer-table.ts';

export interface SqliteTracesOptions {
  /** The journal's database. */
  readonly db: DatabaseSync;
  /** Told once, when the first thing cannot be read; every such thing is a miss (P4). */
  readonly onFailure: (failure: Failure) => void;
  /** Told in the transaction in which tables are made: what was folded before is to be again. */
  readonly onRenewed?: (db: DatabaseSync) => void;
}

/** https://sqlite.org/rescode.html: a statement that does not fit the tables. */
const SQLITE_ERROR = 1;
const TABLES = ['traces', 'task_keys', 'kept', 'artifact_files', 'generation', 'summaries'];

/**
 * Creates the tables where they are missing, and anew where they are of another layout: all of
 * them are derived. Fails with `disk-full` or `state-unwritable`.
 */
export function openSqliteTraces(options: SqliteTracesOptions): Result<SqliteTraces> {
  try {
    const found = openThere(options);
    return succeed(typeof found === 'string' ? renew(options) : found);
  } catch (error) {
    const failure = storageFailure(error, pathOf(options.db));
    if (failure === undefined) throw error;
    return fail(failure);
  }
}

function openThere(options: SqliteTracesOptions): SqliteTraces | 'absent' | 'strange' {
  const there = options.db.prepare('select name from sqlite_schema').all();
  const names = new Set(there.map(({ name }) => name));
  if (!TABLES.every((table) => names.has(table))) return 'absent';
  try {
    return new SqliteTraces(options);
  } catch (error) {
    if (sqliteCode(error) === SQLITE_ERROR) return 'strange';
    throw error;
  }
}

/**
 * All at once, unless another process has done so in the meantime. A summary is as good as the
 * generation that it is of: they go together (T6).
 */
function renew(options: SqliteTracesOptions): SqliteTraces {
  const { db, onFailure, onRenewed } = options;
  db.exec('begin immediate');
  try {
    const found = openThere(options);
    if (typeof found !== 'string') return found;
    for (const table of found === 'strange' ? TABLES : ['summaries']) {
      db.exec(`drop table if exists ${table}`);
    }
    const store = new SqliteTraces(options);
    onRenewed?.(db);
    if (found === 'strange') onFailure(damageFailure('tables of another layout', pathOf(db)));
    return store;
  } catch (error) {
    db.exec('rollback');
    throw error;
  } finally {
    if (db.isTransaction) db.exec('commit');
  }
}

function pathOf(db: DatabaseSync): string {
  return db.location() ?? '';
}

/**
 * Traces in the journal's database. S1: only `fold` writes, in the journal's transactions. S2:
 * what was handed over is answered from memory until the transaction with it is committed. S3:
 * reading never throws: what cannot be read is missing, and counted.
 */
export class SqliteTraces implements TraceStore {
  readonly fold: TraceFold = {
    name: 'traces',
    apply: (_db, rows) => this.#apply(rows),
    committed: () => this.#committed(),
  };
  readonly #options: SqliteTracesOptions;
  readonly #traces: TraceTable;
  readonly #keys: KeyTable;
  readonly #kept: KeptTable;
  readonly #files: FileTable;
  readonly #summaries: KeptSummaries;
  readonly #writers: WriterTable;
  readonly #pending = new Pending();
  readonly #learned = new Learned();
  #written: { readonly trace: Trace; readonly raised: boolean }[] = [];
  #unreadable = 0;

  constructor(options: SqliteTracesOptions) {
    this.#options = options;
    this.#traces = new TraceTable(options.db);
    this.#keys = new KeyTable(options.db);
    this.#kept = new KeptTable(options.db);
    this.#files = new FileTable(options.db);
    this.#writers = new WriterTable(options.db);
    this.#summaries = new KeptSummaries(options.db, (keys) => this.#traces.lookUpMany(keys));
  }

  /** How many things were there and could not be read. */
  get damaged(): number {
    return this.#unreadable;
  }

  lookUp(key: ActionKey): readonly Trace[] {
    const stored = this.#readTraces(() => this.#traces.lookUp(key), []);
    return this.#withPending(key, stored);
  }

  lookUpMany(keys: Iterable<ActionKey>): ReadonlyMap<ActionKey, readonly Trace[]> {
    const wanted = new Set(keys);
    const found: Map<ActionKey, readonly Trace[]> = this.#readTraces(
      () => this.#traces.lookUpMany([...wanted]),
      new Map(),
    );
    const merged = new Set<ActionKey>(this.#learned.distrusts ? found.keys() : []);
    for (const key of this.#learned.tracedKeys) if (wanted.has(key)) merged.add(key);
    for (const key of this.#pending.tracedKeys) if (wanted.has(key)) merged.add(key);
    for (const key of merged) {
      const traces = this.#withPending(key, found.get(key) ?? []);
      if (traces.length > 0) found.set(key, traces);
      else found.delete(key);
    }
    return found;
  }

  remember(trace: Trace): void {
    this.#pending.addTrace(trace);
    this.#summaries.remembered(trace);
    this.#rememberFilesOf(trace);
  }

  #rememberFilesOf(trace: Trace): void {
    if (trace.outcome.kind !== 'result') return;
    const { artifact, files } = trace.outcome;
    if (artifact !== undefined && files !== undefined) this.rememberFiles(artifact, files);
  }

  learn(trace: Trace, passing = false): void {
    if (!this.#learned.add(trace, passing)) return;
    if (!passing) this.#summaries.remembered(trace);
    rememberNewFiles(this, trace);
  }

  forgetWriters(writers: ReadonlySet<string>): number {
    const known = this.#learned.by(writers);
    const gone = known.filter((trace) => this.lookUp(trace.key).includes(trace)).length;
    this.#learned.forget(writers);
    this.#summaries.forgotten(known);
    return gone + this.#forgetWritten(writers, gone > 0);
  }

  hasLearned(): boolean {
    return !this.#learned.isEmpty || this.#read(() => this.#writers.any(), false);
  }

  keysOfTask(task: TaskId): readonly ActionKey[] {
    const stored = this.#read(() => this.#keys.keysOf(task), []);
    const learned = mergeKeys(this.#learned.keysOf(task), stored);
    return mergeKeys(this.#pending.keysOf(task), learned);
  }

  valueOf(digest: Digest): Uint8Array | undefined {
    const bytes = this.kept(VALUE_KIND, digest);
    if (bytes === undefined || digestOf('value', bytes) === digest) return bytes;
    this.#report('a value');
    return undefined;
  }

  rememberValue(digest: Digest, bytes: Uint8Array): void {
    this.keep(VALUE_KIND, digest, bytes);
  }

  keep(kind: string, key: Digest, bytes: Uint8Array): void {
    this.#pending.addBytes(kind, key, bytes);
  }

  kept(kind: string, key: Digest): Uint8Array | undefined {
    const pending = this.#pending.bytesOf(kind, key);
    return pending ?? this.#read(() => this.#kept.read(kind, key), undefined);
  }

  artifactOf(file: Digest): Digest | undefined {
    const pending = this.#pending.artifactOf(file);
    return pending ?? this.#read(() => this.#files.artifactOf(file), undefined);
  }

  rememberFiles(artifact: Digest, files: Uint8Array): void {
    this.#pending.addFiles(artifact, files);
  }

  generation(run: string): GenerationMark {
    return this.#read(() => this.#summaries.mark(run), { run, foreign: Number.NaN, local: 0 });
  }

  raiseGeneration(): void {
    this.#summaries.raise();
  }

  summaryOf(key: ActionKey): Uint8Array | undefined {
    return this.#read(() => this.#summaries.read(key), undefined);
  }

  keepSummary(key: ActionKey, body: Uint8Array, since: GenerationMark): void {
    this.#summaries.keep(key, body, since);
  }

  #withPending(key: ActionKey, stored: readonly Trace[]): readonly Trace[] {
    const learned = this.#learned.tracesOf(key).toReversed();
    const known = learned.reduce(withLearned, this.#learned.believed(stored));
    return this.#pending.tracesOf(key).toReversed().reduce(withNewest, known);
  }

  /**
   * Deletes what is written of these writers. Where that cannot be done it stays invisible to this
   * process, and no summary is believed that may stand on it.
   */
  #forgetWritten(writers: ReadonlySet<string>, raises: boolean): number {
    const { db } = this.#options;
    if (!db.isOpen) return 0;
    try {
      const known = this.#writers.known(writers);
      if (known.length === 0 && !raises) return 0;
      db.exec('begin immediate');
      const gone = this.#traces.forget(known);
      this.#forgetKeys(gone);
      this.#writers.delete(known);
      this.#summaries.raise();
      db.exec('commit');
      return gone.length;
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      if (sqliteCode(error) === undefined || !(error instanceof Error)) throw error;
      this.#report(error.message);
      this.#summaries.distrust();
      return 0;
    }
  }

  /** A task is known by the keys that it left traces under. */
  #forgetKeys(gone: readonly Trace[]): void {
    for (const [task, traces] of Map.groupBy(gone, (trace) => trace.task)) {
      const keys = traces.map(({ key }) => key);
      this.#keys.delete(task, new Set(keys.filter((key) => this.lookUp(key).length === 0)));
    }
  }

  #apply(rows: readonly FoldedRow[]): void {
    this.#written = [];
    for (const { kind, key, bytes } of this.#pending.kept) this.#kept.write(kind, key, bytes);
    for (const { artifact, files } of this.#pending.files) this.#files.write(artifact, files);
    for (const trace of this.#learned.unwritten) {
      this.#written.push({ trace, raised: this.#traces.write(trace) });
    }
    const writers = this.#written.flatMap(({ trace }) => trace.origin?.writer ?? []);
    if (writers.length > 0) this.#writers.add(new Set(writers));
    for (const { runId, events } of rows) {
      for (const event of events) this.#applyEvent(event, runId);
    }
    const byTask = Map.groupBy(this.#written, ({ trace }) => trace.task);
    for (const [task, written] of byTask) {
      this.#keys.write(task, written.map(({ trace }) => trace.key).toReversed());
    }
    this.#summaries.apply(this.#written);
  }

  #applyEvent(event: RunEvent, run: string): void {
    if (event.kind === 'process-logged') {
      const { digest } = event.chunk;
      this.#kept.write(LOG_KIND, digest, encode(storeChunk(event.chunk)));
    }
    if (event.kind === 'checkpoint-recorded') this.#writeFiles(event.record.outcome);
    if (event.kind === 'snapshot-saved') this.#writeFiles(event.snapshot.value);
    if (event.kind !== 'action-started' && event.kind !== 'action-finished') return;
    for (const { digest, bytes } of event.inputs) {
      if (bytes !== undefined) this.#kept.write(VALUE_KIND, digest, bytes);
    }
    if (event.kind === 'action-started') return;
    const trace = traceOf(event, run);
    if (trace !== undefined) {
      this.#written.push({ trace, raised: this.#traces.write(trace) });
    }
    this.#writeFiles(event.outcome);
  }

  #writeFiles(outcome: Outcome): void {
    if (outcome.kind !== 'result') return;
    const { artifact, files } = outcome;
    if (artifact !== undefined && files !== undefined) this.#files.write(artifact, files);
  }

  #committed(): void {
    const traces = this.#written.map(({ trace }) => trace);
    const [learned, own] = [true, false].map((isLearned) =>
      traces.filter(({ origin }) => (origin !== undefined) === isLearned),
    );
    this.#learned.drop(learned ?? []);
    this.#pending.drop(own ?? []);
    this.#summaries.committed(traces);
    this.#written = [];
  }

  #readTraces<T>(read: () => T, missing: T): T {
    const before = this.#traces.damaged;
    const value = this.#read(read, missing);
    const damaged = this.#traces.damaged - before;
    if (damaged > 0) this.#report('a trace', damaged);
    return value;
  }

  #read<T>(read: () => T, missing: T): T {
    // Whoever still asks belongs to a run that was given up.
    if (!this.#options.db.isOpen) return missing;
    try {
      return read();
    } catch (error) {
      if (sqliteCode(error) === undefined || !(error instanceof Error)) throw error;
      this.#report(error.message);
      return missing;
    }
  }

  #report(what: string, count = 1): void {
    if (this.#unreadable === 0) {
      this.#options.onFailure(damageFailure(what, pathOf(this.#options.db)));
    }
    this.#unreadable += count;
  }
}
