import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { conformBlobStore } from './blob-store.conformance.ts';
import { DiskBlobs } from './disk.ts';
import { type FarBlobs, LayeredBlobs } from './layered-blobs.ts';

let names = 0;
const randomness = { hex: () => `name-${(names += 1)}` };

/** Far blobs that are told; what is opened and asked for is noted. */
class ToldBlobs implements FarBlobs {
  readonly bodies = new Map<Digest, () => Readable>();
  readonly opened: Digest[] = [];
  readonly asked: (readonly Digest[])[] = [];

  add(content: string, body = () => Readable.from([Buffer.from(content)])): Digest {
    const digest = digestOf('blob', content);
    this.bodies.set(digest, body);
    return digest;
  }

  hasMany(digests: readonly Digest[]): Promise<ReadonlySet<Digest>> {
    this.asked.push(digests);
    return Promise.resolve(new Set(digests.filter((digest) => this.bodies.has(digest))));
  }

  open(digest: Digest): Promise<Readable | undefined> {
    this.opened.push(digest);
    return Promise.resolve(this.bodies.get(digest)?.());
  }
}

function layered(folder: string, far: FarBlobs): { near: DiskBlobs; blobs: LayeredBlobs } {
  const near = new DiskBlobs(folder, { randomness });
  const temporary = join(folder, 'tmp');
  return { near, blobs: new LayeredBlobs({ near, far, temporary, randomness }) };
}

conformBlobStore('layered', (folder) => layered(folder, new ToldBlobs()).blobs, temporaryFolder);

test('what is read is fetched once, however many ask, and is near then', async () => {
  using folder = temporaryFolder();
  const far = new ToldBlobs();
  const { near, blobs } = layered(folder.path, far);
  const digest = far.add('content');
  expect(await near.has(digest)).toBe(false);
  const [bytes, path, isBrought] = await Promise.all([
    blobs.get(digest),
    blobs.path(digest),
    blobs.bring(digest),
  ]);
  expect(Buffer.from(bytes ?? []).toString()).toBe('content');
  expect(readFileSync(path ?? '', 'utf8')).toBe('content');
  expect(isBrought).toBe(true);
  expect(await near.has(digest)).toBe(true);
  expect(far.opened).toEqual([digest]);
});

test('what is near is asked of nobody', async () => {
  using folder = temporaryFolder();
  const far = new ToldBlobs();
  const { blobs } = layered(folder.path, far);
  const digest = await blobs.put(Buffer.from('mine'));
  expect(await blobs.has(digest)).toBe(true);
  expect(await blobs.bring(digest)).toBe(true);
  expect(await blobs.hasMany([digest])).toEqual(new Set([digest]));
  expect(far.asked).toEqual([]);
  expect(far.opened).toEqual([]);
});

test('many are asked for in one question, which fetches nothing', async () => {
  using folder = temporaryFolder();
  const far = new ToldBlobs();
  const { blobs } = layered(folder.path, far);
  const here = await blobs.put(Buffer.from('here'));
  const there = far.add('there');
  const nowhere = digestOf('blob', 'nowhere');
  expect(await blobs.hasMany([here, there, nowhere])).toEqual(new Set([here, there]));
  expect(far.asked).toEqual([[there, nowhere]]);
  expect(far.opened).toEqual([]);
});

test.each<readonly [string, () => Readable]>([
  ['other bytes', () => Readable.from([Buffer.from('contend')])],
  ['fewer bytes', () => Readable.from([Buffer.from('cont')])],
  ['more bytes', () => Readable.from([Buffer.from('content'), Buffer.from('!')])],
  ['no end', () => Readable.from(endless())],
  ['a break', () => Readable.from(broken())],
])('P4 D5: a far blob with %s is a miss that leaves nothing', async (_, body) => {
  using folder = temporaryFolder();
  const far = new ToldBlobs();
  const { near, blobs } = layered(folder.path, far);
  const digest = far.add('content', body);
  expect(await blobs.get(digest)).toBeUndefined();
  expect(await blobs.bring(digest)).toBe(false);
  expect(await near.has(digest)).toBe(false);
  expect(existsSync(join(folder.path, 'blobs'))).toBe(false);
  expect(readdirSync(join(folder.path, 'tmp'))).toEqual([]);
});

test('P4: where nothing can be written here, a far blob is a miss', async () => {
  using folder = temporaryFolder();
  const far = new ToldBlobs();
  const near = new DiskBlobs(folder.path, { randomness });
  const temporary = '/dev/null/folder';
  const blobs = new LayeredBlobs({ near, far, temporary, randomness });
  expect(await blobs.get(far.add('content'))).toBeUndefined();
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(1_024);
}

async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.from('cont');
  throw new Error('broken off');
}
