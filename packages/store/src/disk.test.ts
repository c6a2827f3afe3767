import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestHex, digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { conformBlobStore } from './blob-store.conformance.ts';
import { DiskBlobs } from './disk.ts';

const randomness = { hex: (length: number) => randomBytes(length).toString('hex') };
const make = (folder: string) => new DiskBlobs(join(folder, 'state'), { randomness });

conformBlobStore('disk', make, temporaryFolder);
conformBlobStore(
  'disk, synced',
  (folder) => new DiskBlobs(join(folder, 'state'), { randomness, sync: () => true }),
  temporaryFolder,
);

test('D4: a blob is a read-only file, and nothing temporary stays', async () => {
  using folder = temporaryFolder();
  const store = make(folder.path);
  const digest = await store.put(Buffer.from('content'));
  const hex = digestHex(digest);
  const path = join(folder.path, 'state', 'blobs', hex.slice(0, 2), hex);
  expect(await store.path(digest)).toBe(path);
  expect(statSync(path).mode & 0o777).toBe(0o444);
  expect(readdirSync(join(folder.path, 'state', 'tmp'))).toEqual([]);
});

test.for([
  ['shorter', 'cont'],
  ['of the same size', 'Content'],
])(
  'D5: a blob damaged on disk, %s, is missing, removed, and can be put again',
  async ([, damage]) => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    const digest = await store.put(Buffer.from('content'));
    const path = (await store.path(digest)) ?? '';
    chmodSync(path, 0o644);
    writeFileSync(path, damage ?? '');
    expect(await store.get(digest)).toBeUndefined();
    expect(await store.has(digest)).toBe(false);
    await store.put(Buffer.from('content'));
    expect(Buffer.from((await store.get(digest)) ?? []).toString()).toBe('content');
  },
);

test('D6: the state may be deleted at any time', async () => {
  using folder = temporaryFolder();
  const store = make(folder.path);
  const digest = await store.put(Buffer.from('content'));
  rmSync(join(folder.path, 'state'), { recursive: true });
  expect(await store.get(digest)).toBeUndefined();
  expect(await store.put(Buffer.from('content'))).toBe(digest);
  expect(await store.has(digest)).toBe(true);
});

test('a name in the store that is no digest is not listed', async () => {
  using folder = temporaryFolder();
  const store = make(folder.path);
  const shard = join(folder.path, 'state', 'blobs', 'ab');
  mkdirSync(shard, { recursive: true });
  writeFileSync(join(shard, 'README'), '');
  for await (const digest of store.list()) expect.unreachable(digest);
});

test('a state that cannot be written is a failure with its code', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'state'), 'a file');
  await expect(make(folder.path).put(Buffer.from('x'))).rejects.toMatchObject({
    failure: { code: 'state-unwritable' },
  });
  expect(await make(folder.path).has(digestOf('blob', 'x'))).toBe(false);
});
