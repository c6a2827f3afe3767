import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import type { ObjectBody, ObjectHead, ObjectStore } from './objects.ts';

/** More than one part of an upload to a bucket. */
const LARGE = 17_000_000;

/** What every `ObjectStore` does; `make` gives an empty one. */
export function conformObjects(name: string, make: () => ObjectStore | Promise<ObjectStore>): void {
  test(`${name}: what was put is given back, whole, in part and as a stream`, async () => {
    const store = await make();
    for (const text of ['', 'content']) {
      const object = `a/b-1/${text.length}.c~d`;
      expect(await store.put(object, bytesBody(text))).toBe('stored');
      expect(await textOf(store, object)).toBe(text);
      expect(await store.head(object)).toMatchObject({ name: object, size: text.length });
      const read = await store.read(object, { most: 1_000 });
      expect(Buffer.from(read?.bytes ?? []).toString()).toBe(text);
      expect(read?.head).toEqual(await store.head(object));
    }
    expect(await pieceOf(store, { from: 3, most: 2 })).toBe('te');
    expect(await pieceOf(store, { from: -3, most: 100 })).toBe('ent');
    expect(await pieceOf(store, { from: -30, most: 100 })).toBe('content');
    expect(await pieceOf(store, { from: 7, most: 100 })).toBe('');
    expect(await textOf(store, 'a/b-1/7.c~d', 4)).toBe('ent');
    expect(await textOf(store, 'a/b-1/7.c~d', -2)).toBe('nt');
    const part = await store.get('a/b-1/7.c~d', { from: 1, most: 3 });
    expect(Buffer.concat((await part?.body.toArray()) ?? []).toString()).toBe('ont');
    expect(part?.size).toBe(7);
  });

  test(`${name}: P4 what is not there is missing, not an error`, async () => {
    const store = await make();
    await store.put('a/b', bytesBody('x'));
    for (const absent of ['a', 'a/c', 'a/b/c', 'b']) {
      expect(await store.get(absent)).toBeUndefined();
      expect(await store.head(absent)).toBeUndefined();
      expect(await store.read(absent, { most: 1 })).toBeUndefined();
    }
    await store.delete('a/c');
    await store.delete('z/z');
    expect(await listed(store, ['b/', 'a/b/'])).toEqual([]);
  });

  test(`${name}: bytes, a file and a stream are stored alike, large ones too`, async () => {
    using folder = temporaryFolder();
    const store = await make();
    for (const size of [1_000, LARGE]) {
      const content = Buffer.alloc(size, 'some content ');
      const path = join(folder.path, 'file');
      writeFileSync(path, content);
      const bodies: readonly ObjectBody[] = [
        { kind: 'bytes', bytes: content },
        { kind: 'file', path, size },
        { kind: 'stream', open: () => Readable.from(chunksOf(content)), size },
      ];
      for (const body of bodies) {
        expect(await store.put(`one/${body.kind}`, body)).toBe('stored');
        expect(await hashOf(store, `one/${body.kind}`)).toBe(sha256(content));
      }
    }
  });

  test(`${name}: put replaces, unless it is for an absent name only`, async () => {
    const store = await make();
    expect(await store.put('n', bytesBody('one'))).toBe('stored');
    const first = await store.head('n');
    expect(await store.put('n', bytesBody('two'), { durable: true })).toBe('stored');
    expect((await store.head('n'))?.stamp).not.toBe(first?.stamp);
    expect(await store.put('n', bytesBody('three'), { ifAbsent: true })).toBe('exists');
    expect(await textOf(store, 'n')).toBe('two');
    await store.delete('n');
    expect(await store.put('n', bytesBody('four'), { ifAbsent: true })).toBe('stored');
    expect(await textOf(store, 'n')).toBe('four');
  });

  test(`${name}: of many that put for an absent name at once, one stores`, async () => {
    const store = await make();
    const texts = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.all(
      texts.map((text) => store.put('d/n', bytesBody(text), { ifAbsent: true })),
    );
    expect(outcomes.filter((it) => it === 'stored')).toHaveLength(1);
    expect(await textOf(store, 'd/n')).toBe(texts[outcomes.indexOf('stored')]);
  });

  test(`${name}: a body that breaks, ends early or goes on leaves nothing`, async () => {
    const store = await make();
    const broken = new Error('the line went dead');
    const breaking = async function* () {
      yield Buffer.from('some');
      throw broken;
    };
    const put = (stream: Readable, size: number) =>
      store.put('n/m', { kind: 'stream', open: () => stream, size });
    await expect(put(Readable.from(breaking()), 10)).rejects.toMatchObject({
      trouble: 'body',
      cause: broken,
    });
    const content = Buffer.alloc(LARGE, 1);
    for (const size of [LARGE - 1, LARGE + 1]) {
      await expect(put(Readable.from(chunksOf(content)), size)).rejects.toMatchObject({
        trouble: 'body',
      });
    }
    expect(await store.head('n/m')).toBeUndefined();
    expect(await listed(store, ['n/'])).toEqual([]);
  });

  test(`${name}: what lies below the folders is listed, each once`, async () => {
    const store = await make();
    const names = ['a/1', 'a/2/3', 'a/2/4', 'ab/1', 'b/c/d/e', 'c'];
    for (const object of names) await store.put(object, bytesBody(object));
    expect(await listed(store, ['a/'])).toEqual(['a/1', 'a/2/3', 'a/2/4']);
    expect(await listed(store, ['a/2/', 'b/', 'x/'])).toEqual(['a/2/3', 'a/2/4', 'b/c/d/e']);
    for await (const head of store.list(['b/'])) expect(head).toEqual(await store.head(head.name));
  });

  test(`${name}: what lies below very many folders is listed`, async () => {
    const store = await make();
    const folderOf = (index: number) => `k/${String(index * 7).padStart(4, '0')}/`;
    const present = [0, 3, 4, 5, 90, 91, 239];
    for (const index of present) {
      await store.put(`${folderOf(index)}x`, bytesBody('x'));
      await store.put(`${folderOf(index)}y`, bytesBody('y'));
      await store.put(`k/${String(index * 7 + 1).padStart(4, '0')}/z`, bytesBody('z'));
    }
    const found = await listed(
      store,
      Array.from({ length: 240 }, (_, index) => folderOf(index)),
    );
    expect(found).toEqual(present.flatMap((it) => [`${folderOf(it)}x`, `${folderOf(it)}y`]));
  });

  test(`${name}: an object is deleted, but not one that took its place`, async () => {
    const store = await make();
    await store.put('n', bytesBody('one'));
    const stamp = (await store.head('n'))?.stamp ?? '';
    await store.put('n', bytesBody('two!'));
    await store.delete('n', { stamp });
    expect(await textOf(store, 'n')).toBe('two!');
    await store.delete('n', { stamp: (await store.head('n'))?.stamp ?? '' });
    expect(await store.head('n')).toBeUndefined();
  });

  test.for([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/./b',
    'a\0b',
    'A',
    'a b',
    'a\\b',
    'C:',
    'a/b.',
    '.a',
    'tmp/a',
    'tmp',
    'ä',
    'a'.repeat(201),
    'a/'.repeat(300) + 'a',
  ])(`${name}: %j is no name`, async (bad) => {
    const store = await make();
    const refused = { trouble: 'name' };
    await expect(store.get(bad)).rejects.toMatchObject(refused);
    await expect(store.read(bad, { most: 1 })).rejects.toMatchObject(refused);
    await expect(store.head(bad)).rejects.toMatchObject(refused);
    await expect(store.put(bad, bytesBody('x'))).rejects.toMatchObject(refused);
    await expect(store.delete(bad)).rejects.toMatchObject(refused);
    await expect(listed(store, [`${bad}/`])).rejects.toMatchObject(refused);
  });

  test(`${name}: a call that was given up does nothing, and says so`, async () => {
    const store = await make();
    const signal = AbortSignal.abort();
    const given = { trouble: 'aborted' };
    await expect(store.get('n', { signal })).rejects.toMatchObject(given);
    await expect(store.head('n', { signal })).rejects.toMatchObject(given);
    await expect(store.put('n', bytesBody('x'), { signal })).rejects.toMatchObject(given);
    expect(await store.head('n')).toBeUndefined();
  });

  test(`${name}: a put can be given up on the way`, async () => {
    const store = await make();
    const giveUp = new AbortController();
    const stream = new Readable({ read() {} });
    stream.push(Buffer.from('some'));
    const put = store.put(
      'n',
      { kind: 'stream', open: () => stream, size: 10 },
      { signal: giveUp.signal },
    );
    setImmediate(() => giveUp.abort());
    await expect(put).rejects.toMatchObject({ trouble: 'aborted' });
    expect(await store.head('n')).toBeUndefined();
  });
}

export function bytesBody(text: string): ObjectBody {
  return { kind: 'bytes', bytes: Buffer.from(text) };
}

export async function textOf(store: ObjectStore, name: string, from = 0): Promise<string> {
  return (await contentOf(store, name, from)).toString();
}

async function contentOf(store: ObjectStore, name: string, from = 0): Promise<Buffer> {
  const found = await store.get(name, { from });
  if (found === undefined) throw new Error(`"${name}" is missing`);
  return Buffer.concat(await found.body.toArray());
}

async function hashOf(store: ObjectStore, name: string): Promise<string> {
  return sha256(await contentOf(store, name));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function pieceOf(
  store: ObjectStore,
  range: { readonly from: number; readonly most: number },
): Promise<string> {
  const found = await store.read('a/b-1/7.c~d', range);
  return Buffer.from(found?.bytes ?? []).toString();
}

async function listed(store: ObjectStore, folders: readonly string[]): Promise<string[]> {
  const heads: ObjectHead[] = [];
  for await (const head of store.list(folders)) heads.push(head);
  return heads.map((it) => it.name).toSorted();
}

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}
