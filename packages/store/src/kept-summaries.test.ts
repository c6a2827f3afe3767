import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { encode } from '@skein/values';
import type { Trace } from '@skein/model';
import { expect, test } from 'vitest';
import { eventOf, keyOf, resultOf, rowOf, traceOf } from '../test/sample.ts';
import { SqliteUnderTest } from '../test/sqlite.ts';
import type { SqliteTraces } from './sqlite-traces.ts';
import { openSqliteTraces } from './sqlite-traces.ts';

const BODY = encode('a summary');
const ROOT = keyOf('root');
const OLD = traceOf('child', { action: 1 });
const NEW = traceOf('child', { action: 2, outcome: resultOf('another') });

/** Two processes' stores on one database, each with a connection of its own. */
class TwoProcesses implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-summaries-'));
  readonly #databases = [this.#connect(), this.#connect()] as const;
  readonly one = this.#open(this.#databases[0]);
  readonly other = this.#open(this.#databases[1]);

  fold(store: SqliteTraces, ...traces: Trace[]): void {
    const [first, second] = this.#databases;
    const db = store === this.one ? first : second;
    db.exec('begin immediate');
    store.fold.apply(db, traces.length === 0 ? [] : [rowOf(...traces.map((one) => eventOf(one)))]);
    db.exec('commit');
    store.fold.committed();
  }

  [Symbol.dispose](): void {
    for (const db of this.#databases) db.close();
    rmSync(this.#folder, { recursive: true });
  }

  #connect(): DatabaseSync {
    return new DatabaseSync(join(this.#folder, 'state.db'));
  }

  #open(db: DatabaseSync): SqliteTraces {
    const opened = openSqliteTraces({ db, onFailure: () => undefined });
    if (!opened.ok) throw new Error(opened.failure.headline);
    return opened.value;
  }
}

test('T6: what one process kept another one finds, until either raises the generation', () => {
  using processes = new TwoProcesses();
  const { one, other } = processes;
  one.remember(OLD);
  one.keepSummary(ROOT, BODY, one.generation('a run'));
  processes.fold(one, OLD);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([BODY, BODY]);
  other.remember(NEW);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([BODY, undefined]);
  processes.fold(other, NEW);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([undefined, undefined]);
});

test('T6: a summary is dropped where another process raised while it was made or waited', () => {
  using processes = new TwoProcesses();
  const { one, other } = processes;
  one.remember(OLD);
  processes.fold(one, OLD);
  one.keepSummary(ROOT, BODY, one.generation('a run'));
  other.remember(NEW);
  processes.fold(other, NEW);
  expect(one.summaryOf(ROOT)).toBeUndefined();
  processes.fold(one);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([undefined, undefined]);
});

test('T6: a raise of this process and one of another are not taken for each other', () => {
  using processes = new TwoProcesses();
  const { one, other } = processes;
  processes.fold(one, OLD);
  one.remember(NEW);
  one.keepSummary(ROOT, BODY, one.generation('a run'));
  other.raiseGeneration();
  processes.fold(one, NEW);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([undefined, undefined]);
});

test('T6: a summary waits until the traces that it saw are written', () => {
  using processes = new TwoProcesses();
  const { one, other } = processes;
  processes.fold(one, OLD);
  one.remember(NEW);
  one.keepSummary(ROOT, BODY, one.generation('a run'));
  processes.fold(one);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([BODY, undefined]);
  processes.fold(one, NEW);
  expect([one.summaryOf(ROOT), other.summaryOf(ROOT)]).toEqual([BODY, BODY]);
});

test('T6: the generation is raised by rows that were left behind by a process that died', () => {
  using processes = new TwoProcesses();
  const { one, other } = processes;
  processes.fold(one, OLD);
  one.keepSummary(ROOT, BODY, one.generation('a run'));
  processes.fold(one);
  processes.fold(other, NEW);
  expect(one.summaryOf(ROOT)).toBeUndefined();
});

test('S2 T6: a transaction that is rolled back raises nothing and loses no summary', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  tested.fold([rowOf(eventOf(OLD))]);
  store.remember(NEW);
  store.keepSummary(ROOT, BODY, store.generation('a run'));
  db.exec('begin immediate');
  store.fold.apply(db, [rowOf(eventOf(NEW))]);
  db.exec('rollback');
  expect(store.summaryOf(ROOT)).toEqual(BODY);
  tested.fold([rowOf(eventOf(NEW))]);
  expect(store.summaryOf(ROOT)).toEqual(BODY);
  tested.settle();
  expect(tested.store.summaryOf(ROOT)).toEqual(BODY);
});

test('T6: summaries of an earlier generation make room', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  for (const name of ['a', 'b', 'c']) {
    store.keepSummary(keyOf(name), BODY, store.generation('a run'));
    store.raiseGeneration();
  }
  for (const name of ['d', 'e']) {
    store.keepSummary(keyOf(name), BODY, store.generation('a run'));
    tested.fold([]);
  }
  expect(db.prepare('select count(*) as count from summaries').get()).toEqual({ count: 2 });
});

test('P4: where the tables are gone there is no summary, and no error', () => {
  using tested = new SqliteUnderTest();
  tested.db.exec('drop table summaries; drop table generation');
  expect(tested.store.summaryOf(ROOT)).toBeUndefined();
  tested.store.keepSummary(ROOT, BODY, tested.store.generation('a run'));
  expect(tested.store.summaryOf(ROOT)).toBeUndefined();
  expect(tested.failures).toHaveLength(1);
});
