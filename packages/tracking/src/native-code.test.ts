import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { impuritiesOf, openTracked } from '../test/tracked.ts';
import type { Tracked } from '../test/tracked.ts';

let tracked: Tracked;
beforeEach(() => {
  tracked = openTracked();
});
afterEach(() => tracked.close());

type Builtin = Readonly<Record<string, new (options: object) => unknown>>;

test('O8: a program with a file system of its own is what a subprocess is', async () => {
  const acted = await tracked.act(() => {
    const wasi = process.getBuiltinModule('node:wasi') as unknown as Builtin;
    return new (wasi['WASI'] as Builtin[string])({ version: 'preview1', preopens: { '/': '/' } });
  });
  expect(acted.error).toBeUndefined();
  expect(impuritiesOf(acted)).toEqual(['subprocess new WASI()']);
});

test('O1: who takes Node’s own bindings for files leaves no trace', async () => {
  const { binding } = process as unknown as { readonly binding: (name: string) => unknown };
  const taken = await tracked.act(() => binding.call(process, 'fs'));
  expect(taken.seen.untraceable).toEqual([
    'process.binding("fs") reads files unseen, at native-code.test.ts',
  ]);
  const harmless = await tracked.act(() => binding.call(process, 'constants'));
  expect(harmless.seen.untraceable).toEqual([]);
});

test('O5: a database is seen by whatever way its module comes', async () => {
  const acted = await tracked.act(() => {
    const sqlite = process.getBuiltinModule('node:sqlite');
    new sqlite.DatabaseSync(tracked.path('a.db')).close();
  });
  expect(acted.seen.wrote).toEqual(['a.db']);
});

test('O5: a snapshot of the heap is a file that is written', async () => {
  const strict = openTracked();
  const acted = await strict.act(() => {
    const { writeHeapSnapshot } = process.getBuiltinModule('node:v8');
    return writeHeapSnapshot(strict.path('heap.heapsnapshot'));
  });
  strict.close();
  expect(acted.seen.wrote).toEqual(['heap.heapsnapshot']);
});
