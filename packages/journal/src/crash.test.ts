import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { TestState, mustSucceed } from '../test/state.ts';
import { listRuns } from './list-runs.ts';
import { isAlive } from './process.ts';
import { readRun } from './read-run.ts';

const APPENDER = fileURLToPath(new URL('../test/appender.ts', import.meta.url));

function startAppender(...args: string[]): ChildProcess {
  return spawn(process.execPath, [APPENDER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The actions that were acknowledged; the process is killed once `enough` of them were. */
async function acknowledged(child: ChildProcess, enough: number): Promise<number[]> {
  const actions: number[] = [];
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'ready') actions.push(Number(line));
    if (actions.length === enough) child.kill('SIGKILL');
  }
  return actions;
}

test.for([0, 1, 7, 64, 300])(
  'P3: after kill -9 at acknowledgement %i every acknowledged result is there',
  async (enough) => {
    using state = new TestState();
    const child = startAppender(state.dir, 'a');
    if (enough === 0) child.stdout?.once('data', () => child.kill('SIGKILL'));
    const gone = once(child, 'exit');
    const told = await acknowledged(child, enough);
    await gone;
    const { db, warnings } = state.open();
    expect(warnings).toEqual([]);
    const { actions, overview } = mustSucceed(readRun(db, 'a', isAlive));
    const kept = [...actions.values()].filter((action) => action.outcome !== undefined);
    expect(kept.map((action) => action.action)).toEqual(expect.arrayContaining(told));
    expect(kept.length).toBeLessThanOrEqual(told.length + 1);
    expect(overview.status).toBe('interrupted');
    mustSucceed(state.journal({ db, path: '', warnings }).journal.close());
    const [listed] = mustSucceed(listRuns(db, { status: 'interrupted' }, isAlive));
    expect(listed?.counts.executed).toBe(kept.length);
  },
);

test('R7: a run is running while its process lives', async () => {
  using state = new TestState();
  const child = startAppender(state.dir, 'a');
  if (child.stdout === null) throw new Error('no output');
  await once(child.stdout, 'data');
  const { db } = state.open();
  expect(mustSucceed(readRun(db, 'last', isAlive)).overview.status).toBe('running');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  expect(mustSucceed(readRun(db, 'last', isAlive)).overview.status).toBe('interrupted');
});

test('D6: a log torn anywhere loses what came after the tear and nothing else', async () => {
  using state = new TestState();
  const child = startAppender(state.dir, 'a');
  const gone = once(child, 'exit');
  await acknowledged(child, 100);
  await gone;
  const wal = `${state.dir}/v1/state.db-wal`;
  const whole = statSync(wal).size;
  expect(whole).toBeGreaterThan(100_000);
  truncateSync(wal, Math.floor(whole * 0.8) + 17);
  const torn = readFileSync(wal);
  torn.fill(0x5a, torn.length - 1_000);
  writeFileSync(wal, torn);
  const { db, warnings } = state.open();
  expect(warnings).toEqual([]);
  const { actions } = mustSucceed(readRun(db, 'a', isAlive));
  expect(actions.size).toBeGreaterThan(50);
  expect([...actions.keys()]).toEqual(Array.from({ length: actions.size }, (_, i) => i + 2));
});

test('D6: processes that open a fresh state and append at once lose nothing', async () => {
  using state = new TestState();
  const names = ['a', 'b', 'c'];
  const children = names.map((name) => startAppender(state.dir, name, '201'));
  const told = await Promise.all(children.map((child) => acknowledged(child, Infinity)));
  expect(told.map((actions) => actions.length)).toEqual([200, 200, 200]);
  const { db } = state.open();
  for (const name of names) {
    expect(mustSucceed(readRun(db, name, isAlive)).overview.counts.executed).toBe(200);
  }
  const listed = mustSucceed(listRuns(db, {}, isAlive));
  expect(listed.map((run) => run.counts.executed)).toEqual([200, 200, 200]);
});
