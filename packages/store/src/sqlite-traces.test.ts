import { decode, digestOf, encode, inputDigest } from '@skein/values';
import { chunkAfter, readChunk } from '@skein/model';
import { expect, test } from 'vitest';
import {
  EVERY_OBSERVATION,
  eventOf,
  filesOf,
  keyOf,
  resultOf,
  rowOf,
  sharedOf,
  traceOf,
  writerOf,
} from '../test/sample.ts';
import { SqliteUnderTest } from '../test/sqlite.ts';
import { openSqliteTraces } from './sqlite-traces.ts';
import { conformTraceStore } from './trace-store.conformance.ts';
import { LOG_KIND } from './trace-store.ts';

conformTraceStore('sqlite', () => new SqliteUnderTest());

test('S2: nothing is forgotten between the transaction and its commit, or when it fails', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  const trace = traceOf('a');
  const bytes = encode('value');
  store.remember(trace);
  store.rememberValue(inputDigest(bytes), bytes);
  db.exec('begin immediate');
  store.fold.apply(db, [rowOf(eventOf(trace))]);
  db.exec('rollback');
  expect(store.lookUp(trace.key)).toEqual([trace]);
  expect(store.valueOf(inputDigest(bytes))).toEqual(bytes);
  tested.fold([rowOf(eventOf(trace))]);
  expect(store.lookUp(trace.key)).toEqual([trace]);
  expect(store.valueOf(inputDigest(bytes))).toEqual(bytes);
});

test('a trace stays visible while another of its key is written', () => {
  using tested = new SqliteUnderTest();
  const first = traceOf('a', { action: 1 });
  const second = traceOf('a', { action: 2, outcome: resultOf('other') });
  tested.store.remember(first);
  tested.store.remember(second);
  tested.fold([rowOf(eventOf(first))]);
  expect(tested.store.lookUp(keyOf('a'))).toEqual([second, first]);
  expect(tested.store.keysOfTask(first.task)).toEqual([keyOf('a')]);
});

test('D1: traces, values and files are folded from events alone', () => {
  using tested = new SqliteUnderTest();
  const bytes = encode('input');
  const inputs = [{ digest: inputDigest(bytes), bytes }];
  const traced = traceOf('a', { outcome: filesOf('artifact', 'file') });
  const untraced = traceOf('b', { outcome: filesOf('other', 'unkept') });
  tested.fold([rowOf(eventOf(traced, { inputs }), eventOf(untraced, { traced: false }))]);
  expect(tested.store.lookUp(keyOf('a'))).toEqual([traced]);
  expect(tested.store.lookUp(keyOf('b'))).toEqual([]);
  expect(tested.store.valueOf(inputDigest(bytes))).toEqual(bytes);
  expect(tested.store.artifactOf(digestOf('blob', 'file'))).toBe(digestOf('blob', 'artifact'));
  expect(tested.store.artifactOf(digestOf('blob', 'unkept'))).toBe(digestOf('blob', 'other'));
});

test('P4: a trace that cannot be read is a miss, counted, reported once, and replaced', () => {
  using tested = new SqliteUnderTest();
  const trace = traceOf('a');
  tested.record(trace);
  tested.record(traceOf('b'));
  tested.settle();
  tested.db.exec("update traces set body = x'8102'");
  expect(tested.store.lookUp(keyOf('a'))).toEqual([]);
  expect(tested.store.lookUpMany([keyOf('a'), keyOf('b')])).toEqual(new Map());
  expect(tested.store.damaged).toBe(3);
  expect(tested.failures).toMatchObject([{ code: 'state-corrupt', kind: 'warning' }]);
  tested.fold([rowOf(eventOf(trace))]);
  expect(tested.store.lookUp(keyOf('a'))).toEqual([trace]);
  expect(tested.db.prepare('select count(*) as count from traces').get()).toEqual({ count: 2 });
});

test('O1: a trace of the format that knew no observations is a miss, and no damage', () => {
  using tested = new SqliteUnderTest();
  const trace = traceOf('a');
  tested.record(trace);
  tested.settle();
  tested.db.exec("update traces set body = x'8101'");
  expect(tested.store.lookUp(keyOf('a'))).toEqual([]);
  expect(tested.store.damaged).toBe(0);
  expect(tested.failures).toEqual([]);
  tested.fold([rowOf(eventOf(trace))]);
  expect(tested.store.lookUp(keyOf('a'))).toEqual([trace]);
});

test('O3: the logs of processes are folded from the rows, by their digests', () => {
  using tested = new SqliteUnderTest();
  const chunk = chunkAfter(null, EVERY_OBSERVATION.flat());
  tested.fold([rowOf({ kind: 'process-logged', at: 1, chunk })]);
  const kept = tested.store.kept(LOG_KIND, chunk.digest);
  expect(kept && readChunk(decode(kept))).toEqual(chunk);
});

test('P4: tables that are gone are misses, not errors', () => {
  using tested = new SqliteUnderTest();
  const { store, db } = tested;
  for (const table of ['traces', 'kept', 'artifact_files', 'task_keys']) {
    db.exec(`drop table ${table}`);
  }
  expect(store.lookUp(keyOf('a'))).toEqual([]);
  expect(store.lookUpMany([keyOf('a')])).toEqual(new Map());
  expect(store.valueOf(keyOf('a'))).toBeUndefined();
  expect(store.keysOfTask(traceOf('a').task)).toEqual([]);
  expect(store.artifactOf(keyOf('a'))).toBeUndefined();
  expect(tested.failures).toHaveLength(1);
});

test('P4: after the database was closed everything is missing, and nothing is thrown', () => {
  const tested = new SqliteUnderTest();
  tested.record(traceOf('a'));
  tested.settle();
  tested.db.close();
  expect(tested.store.lookUp(keyOf('a'))).toEqual([]);
  expect(tested.store.lookUpMany([keyOf('a')])).toEqual(new Map());
  expect(tested.store.kept(LOG_KIND, keyOf('a'))).toBeUndefined();
  expect(tested.failures).toEqual([]);
});

test.for([
  ['drop table traces; create table traces (id integer primary key, key text)', 1],
  ['alter table summaries rename column body to old', 1],
  ['drop table traces', 0],
  ['drop table generation', 0],
] as const)('D6: tables of another layout are made again (%s)', ([sql, warnings]) => {
  using tested = new SqliteUnderTest();
  tested.record(traceOf('a'));
  tested.settle();
  tested.db.exec(`insert into summaries (prefix, key, generation, body) values (1, x'00', 0, x'00');
    ${sql}`);
  let renewed = 0;
  const opened = openSqliteTraces({
    db: tested.db,
    onFailure: (failure) => tested.failures.push(failure),
    onRenewed: () => (renewed += 1),
  });
  expect(opened.ok).toBe(true);
  expect([renewed, tested.failures.length]).toEqual([1, warnings]);
  expect(tested.db.prepare('select count(*) as count from summaries').get()).toEqual({ count: 0 });
  tested.record(traceOf('b'));
  tested.settle();
  expect(tested.store.lookUp(keyOf('b'))).toHaveLength(1);
  expect([renewed, tested.failures.length]).toEqual([1, warnings]);
});

test('D5: a damaged value is missing, and can be kept again', () => {
  using tested = new SqliteUnderTest();
  const bytes = encode('value');
  const digest = inputDigest(bytes);
  tested.store.rememberValue(digest, bytes);
  tested.settle();
  tested.db.exec("update kept set bytes = x'00'");
  expect(tested.store.valueOf(digest)).toBeUndefined();
  tested.store.rememberValue(digest, bytes);
  tested.settle();
  expect(tested.store.valueOf(digest)).toEqual(bytes);
});

test('keys that agree in their first 48 bits are told apart', () => {
  using tested = new SqliteUnderTest();
  tested.record(traceOf('a'));
  tested.record(traceOf('b'));
  tested.settle();
  tested.db.exec('update traces set prefix = (select min(prefix) from traces)');
  const { store } = tested;
  const found = store.lookUpMany([keyOf('a'), keyOf('b')]);
  expect([...found.values()].flat().every((trace) => found.get(trace.key)?.[0] === trace)).toBe(
    true,
  );
  expect(found.size).toBe(1);
});

test('a database that cannot take the tables is a failure with its code', () => {
  using tested = new SqliteUnderTest();
  const { db } = tested;
  db.exec('drop table traces; pragma query_only = on');
  expect(openSqliteTraces({ db, onFailure: () => undefined })).toMatchObject({
    ok: false,
    failure: { code: 'state-unwritable' },
  });
});

test('S1: what was learned is written with the next rows, and not twice', () => {
  using tested = new SqliteUnderTest();
  const learned = sharedOf('a');
  tested.store.learn(learned);
  const count = () => tested.db.prepare('select count(*) as count from traces').get();
  expect(count()).toEqual({ count: 0 });
  tested.db.exec('begin immediate');
  tested.store.fold.apply(tested.db, []);
  tested.db.exec('rollback');
  expect(tested.store.lookUp(learned.key)).toEqual([learned]);
  tested.fold([]);
  tested.fold([]);
  expect(count()).toEqual({ count: 1 });
  expect(tested.store.lookUp(learned.key)).toEqual([learned]);
});

test('what is learned in passing is never written, and keeps no summary from being kept', () => {
  using tested = new SqliteUnderTest();
  tested.record(traceOf('a'));
  tested.settle();
  const passing = sharedOf('a', { outcome: resultOf('another') });
  tested.store.learn(passing, true);
  tested.store.keepSummary(keyOf('root'), encode('summary'), tested.store.generation('a run'));
  tested.fold([]);
  expect(tested.store.lookUp(keyOf('a'))[0]).toEqual(passing);
  tested.settle();
  expect(tested.store.lookUp(keyOf('a'))).toEqual([traceOf('a')]);
  expect(tested.store.summaryOf(keyOf('root'))).toEqual(encode('summary'));
});

test('what is learned stands behind what is made here and not yet written', () => {
  using tested = new SqliteUnderTest();
  const own = traceOf('a', { outcome: resultOf('own') });
  const learned = sharedOf('a');
  tested.record(own);
  tested.store.learn(learned);
  expect(tested.store.lookUp(own.key)).toEqual([own, learned]);
  tested.settle();
  expect(tested.store.lookUp(own.key)).toEqual([own, learned]);
});

test('to forget writers waits for no rows: another process finds nothing of theirs either', () => {
  using tested = new SqliteUnderTest();
  const late = sharedOf('late', { outcome: resultOf('another') });
  tested.store.learn(sharedOf('a'));
  tested.settle();
  tested.store.learn(late);
  expect(tested.store.forgetWriters(new Set([writerOf('a')]))).toBe(2);
  const other = openSqliteTraces({ db: tested.db, onFailure: () => undefined });
  expect(other.ok && other.value.lookUp(keyOf('a'))).toEqual([]);
  expect(other.ok && other.value.keysOfTask(late.task)).toEqual([]);
  // What was never written holds up no summary.
  tested.store.keepSummary(keyOf('root'), encode('summary'), tested.store.generation('a run'));
  tested.fold([]);
  expect(tested.store.summaryOf(keyOf('root'))).toEqual(encode('summary'));
});

test('P4: where nothing can be written, this process forgets writers all the same', () => {
  using tested = new SqliteUnderTest();
  tested.store.learn(sharedOf('a'));
  tested.store.learn(sharedOf('b', {}, 'b'));
  tested.store.keepSummary(keyOf('root'), encode('summary'), tested.store.generation('a run'));
  tested.settle();
  const { store, db } = tested;
  expect(store.summaryOf(keyOf('root'))).toBeDefined();
  db.exec('pragma query_only = on');
  store.forgetWriters(new Set([writerOf('a')]));
  expect(tested.failures).toHaveLength(1);
  expect(store.lookUp(keyOf('a'))).toEqual([]);
  expect([...store.lookUpMany([keyOf('a'), keyOf('b')]).keys()]).toEqual([keyOf('b')]);
  expect(store.summaryOf(keyOf('root'))).toBeUndefined();
});

test('a state that learned nothing has no table of writers, and is asked for nothing', () => {
  using tested = new SqliteUnderTest();
  tested.record(traceOf('a'));
  tested.settle();
  const tables = tested.db.prepare("select 1 from sqlite_schema where name = 'trace_writers'");
  expect(tables.get()).toBeUndefined();
  expect(tested.store.forgetWriters(new Set([writerOf('a')]))).toBe(0);
});
