import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@skein/values';
import { expect, test } from 'vitest';
import {
  SetClock,
  contentsOf,
  depotOver,
  entryOf,
  keyNamed,
  publicKeyNamed,
  randomness,
  rightsFor,
  streamOf,
  textOfStream,
  tokenFor,
} from '../test/depot-kit.ts';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { DiskObjects } from './disk-objects.ts';
import type { Depot } from './depot.ts';
import { ObjectError } from './objects.ts';
import type { ObjectTrouble } from './objects.ts';

const DAY = 86_400_000;

function depotAt(path: string, clock = new SetClock()): Depot {
  const objects = new DiskObjects(path, { clock, randomness, timeoutMs: 30_000 });
  return depotOver(objects, { clock, unsigned: true });
}

/** The files of one kind of a scope. */
function filesOf(path: string, kind: string): string[] {
  const folder = join(path, 'v1', 'scopes', 'trusted', kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath, it.name));
}

function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

const damages: readonly (readonly [string, (path: string) => void])[] = [
  ['of the same size', damage],
  ['cut off', (path) => (chmodSync(path, 0o644), truncateSync(path, 40))],
  ['emptied', (path) => (chmodSync(path, 0o644), truncateSync(path, 0))],
];

test.for(damages)(
  'D5: an entry damaged on disk, %s, is missing, and can be put again',
  async ([, harm]) => {
    using folder = temporaryFolder();
    const store = depotAt(folder.path).as(rightsFor('trusted'));
    await store.put([entryOf('a', '<a>'), entryOf('b', '<b>')]);
    const [path = ''] = filesOf(folder.path, 'trace').filter((it) => it.includes(keyNamed('a')));
    harm(path);
    expect(await contentsOf(store, 'a', 'b')).toEqual(['trusted: <b>']);
    expect(filesOf(folder.path, 'trace')).toHaveLength(1);
    expect(await store.put([entryOf('a', '<other>')])).toEqual(['stored']);
  },
);

test('D5: a damaged entry gives its place to whoever puts first', async () => {
  using folder = temporaryFolder();
  const store = depotAt(folder.path).as(rightsFor('trusted'));
  await store.put([entryOf('a', '<a>')]);
  damage(filesOf(folder.path, 'trace')[0] ?? '');
  expect(await store.put([entryOf('a', '<a>')])).toEqual(['stored']);
  expect(await contentsOf(store, 'a')).toEqual(['trusted: <a>']);
});

test.for(damages.flatMap((it) => [10, 3_000_000].map((size) => [...it, size] as const)))(
  'D5: an artifact of Nx damaged on disk, %s, is missing before a byte is given',
  async ([, harm, size]) => {
    using folder = temporaryFolder();
    const rights = rightsFor('trusted');
    const put = () =>
      depotAt(folder.path)
        .nx(rights)
        .put('n', { stream: streamOf(Buffer.alloc(size, 1)), size });
    await put();
    const [path = ''] = filesOf(folder.path, 'nx');
    harm(path);
    // What was torn by a power cut is met by a process that has verified nothing.
    expect(await depotAt(folder.path).nx(rights).find('n')).toBeUndefined();
    expect(filesOf(folder.path, 'nx')).toEqual([]);
    expect(await put()).toBe('stored');
  },
);

test('D5: a blob of the wrong size is missing, one of wrong bytes breaks off', async () => {
  using folder = temporaryFolder();
  const store = depotAt(folder.path).as(rightsFor('trusted'));
  const digest = digestOf('blob', 'content');
  await store.receiveBlob(digest, streamOf('content'));
  damage(filesOf(folder.path, 'blob')[0] ?? '');
  const body = await store.getBlob(digest);
  await expect(body?.toArray()).rejects.toThrow('not those of the digest');
  expect(await store.hasBlobs([digest])).toEqual(new Set());
  expect(await store.receiveBlob(digest, streamOf('content'))).toBe('stored');
  const [path = ''] = filesOf(folder.path, 'blob');
  chmodSync(path, 0o644);
  truncateSync(path, 3);
  expect(await store.getBlob(digest)).toBeUndefined();
  expect(await store.receiveBlob(digest, streamOf('content'))).toBe('stored');
});

test('verify removes what is damaged, and names it', async () => {
  using folder = temporaryFolder();
  const depot = depotAt(folder.path);
  const store = depot.as(rightsFor('trusted'));
  await store.put([entryOf('a', '<a>'), entryOf('b', '<b>')]);
  for (const text of ['one', 'two']) {
    await store.receiveBlob(digestOf('blob', text), streamOf(text));
    await depot.nx(rightsFor('trusted')).put(text, { stream: streamOf(text), size: 3 });
  }
  for (const kind of ['trace', 'blob', 'nx']) damage(filesOf(folder.path, kind)[0] ?? '');
  let told = 0;
  const verified = await depot.verify({ progress: (checked) => (told = checked.count) });
  expect(verified).toMatchObject({ checked: { count: 6 }, damagedCount: 3 });
  expect(verified.damaged.map((it) => it.split('/')[3] ?? '').toSorted()).toEqual([
    'blob',
    'nx',
    'trace',
  ]);
  expect(told).toBe(6);
  expect(await depot.verify()).toMatchObject({ checked: { count: 3 }, damaged: [] });
});

test('gc by age: what was used lately stays, what was only checked goes', async () => {
  using folder = temporaryFolder();
  const clock = new SetClock();
  const depot = depotAt(folder.path, clock);
  const store = depot.as(rightsFor('trusted'));
  await store.put([entryOf('used', '<used>'), entryOf('idle', '<idle>')]);
  const [used, idle] = [digestOf('blob', 'used'), digestOf('blob', 'idle')];
  await store.receiveBlob(used, streamOf('used'));
  await store.receiveBlob(idle, streamOf('idle'));
  for (const hash of ['used', 'idle']) {
    await depot.nx(rightsFor('trusted')).put(hash, { stream: streamOf(hash), size: 4 });
  }
  clock.at += 20 * DAY;
  await contentsOf(store, 'used');
  await store.hasBlobs([used]);
  await depot.nx(rightsFor('trusted')).find('used');
  await depot.verify();
  clock.at += 15 * DAY;
  const swept = await depot.gc({ olderThanMs: 30 * DAY });
  expect(swept).toMatchObject({ removed: { count: 3 }, kept: { count: 3 } });
  expect(await contentsOf(store, 'used', 'idle')).toEqual(['trusted: <used>']);
  expect(await store.hasBlobs([used, idle])).toEqual(new Set([used]));
  expect(await depot.nx(rightsFor('trusted')).find('idle')).toBeUndefined();
});

test('gc by size: the least recently used go first, until the rest is small enough', async () => {
  using folder = temporaryFolder();
  const depot = depotAt(folder.path);
  const store = depot.as(rightsFor('trusted'));
  const texts = Array.from({ length: 20 }, (_, index) => `blob ${index}`.padEnd(1_000));
  for (const text of texts) await store.receiveBlob(digestOf('blob', text), streamOf(text));
  for (const [index, text] of texts.entries()) {
    const path = filesOf(folder.path, 'blob').find((it) => it.endsWith(digestOf('blob', text)));
    // Several within a minute, and several minutes.
    const at = Date.now() / 1_000 - 86_400 + index * 25;
    utimesSync(path ?? '', at, at);
  }
  const swept = await depot.gc({ maxSizeBytes: 7_500 });
  expect(swept).toMatchObject({
    removed: { count: 13, bytes: 13_000 },
    kept: { count: 7, bytes: 7_000 },
  });
  const kept = await store.hasBlobs(texts.map((text) => digestOf('blob', text)));
  expect(kept).toEqual(new Set(texts.slice(13).map((text) => digestOf('blob', text))));
  expect(await depot.gc({ maxSizeBytes: 7_500 })).toMatchObject({ removed: { count: 0 } });
  expect(await depot.gc({ maxSizeBytes: 0 })).toMatchObject({ kept: { count: 0, bytes: 0 } });
});

test('gc of some scopes leaves the others alone', async () => {
  using folder = temporaryFolder();
  const clock = new SetClock();
  const depot = depotAt(folder.path, clock);
  for (const scope of ['pr/1', 'trusted']) {
    await depot.as(rightsFor(scope)).put([entryOf('a', `<${scope}>`)]);
  }
  clock.at += 2 * DAY;
  const { scope } = rightsFor('pr/1');
  await depot.gc({ olderThanMs: DAY, maxSizeBytes: 0, scopes: [scope] });
  expect(await contentsOf(depot.as(rightsFor('pr/1')), 'a')).toEqual(['trusted: <trusted>']);
});

test('gc forgets the keys that nobody announces and nothing is signed with', async () => {
  using folder = temporaryFolder();
  const clock = new SetClock();
  const depot = depotAt(folder.path, clock);
  const store = depot.as(rightsFor('trusted'));
  const [idle, signing, announced] = ['idle', 'signing', 'announced'].map(publicKeyNamed);
  for (const key of [idle, signing, announced]) await store.register(key ?? new Uint8Array());
  await store.put([entryOf('a', '<a>', { writer: signing })]);
  clock.at += 20 * DAY;
  await store.register(announced ?? new Uint8Array());
  await contentsOf(store, 'a');
  clock.at += 15 * DAY;
  await depot.gc({ olderThanMs: 30 * DAY });
  const left = (await store.greet()).writers.map((it) => Buffer.from(it.publicKey).toString('hex'));
  expect(left).toHaveLength(2);
  expect(left).not.toContain(Buffer.from(idle ?? []).toString('hex'));
});

test('gc while others put: nothing that was stored lately is gone, nothing is torn', async () => {
  using folder = temporaryFolder();
  const [one, other] = [depotAt(folder.path), depotAt(folder.path)];
  const store = one.as(rightsFor('trusted'));
  const names = Array.from({ length: 300 }, (_, index) => `key ${index}`);
  const putting = (async () => {
    for (const name of names) await store.put([entryOf(name, `<${name}>`)]);
  })();
  for (let round = 0; round < 20; round += 1) await other.gc({ olderThanMs: DAY });
  await putting;
  expect(await contentsOf(store, ...names)).toHaveLength(names.length);
});

test('two processes on one folder: what one revokes, the other gives no more', async () => {
  using folder = temporaryFolder();
  const [one, other] = [depotAt(folder.path), depotAt(folder.path)];
  const { rights, id } = await tokenFor(one, 'trusted');
  await one.nx(rights).put('n', { stream: streamOf('n'), size: 1 });
  expect(await other.nx(rights).find('n')).toBeDefined();
  const before = await other.nx(rights).find('n');
  await one.revokeWriter(id);
  expect(await other.nx(rights).find('n')).toBeUndefined();
  expect(await textOfStream(await before?.open())).toBe('n');
  // An upload under way while its token was revoked is given to nobody, and no obstacle.
  await one.nx(rights).put('late', { stream: streamOf('l'), size: 1 });
  expect(await other.nx(rights).find('late')).toBeUndefined();
  const good = await tokenFor(one, 'trusted');
  expect(await other.nx(good.rights).put('late', { stream: streamOf('g'), size: 1 })).toBe(
    'stored',
  );
});

/** A file system of its own with so little room; `undefined` where this user may mount none. */
function smallDisk(path: string, bytes: number): Disposable | undefined {
  const options = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path];
  if (spawnSync('mount', options).status !== 0) return undefined;
  return { [Symbol.dispose]: () => void spawnSync('umount', [path]) };
}

test('a full disk is a status, and leaves neither halves nor litter', async (context) => {
  using folder = temporaryFolder();
  using disk = smallDisk(folder.path, 1 << 20);
  if (disk === undefined) return context.skip('only root can mount a small disk');
  const depot = depotAt(folder.path);
  const store = depot.as(rightsFor('trusted'));
  const large = Buffer.alloc(2 << 20, 1);
  const digest = digestOf('blob', large);
  expect(await store.receiveBlob(digest, streamOf(large))).toBe('full');
  const body = { stream: streamOf(large), size: large.length };
  expect(await depot.nx(rightsFor('trusted')).put('n', body)).toBe('full');
  expect(readdirSync(join(folder.path, 'tmp'))).toEqual([]);
  const filler = Buffer.alloc(1 << 16, 2).toString('latin1');
  const statuses = await store.put(
    Array.from({ length: 40 }, (_, index) => entryOf(`key ${index}`, `<${filler}>`)),
  );
  expect(new Set(statuses)).toEqual(new Set(['stored', 'full']));
  expect(readdirSync(join(folder.path, 'tmp'))).toEqual([]);
  expect(await depot.verify()).toMatchObject({ damagedCount: 0 });
  expect((await depot.stats()).total.count).toBe(statuses.filter((it) => it === 'stored').length);
  await depot.gc({ maxSizeBytes: 0 });
  expect(await store.put([entryOf('key', '<small>')])).toEqual(['stored']);
});

test('a full store is a status, an unreachable one rejects', async () => {
  using folder = temporaryFolder();
  const clock = new SetClock();
  const objects = new DiskObjects(folder.path, { clock, randomness, timeoutMs: 30_000 });
  const store = depotOver(objects, { clock, unsigned: true }).as(rightsFor('trusted'));
  let trouble: ObjectTrouble = 'full';
  objects.put = () => Promise.reject(new ObjectError(trouble, 'as told'));
  const digest = digestOf('blob', 'b');
  expect(await store.put([entryOf('a', '<a>')])).toEqual(['full']);
  expect(await store.receiveBlob(digest, streamOf('b'))).toBe('full');
  trouble = 'unreachable';
  const rejected = { name: 'SharedStoreError', trouble };
  await expect(store.put([entryOf('a', '<a>')])).rejects.toMatchObject(rejected);
  await expect(store.receiveBlob(digest, streamOf('b'))).rejects.toMatchObject(rejected);
});
