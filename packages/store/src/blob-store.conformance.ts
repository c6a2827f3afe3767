import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { expect, test } from 'vitest';
import type { BlobStore } from './blob-store.ts';

/** What every `BlobStore` does. `folder` is an empty folder of the test's own. */
export function conformBlobStore(
  name: string,
  make: (folder: string) => BlobStore,
  temporaryFolder: () => { readonly path: string } & Disposable,
): void {
  const absent = digestOf('blob', 'absent');

  test(`${name}: what was put is given back, byte for byte, by its SHA-256`, async () => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    for (const bytes of [new Uint8Array(0), Buffer.from('text'), Buffer.alloc(300_000, 7)]) {
      const digest = await store.put(bytes);
      expect(digest).toBe(digestOf('blob', bytes));
      expect(Buffer.from((await store.get(digest)) ?? []).equals(bytes)).toBe(true);
      expect(await store.has(digest)).toBe(true);
      const path = await store.path(digest);
      if (path !== undefined) expect(readFileSync(path).equals(bytes)).toBe(true);
    }
  });

  test(`${name}: putting twice, or at once, is putting once`, async () => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    const bytes = Buffer.from('the same');
    const digests = await Promise.all([1, 2, 3, 4].map(() => store.put(bytes)));
    expect(new Set(digests).size).toBe(1);
    expect(await collect(store)).toEqual([digestOf('blob', bytes)]);
  });

  test(`${name}: a file is copied and stays, or is moved and is gone`, async () => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    const path = join(folder.path, 'file');
    writeFileSync(path, 'content');
    const digest = digestOf('blob', 'content');
    expect(await store.putFile(path, 'copy')).toBe(digest);
    expect(existsSync(path)).toBe(true);
    writeFileSync(path, 'other');
    expect(await store.putFile(path, 'move')).toBe(digestOf('blob', 'other'));
    expect(existsSync(path)).toBe(false);
    expect(Buffer.from((await store.get(digest)) ?? []).toString()).toBe('content');
  });

  test(`${name}: P4 what is not there is missing, not an error`, async () => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    expect(await store.get(absent)).toBeUndefined();
    expect(await store.path(absent)).toBeUndefined();
    expect(await store.has(absent)).toBe(false);
    expect(await store.delete(absent)).toBe(false);
    expect(await collect(store)).toEqual([]);
  });

  test(`${name}: many are asked for at once, deleted, and listed`, async () => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    const digests = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.put(Buffer.from(`blob ${index}`))),
    );
    expect(await store.hasMany([...digests, absent])).toEqual(new Set(digests));
    const [first, ...rest] = digests;
    if (first !== undefined) expect(await store.delete(first)).toBe(true);
    expect(await store.hasMany(digests)).toEqual(new Set(rest));
    expect(new Set(await collect(store))).toEqual(new Set(rest));
  });

  test(`${name}: what is given back is a copy`, async () => {
    using folder = temporaryFolder();
    const store = make(folder.path);
    const bytes = Buffer.from('original');
    const digest = await store.put(bytes);
    bytes.fill(0);
    (await store.get(digest))?.fill(0);
    expect(Buffer.from((await store.get(digest)) ?? []).toString()).toBe('original');
  });
}

async function collect(store: BlobStore): Promise<Digest[]> {
  const listed: Digest[] = [];
  for await (const digest of store.list()) listed.push(digest);
  return listed;
}
