import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { DiskObjects } from './disk-objects.ts';
import type { DiskObjectsOptions } from './disk-objects.ts';
import { bytesBody, conformObjects, textOf } from './objects.conformance.ts';

const folders: Disposable[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

function make(more: Partial<DiskObjectsOptions> = {}): DiskObjects {
  const folder = temporaryFolder();
  folders.push(folder);
  return at(folder.path, more);
}

function at(path: string, more: Partial<DiskObjectsOptions> = {}): DiskObjects {
  const clock = { now: () => Date.now(), elapsed: () => performance.now() };
  const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };
  return new DiskObjects(path, { clock, randomness, timeoutMs: 30_000, ...more });
}

conformObjects('disk', make);
conformObjects('disk, without hard links', () => make({ hardLinks: 'avoid' }));

test('D4: nothing temporary stays, and what is emptied is no folder any more', async () => {
  const store = make();
  await store.put('a/b/c', bytesBody('one'));
  await store.put('a/b/c', bytesBody('two'), { ifAbsent: true });
  await store.put('a/d', bytesBody('two'), { durable: true });
  expect(readdirSync(join(store.place, 'tmp'))).toEqual([]);
  await store.delete('a/b/c');
  expect(readdirSync(join(store.place, 'a'))).toEqual(['d']);
});

test('a put finds its folder again that another process took away', async () => {
  const store = make();
  const rounds = Array.from({ length: 200 }, (_, index) => `f/${index % 2}/${index}`);
  const other = at(store.place);
  await Promise.all(
    rounds.map(async (name) => {
      await store.put(name, bytesBody(name), { ifAbsent: true });
      await other.delete(name);
    }),
  );
  expect(existsSync(join(store.place, 'f', '0'))).toBe(false);
});

test('a use is noted, but not more often than each minute, and changes no stamp', async () => {
  let now = Date.now();
  const clock = { now: () => now, elapsed: () => 0 };
  const store = make({ clock });
  await store.put('n', bytesBody('x'));
  const first = await store.head('n');
  if (first === undefined) throw new Error('missing');
  now += 30_000;
  await store.touch(first);
  expect((await store.head('n'))?.usedAt).toBe(first.usedAt);
  for (let hour = 0; hour < 100; hour += 1) {
    now += 3_600_000;
    const head = await store.head('n');
    if (head !== undefined) await store.touch(head);
    const touched = await store.head('n');
    expect(touched?.stamp).toBe(first.stamp);
    expect(Math.round(touched?.usedAt ?? 0)).toBe(now);
  }
});

test('litter is what nobody wrote to for long', async () => {
  const store = make();
  await store.put('n', bytesBody('x'));
  const litter = join(store.place, 'tmp', 'old');
  writeFileSync(litter, 'half');
  writeFileSync(join(store.place, 'tmp', 'young'), 'half');
  utimesSync(litter, 1, 1);
  expect(await store.sweepLitter(3_600_000)).toBe(1);
  expect(readdirSync(join(store.place, 'tmp'))).toEqual(['young']);
});

test('a stream that is silent for too long is a time-out', async () => {
  const store = make({ timeoutMs: 20 });
  const stream = new Readable({ read() {} });
  await expect(
    store.put('n', { kind: 'stream', open: () => stream, size: 10 }),
  ).rejects.toMatchObject({
    trouble: 'timeout',
  });
  expect(stream.destroyed).toBe(true);
});

test('what is no object of ours is not listed', async () => {
  const store = make();
  await store.put('a/n', bytesBody('x'));
  mkdirSync(join(store.place, 'a', 'B'));
  writeFileSync(join(store.place, 'a', 'B', 'c'), '');
  writeFileSync(join(store.place, 'a', '.hidden'), '');
  for await (const head of store.list(['a/'])) expect(head.name).toBe('a/n');
});

test('a folder that is none is unreachable; nothing is created', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'file'), 'a file');
  const store = at(join(folder.path, 'file'));
  await expect(store.put('n', bytesBody('x'))).rejects.toMatchObject({ trouble: 'unreachable' });
  expect(await store.head('n')).toBeUndefined();
});

test('two processes on one folder see what the other put', async () => {
  const one = make();
  const other = at(one.place);
  await one.put('n', bytesBody('one'));
  expect(await other.put('n', bytesBody('two'), { ifAbsent: true })).toBe('exists');
  expect(await textOf(other, 'n')).toBe('one');
});
