import { digestOf } from '@skein/values';
import type { Platform, Result, TaskId, TaskRow } from '@skein/model';
import { fail, succeed } from '@skein/model';
import { DEFAULT_OPTIONS } from '@skein/sdk';
import { MemoryTraces } from '@skein/store';
import { expect, it } from 'vitest';
import { taskTable } from './task-table.ts';

const PLATFORM: Platform = { node: '26', os: 'linux', arch: 'x64', libc: 'glibc' };
const ROW: TaskRow = {
  id: 'src/main.ts#main' as TaskId,
  environment: 'test',
  parameters: ['rows'],
  rest: false,
  options: DEFAULT_OPTIONS,
};

function counting(): { load: () => Promise<Result<readonly TaskRow[]>>; loads: () => number } {
  let loads = 0;
  const load = (): Promise<Result<readonly TaskRow[]>> => {
    loads += 1;
    return Promise.resolve(succeed([ROW]));
  };
  return { load, loads: () => loads };
}

it('Q1: the table is asked for once for each bundle and platform, then it is kept', async () => {
  const store = new MemoryTraces();
  const { load, loads } = counting();
  const of = { bundle: digestOf('bundle', 'a'), platform: PLATFORM };
  await taskTable(store, of, load);
  const again = await taskTable(store, of, load);
  expect(again.ok && again.value.get(ROW.id)).toEqual(ROW);
  expect(loads()).toBe(1);
  await taskTable(store, { ...of, bundle: digestOf('bundle', 'b') }, load);
  await taskTable(store, { ...of, platform: { ...PLATFORM, node: '27' } }, load);
  expect(loads()).toBe(3);
});

it('P4: a kept table that cannot be read is asked for again', async () => {
  const kept = new Uint8Array([1, 2, 3]);
  const store = { kept: () => kept, keep: () => undefined };
  const { load, loads } = counting();
  const table = await taskTable(
    store,
    { bundle: digestOf('bundle', 'a'), platform: PLATFORM },
    load,
  );
  expect(table.ok).toBe(true);
  expect(loads()).toBe(1);
});

it('a module that does not load is a failure, and nothing is kept', async () => {
  const store = new MemoryTraces();
  const of = { bundle: digestOf('bundle', 'a'), platform: PLATFORM };
  const failure = {
    code: 'task-load-failed',
    kind: 'diagnostic',
    headline: 'no',
    facts: [],
  } as const;
  const refused = await taskTable(store, of, () => Promise.resolve(fail(failure)));
  expect(refused.ok).toBe(false);
  const { load, loads } = counting();
  await taskTable(store, of, load);
  expect(loads()).toBe(1);
});
