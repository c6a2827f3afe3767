import { digestOf } from '@skein/values';
import type { LoadReport } from '@skein/executors';
import type { LogChunk, Observation, Platform, Result, TaskId, TaskRow } from '@skein/model';
import { chunkAfter, fail, succeed } from '@skein/model';
import { DEFAULT_OPTIONS } from '@skein/sdk';
import { MemoryTraces } from '@skein/store';
import { expect, it } from 'vitest';
import { type TableSource, taskTable } from './task-table.ts';

const PLATFORM: Platform = { node: '26', os: 'linux', arch: 'x64', libc: 'glibc' };
const ROW: TaskRow = {
  id: 'src/main.ts#main' as TaskId,
  environment: 'test',
  parameters: ['rows'],
  rest: false,
  options: DEFAULT_OPTIONS,
};
const OF = { bundle: digestOf('bundle', 'a'), platform: PLATFORM };

/** A worker that observes what it is told to, and a world in which only some of it holds. */
class Loading implements TableSource {
  loads = 0;
  keeps = true;
  log: LogChunk | null = null;
  readonly changed = new Set<Observation>();

  readonly load = (): Promise<Result<LoadReport>> => {
    this.loads += 1;
    return Promise.resolve(succeed({ rows: [ROW], log: this.log }));
  };

  readonly holds = (observations: readonly Observation[]): Promise<boolean> => {
    const names = new Set([...this.changed].map((one) => JSON.stringify(one)));
    return Promise.resolve(!observations.some((one) => names.has(JSON.stringify(one))));
  };
}

it('Q1: the table is asked for once for each bundle and platform, then it is kept', async () => {
  const store = new MemoryTraces();
  const loading = new Loading();
  await taskTable(store, OF, loading);
  const again = await taskTable(store, OF, loading);
  expect(again.ok && again.value.rows.get(ROW.id)).toEqual(ROW);
  expect(loading.loads).toBe(1);
  await taskTable(store, { ...OF, bundle: digestOf('bundle', 'b') }, loading);
  await taskTable(store, { ...OF, platform: { ...PLATFORM, node: '27' } }, loading);
  expect(loading.loads).toBe(3);
});

it('Q1: what was observed at load is checked before the kept table is used', async () => {
  const store = new MemoryTraces();
  const loading = new Loading();
  const seen: Observation = { kind: 'file', path: 'options.json', digest: digestOf('blob', '1') };
  loading.log = chunkAfter(null, [seen]);
  const loaded = await taskTable(store, OF, loading);
  expect(loaded.ok && loaded.value.log).toEqual(loading.log);
  const kept = await taskTable(store, OF, loading);
  expect(kept.ok && kept.value.log).toBe(null);
  expect(loading.loads).toBe(1);
  loading.changed.add(seen);
  await taskTable(store, OF, loading);
  expect(loading.loads).toBe(2);
});

it('a table that is not to be kept is loaded again', async () => {
  const store = new MemoryTraces();
  const loading = new Loading();
  loading.keeps = false;
  await taskTable(store, OF, loading);
  await taskTable(store, OF, loading);
  expect(loading.loads).toBe(2);
});

it('P4: a kept table that cannot be read is asked for again', async () => {
  const kept = new Uint8Array([1, 2, 3]);
  const store = { kept: () => kept, keep: () => undefined };
  const loading = new Loading();
  const table = await taskTable(store, OF, loading);
  expect(table.ok).toBe(true);
  expect(loading.loads).toBe(1);
});

it('a module that does not load is a failure, and nothing is kept', async () => {
  const store = new MemoryTraces();
  const failure = {
    code: 'task-load-failed',
    kind: 'diagnostic',
    headline: 'no',
    facts: [],
  } as const;
  const loading = new Loading();
  const refused = await taskTable(store, OF, {
    ...loading,
    load: () => Promise.resolve(fail(failure)),
  });
  expect(refused.ok).toBe(false);
  await taskTable(store, OF, loading);
  expect(loading.loads).toBe(1);
});

it('R6: a worker that is lost while it loads is started again, three times at most', async () => {
  const lost = {
    code: 'worker-lost',
    kind: 'environment',
    headline: 'a worker process ended while it was starting',
    facts: [],
  } as const;
  for (const [losses, ok, loads] of [
    [1, true, 2],
    [3, true, 4],
    [4, false, 4],
  ] as const) {
    const loading = new Loading();
    let calls = 0;
    const load = (): Promise<Result<LoadReport>> => {
      calls += 1;
      return calls <= losses ? Promise.resolve(fail(lost)) : loading.load();
    };
    const table = await taskTable(new MemoryTraces(), OF, { ...loading, load });
    expect([table.ok, calls]).toEqual([ok, loads]);
  }
});
