import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { encode, inputDigest } from '@skein/values';
import { identifyProcess } from '@skein/journal';
import type { Failure, RunId, Trace } from '@skein/model';
import { FAR_INPUTS, Holders, farInputsName } from '@skein/store';
import type { GcReport } from '@skein/view';
import { expect, test } from 'vitest';
import {
  BEGIN,
  DAY,
  History,
  type PastAction,
  type PastRun,
  keyOf,
  taskOf,
} from '../test/history.ts';
import type { GcRequest } from './contract.ts';
import { openCopy } from './copy-state.ts';
import { gc } from './gc.ts';
import { listPins, setPin } from './pin.ts';

const ACTION: PastAction = {
  task: 1,
  input: 1,
  kind: 'artifact',
  large: true,
  traced: true,
  logged: false,
  saved: false,
};

function past(day: number, more: Partial<PastRun> = {}): PastRun {
  return { day, status: 'succeeded', pinned: false, resumes: 0, actions: [ACTION], ...more };
}

async function collect(history: History, request: GcRequest = {}): Promise<GcReport> {
  const report = await gc(history.opened, request);
  if (!report.ok) throw new Error(report.failure.headline);
  return report.value;
}

function filesIn(history: History, folder: string): readonly string[] {
  const path = join(history.opened.state.path, folder);
  if (!existsSync(path)) return [];
  const found = readdirSync(path, { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map(({ name }) => name);
}

function put(history: History, ...path: readonly string[]): string {
  const file = join(history.opened.state.path, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'x'.repeat(100));
  return file;
}

test('without flags: what ended more than 30 days ago, and what only that needed', async () => {
  using history = new History();
  await history.record(past(0));
  await history.record(past(40, { actions: [{ ...ACTION, input: 2 }] }));
  const report = await collect(history);
  expect(report.runs).toEqual(['run-0000']);
  expect(report.stay).toMatchObject({ young: 1 });
  expect(filesIn(history, 'blobs')).toHaveLength(2);
});

test('R5: of what an action saved in an attempt the last stays', async () => {
  using history = new History();
  await history.record(past(0, { actions: [{ ...ACTION, saved: true }] }));
  const before = [filesIn(history, 'blobs').length, filesIn(history, 'files').length];
  const report = await collect(history);
  expect(report.runs).toEqual([]);
  const after = [filesIn(history, 'blobs').length, filesIn(history, 'files').length];
  expect(after).toEqual(before.map((count) => count - 1));
});

test('W3: while somebody works with the state, records go and content waits', async () => {
  using history = new History();
  await history.record(past(0));
  const blobs = filesIn(history, 'blobs');
  const { db } = history.opened.state;
  const other = new Holders(db);
  const id = other.hold(JSON.stringify(identifyProcess(process.pid)));
  const held = await collect(history, { olderThanMs: 0 });
  expect(held.busy).toEqual([process.pid]);
  expect([held.runs.length, held.waiting.count > 0]).toEqual([1, true]);
  expect(filesIn(history, 'blobs')).toEqual(blobs);
  other.release(id);
  const free = await collect(history, { olderThanMs: 0 });
  expect([free.busy, free.waiting.count]).toEqual([[], 0]);
  expect(filesIn(history, 'blobs')).toEqual([]);
});

test('W5: whoever died after the records left content that the next one finds', async () => {
  using history = new History();
  await history.record(past(0));
  const { db } = history.opened.state;
  for (const table of ['runs', 'events', 'facts', 'traces']) db.exec(`delete from ${table}`);
  const report = await collect(history);
  expect(report.removed.get('artifacts')?.count).toBe(2);
  expect([filesIn(history, 'blobs'), filesIn(history, 'files')]).toEqual([[], []]);
});

test('a holder whose process is gone holds nothing, and is forgotten', async () => {
  using history = new History();
  await history.record(past(0));
  const holders = new Holders(history.opened.state.db);
  holders.hold(JSON.stringify({ pid: 2 ** 30, startedAt: 'never', host: 'nowhere' }));
  holders.hold('no identity at all');
  expect((await collect(history, { dryRun: true })).busy).toEqual([]);
  expect(holders.list()).toHaveLength(2);
  expect((await collect(history, { olderThanMs: 0 })).removed.get('artifacts')?.count).toBe(2);
  expect(holders.list()).toEqual([]);
});

test('whoever comes while a plan is made is not overlooked: it is made anew', async () => {
  using history = new History();
  await history.record(past(0));
  const holders = new Holders(history.opened.state.db);
  let came = 0;
  const progress = (what: string): void => {
    if (what !== 'looking for what nothing names') return;
    came += 1;
    if (came === 1) holders.release(holders.hold('somebody'));
  };
  const report = await collect(history, { olderThanMs: 0, progress });
  expect(came).toBe(2);
  expect(report.runs).toEqual(['run-0000']);
  expect(filesIn(history, 'blobs')).toEqual([]);
});

test('a run that is pinned while the plan is made stays with all it names', async () => {
  using history = new History();
  const run = await history.record(past(0));
  const blobs = filesIn(history, 'blobs');
  let pinned = false;
  const progress = (what: string): void => {
    if (what !== 'looking for what nothing names' || pinned) return;
    pinned = setPin(history.opened, run, true).ok;
  };
  const report = await collect(history, { olderThanMs: 0, progress });
  expect([report.runs, report.stay.pinned]).toEqual([[], 1]);
  expect(filesIn(history, 'blobs')).toEqual(blobs);
  expect(listPins(history.opened)).toMatchObject({ ok: true, value: [{ run, at: BEGIN }] });
});

test('what processes left behind goes after a day, at once after an hour of nobody', async () => {
  using history = new History();
  await history.record(past(0));
  const paths = [
    put(history, 'tmp', 'a-blob'),
    put(history, 'tmp', 'copy-x', 'v1', 'state.db'),
    put(history, 'files', 'tmp', '1-1'),
    put(history, 'unpack-x', 'file'),
  ];
  const left = (): readonly boolean[] => paths.map((path) => existsSync(path));
  const all = paths.map(() => true);
  const none = paths.map(() => false);
  history.now = Date.now();
  const policy = { olderThanMs: 1e6 * DAY };
  await collect(history, policy);
  expect(left()).toEqual(all);
  const holders = new Holders(history.opened.state.db);
  const id = holders.hold(JSON.stringify(identifyProcess(process.pid)));
  history.now += DAY / 8;
  await collect(history, policy);
  expect(left()).toEqual(all);
  holders.release(id);
  const report = await collect(history, policy);
  expect(left()).toEqual(none);
  expect(report.removed.get('scratch')).toEqual({ count: 4, bytes: 400 });
});

test('scratch goes where its owner is dead, and stays where it lives', async () => {
  using history = new History();
  const owners = { live: identifyProcess(process.pid), dead: { pid: 2 ** 30, startedAt: 'x' } };
  const host = owners.live?.host;
  for (const [name, owner] of Object.entries(owners)) {
    const path = put(history, 'scratch', `pool-${name}`, 'owner.json');
    writeFileSync(path, JSON.stringify({ host, ...owner }));
  }
  await collect(history);
  expect(readdirSync(join(history.opened.state.path, 'scratch'))).toEqual(['pool-live']);
});

test('databases that were set aside go only when it is said, and as old', async () => {
  using history = new History();
  const aside = put(history, 'v1', 'state.db.corrupt-20200101T000000Z');
  history.now = Date.now() + 10 * DAY;
  expect((await collect(history)).aside).toBe('state.db.corrupt-20200101T000000Z');
  await collect(history, { corrupt: true });
  expect(existsSync(aside)).toBe(true);
  await collect(history, { corrupt: true, olderThanMs: DAY });
  expect(existsSync(aside)).toBe(false);
});

test('bundles go that no run names, but none that is young', async () => {
  using history = new History();
  const bundle = put(history, 'bundles', `${'a'.repeat(64)}-123456789012`, 'bundle.mjs');
  history.now = Date.now();
  await collect(history, { olderThanMs: 0 });
  expect(existsSync(bundle)).toBe(true);
  history.now += 2 * DAY;
  await collect(history, { olderThanMs: 0 });
  expect(existsSync(bundle)).toBe(false);
});

test('the database gives room back where nobody works with it', async () => {
  using history = new History();
  const { traces } = history.opened.state;
  for (const name of ['a', 'b', 'c', 'd']) {
    const bytes = encode(name.repeat(500_000));
    traces.rememberValue(inputDigest(bytes), bytes);
  }
  await history.record(past(0));
  await history.record(past(1));
  const report = await collect(history, { olderThanMs: 0, keep: 1 });
  expect(report.runs).toEqual(['run-0000']);
  expect(report.sizeBytes.before - report.sizeBytes.after).toBeGreaterThan(1e6);
  const { db } = history.opened.state;
  expect(db.prepare('pragma freelist_count').get()).toEqual({ freelist_count: 0 });
  expect(db.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
});

test('--max-size: loose copies first, then the oldest runs, the unfinished never', async () => {
  using history = new History();
  for (const day of [0, 1, 2, 3]) {
    const status = day === 0 ? 'failed' : 'succeeded';
    await history.record(past(day, { status, actions: [{ ...ACTION, input: day }] }));
  }
  const size = (await collect(history, { olderThanMs: 9 * DAY })).sizeBytes.after;
  const thinner = await collect(history, { olderThanMs: 9 * DAY, maxSizeBytes: size - 1 });
  expect(thinner.runs).toEqual([]);
  expect(thinner.removed.get('files')?.count).toBe(4);
  expect(thinner.sizeBytes.after).toBeLessThan(size);
  const least = await collect(history, { olderThanMs: 9 * DAY, maxSizeBytes: 1 });
  expect(least.runs).toEqual(['run-0001', 'run-0002', 'run-0003'] as RunId[]);
  expect(least.stay).toMatchObject({ unfinished: 1, young: 0 });
  expect(filesIn(history, 'blobs')).toHaveLength(2);
});

test('D6: a state that was deleted meanwhile is no error that anybody sees twice', async () => {
  using history = new History();
  await history.record(past(0));
  rmSync(join(history.opened.state.path, 'blobs'), { recursive: true });
  rmSync(join(history.opened.state.path, 'files'), { recursive: true });
  const report = await collect(history, { olderThanMs: 0 });
  expect(report.runs).toEqual(['run-0000']);
  expect(report.removed.has('artifacts')).toBe(false);
});

test('two at the same time remove everything once', async () => {
  using history = new History();
  for (const day of [0, 1, 2]) {
    await history.record(past(day, { actions: [{ ...ACTION, input: day }] }));
  }
  const both = await Promise.all([
    collect(history, { olderThanMs: 0 }),
    collect(history, { olderThanMs: 0 }),
  ]);
  const gone = both.flatMap(({ runs }) => runs).toSorted();
  expect(gone).toEqual(['run-0000', 'run-0001', 'run-0002']);
  expect([filesIn(history, 'blobs'), filesIn(history, 'files')]).toEqual([[], []]);
  using db = new DatabaseSync(join(history.opened.state.path, 'v1', 'state.db'));
  expect(db.prepare('select count(*) as count from kept').get()).toEqual({ count: 0 });
});

test('P3: what would be written into a copy of the state, and be lost, is refused', async () => {
  using history = new History();
  const run = await history.record(past(0));
  const { opened } = history;
  const refusal: Failure = { code: 'disk-full', kind: 'environment', headline: 'full', facts: [] };
  const options = { clock: opened.clock, randomness: opened.randomness, warn: opened.warn };
  const copy = openCopy(opened.state.path, options, refusal);
  if (!copy.ok) throw new Error(copy.failure.headline);
  // From here the state itself cannot be opened.
  opened.state.db.exec('pragma user_version = 99');
  const copied = { ...opened, state: copy.value };
  const refused = { ok: false, failure: { code: 'state-newer' } };
  expect(setPin(copied, run, true)).toMatchObject(refused);
  expect(await gc(copied, {})).toMatchObject(refused);
  const foreseen = await gc(copied, { dryRun: true, olderThanMs: 0 });
  expect(foreseen).toMatchObject({ ok: true, value: { runs: [run] } });
  copy.value.close();
});

test('T2: what others made goes by when it was shared, or stays by name', async () => {
  using history = new History();
  const { traces } = history.opened.state;
  const learn = (input: number, at: number): Trace => {
    const key = keyOf({ task: 1, input });
    const value = encode(input);
    const trace: Trace = {
      key,
      task: taskOf(1),
      waves: [],
      log: null,
      outcome: {
        kind: 'result',
        digest: inputDigest(value),
        value: { at: 'inline', bytes: value },
      },
      impurities: [],
      run: 'a run of another state',
      action: 1,
      // Its clock is of no use.
      at: Number.MAX_SAFE_INTEGER,
      durationMs: 1,
      origin: { writer: 'a'.repeat(64), scope: 'trusted', skein: '0.6.0', at },
    };
    traces.learn(trace);
    traces.keep(FAR_INPUTS, farInputsName(trace), encode(null));
    return trace;
  };
  const learned = [0, 0, 39, 1_000].map((day, index) => learn(index + 1, BEGIN + day * DAY));
  await history.record(past(40, { actions: [{ ...ACTION, traced: false, input: 1 }] }));
  await collect(history);
  const left = [1, 2, 3, 4].map((input) => traces.lookUp(keyOf({ task: 1, input })).length);
  expect(left).toEqual([1, 0, 1, 0]);
  const told = learned.map((trace) => traces.kept(FAR_INPUTS, farInputsName(trace)));
  expect(told.map((bytes) => bytes !== undefined)).toEqual([true, false, true, false]);
});
