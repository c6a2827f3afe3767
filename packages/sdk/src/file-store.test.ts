import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { digestHex, digestOf, dirReference, fileReference } from '@skein/values';
import type { Digest, DirReference } from '@skein/values';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileStore } from './file-store.ts';
import type { FileStoreOptions } from './file-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const digestOfText = (text: string): Digest => digestOf('blob', bytesOf(text));
const open = (options?: FileStoreOptions) => createFileStore(join(folder, 'files'), options);
const looseIn = (digest: Digest): string => {
  const hex = digestHex(digest);
  return join(folder, 'files', hex.slice(0, 2), hex);
};
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const temporaries = (): string[] => readdirSync(join(folder, 'files', 'tmp'));

/** As a disk that goes bad: the size stays. */
function damage(path: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, 'x'.repeat(statSync(path).size));
}

async function* inChunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytesOf(text);
}

describe('putting', () => {
  test('a file is kept read-only under the SHA-256 of its content', async () => {
    const store = open();
    const { digest, size } = await store.putBytes(bytesOf('hello'));
    const hex = createHash('sha256').update('hello').digest('hex');
    expect({ digest, size }).toEqual({ digest: `${hex}-5`, size: 5 });
    expect(readFileSync(looseIn(digest), 'utf8')).toBe('hello');
    expect(modeOf(looseIn(digest))).toBe(0o444);
    expect(temporaries()).toEqual([]);
  });

  test('bytes, streams and paths of equal content are one file', async () => {
    const store = open();
    const path = join(folder, 'source.txt');
    writeFileSync(path, 'hello');
    const stored = await Promise.all([
      store.putBytes(bytesOf('hello')),
      store.putStream(inChunks('he', '', 'llo')),
      store.putPath(path),
    ]);
    expect(new Set(stored.map(({ digest }) => digest)).size).toBe(1);
    expect(readdirSync(join(folder, 'files')).toSorted()).toEqual(['2c', 'tmp']);
    expect(temporaries()).toEqual([]);
  });

  test('large files are copied without being read at once', async () => {
    const store = open();
    const path = join(folder, 'large');
    const content = Buffer.alloc(3 * 1024 * 1024, 'skein ');
    writeFileSync(path, content);
    const { digest, size } = await store.putPath(path);
    expect(size).toBe(content.length);
    expect(digest).toBe(digestOf('blob', content));
    expect(readFileSync(looseIn(digest)).equals(content)).toBe(true);
  });

  test('known content is not written again', async () => {
    const { digest } = await open().putBytes(bytesOf('hello'));
    const { ino } = statSync(looseIn(digest));
    await open().putBytes(bytesOf('hello'));
    await open().putStream(inChunks('hello'));
    expect(statSync(looseIn(digest)).ino).toBe(ino);
  });

  test('a file of the wrong size is replaced', async () => {
    const { digest } = await open().putBytes(bytesOf('hello'));
    chmodSync(looseIn(digest), 0o644);
    writeFileSync(looseIn(digest), 'hel');
    await open().putBytes(bytesOf('hello'));
    expect(readFileSync(looseIn(digest), 'utf8')).toBe('hello');
  });

  test('a stream that fails leaves nothing behind', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield bytesOf('he');
      throw new Error('connection lost');
    };
    await expect(open().putStream(broken())).rejects.toThrow('connection lost');
    const texts = (async function* () {
      yield 'text';
    })() as unknown as AsyncIterable<Uint8Array>;
    await expect(open().putStream(texts)).rejects.toThrow(TypeError);
    expect(readdirSync(join(folder, 'files'))).toEqual(['tmp']);
    expect(temporaries()).toEqual([]);
  });
});

describe('finding', () => {
  test('D5: what is damaged is removed and missing', async () => {
    const { digest } = await open().putBytes(bytesOf('hello'));
    damage(looseIn(digest));
    const store = open();
    expect(await store.has(digest)).toBe(false);
    expect(await store.locate(digest)).toBeUndefined();
    expect(existsSync(looseIn(digest))).toBe(false);
    await store.putBytes(bytesOf('hello'));
    expect(await store.locate(digest)).toBe(looseIn(digest));
  });

  test('D6: what was deleted meanwhile is missing', async () => {
    const store = open();
    const { digest } = await store.putBytes(bytesOf('hello'));
    expect(await store.has(digest)).toBe(true);
    rmSync(join(folder, 'files'), { recursive: true });
    expect(await store.has(digest)).toBe(false);
    await store.putBytes(bytesOf('hello'));
    expect(await store.has(digest)).toBe(true);
  });

  test('missing content is fetched once, whoever asks', async () => {
    const asked: Digest[] = [];
    const store = open({
      fetch: async (digest) => {
        asked.push(digest);
        await store.putBytes(bytesOf('far'));
        return true;
      },
    });
    const digest = digestOfText('far');
    expect(await store.has(digest)).toBe(false);
    const paths = await Promise.all([
      store.pathOf(fileReference({ name: 'a.txt', digest })),
      store.pathOf(fileReference({ name: 'b.txt', digest })),
    ]);
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['far', 'far']);
    expect(asked).toEqual([digest]);
  });

  test('what is nowhere is a failure with its name and digest', async () => {
    const digest = digestOfText('gone');
    const reference = fileReference({ name: 'a.txt', digest });
    const failure = { code: 'content-missing', headline: "the content of 'a.txt' is gone" };
    await expect(open().pathOf(reference)).rejects.toMatchObject({ failure });
    await expect(open({ fetch: async () => false }).pathOf(reference)).rejects.toMatchObject({
      failure,
    });
    await expect(open({ fetch: async () => true }).pathOf(reference)).rejects.toMatchObject({
      failure,
    });
  });
});

describe('pathOf', () => {
  test('gives a read-only file of the name of the reference', async () => {
    const store = open();
    const { digest } = await store.putBytes(bytesOf('hello'));
    const path = await store.pathOf(fileReference({ name: 'ü 1.txt', digest }));
    expect(basename(path)).toBe('ü 1.txt');
    expect(readFileSync(path, 'utf8')).toBe('hello');
    expect(modeOf(path)).toBe(0o444);
    expect(await open().pathOf(fileReference({ name: 'ü 1.txt', digest }))).toBe(path);
  });

  test('follows the content where it was damaged and came again', async () => {
    const reference = fileReference({ name: 'a', digest: digestOfText('hello') });
    const first = open();
    await first.putBytes(bytesOf('hello'));
    damage(await first.pathOf(reference));
    const second = open({
      fetch: async () => {
        await second.putBytes(bytesOf('hello'));
        return true;
      },
    });
    expect(readFileSync(await second.pathOf(reference), 'utf8')).toBe('hello');
  });

  test('a name that would leave its folder is made harmless', async () => {
    const store = open();
    const { digest } = await store.putBytes(bytesOf('hello'));
    const named = join(folder, 'files', 'named', digestHex(digest));
    for (const name of ['../../escape', '..', '', 'a/b', 'a\\b', 'x'.repeat(300)]) {
      const path = await store.pathOf({ kind: 'file', name, size: 5, digest });
      expect(join(named, basename(path))).toBe(path);
      expect(readFileSync(path, 'utf8')).toBe('hello');
    }
  });
});

describe('folderOf', () => {
  async function sample(store = open()) {
    const text = await store.putBytes(bytesOf('text'));
    const tool = await store.putBytes(bytesOf('#!'));
    return dirReference([
      { path: 'data/a.txt', ...text, executable: false },
      { path: 'data/deep/b.txt', ...text, executable: false },
      { path: 'run', ...tool, executable: true },
    ]);
  }

  test('gives a folder of read-only files at their paths', async () => {
    const store = open();
    const path = await store.folderOf(await sample(store));
    expect(readFileSync(join(path, 'data/deep/b.txt'), 'utf8')).toBe('text');
    expect(modeOf(join(path, 'data/a.txt'))).toBe(0o444);
    expect(modeOf(join(path, 'run'))).toBe(0o555);
    expect(temporaries()).toEqual([]);
  });

  test('is made once, and by whoever comes first', async () => {
    const store = open();
    const reference = await sample(store);
    const paths = await Promise.all([
      store.folderOf(reference),
      store.folderOf(reference),
      open().folderOf(reference),
    ]);
    expect(new Set(paths).size).toBe(1);
    const { ino } = statSync(paths[0]);
    expect(statSync(await open().folderOf(reference)).ino).toBe(ino);
    expect(temporaries()).toEqual([]);
  });

  test('D5: a damaged, incomplete or enlarged folder is made again', async () => {
    const reference = await sample();
    const path = await open().folderOf(reference);
    damage(join(path, 'run'));
    expect(readFileSync(join(await open().folderOf(reference), 'run'), 'utf8')).toBe('#!');
    rmSync(join(path, 'data/a.txt'));
    expect(readFileSync(join(await open().folderOf(reference), 'data/a.txt'), 'utf8')).toBe('text');
    writeFileSync(join(path, 'data/more'), '');
    expect(existsSync(join(await open().folderOf(reference), 'data/more'))).toBe(false);
  });

  test('an empty directory is a folder too', async () => {
    expect(readdirSync(await open().folderOf(dirReference([])))).toEqual([]);
  });

  test('missing content is a failure, and asking again may succeed', async () => {
    const store = open();
    const entry = { path: 'a', digest: digestOfText('late'), size: 4, executable: false };
    const reference = dirReference([entry]);
    await expect(store.folderOf(reference)).rejects.toMatchObject({
      failure: { code: 'content-missing' },
    });
    await store.putBytes(bytesOf('late'));
    expect(readdirSync(await store.folderOf(reference))).toEqual(['a']);
  });

  /** As a program without our checks makes one: what encoded ones are, `values` refuses. */
  function forged(...paths: readonly string[]): DirReference {
    const entries = paths.map((path) => ({
      path,
      digest: digestOfText('text'),
      size: 4,
      executable: false,
    }));
    return { kind: 'dir', digest: dirReference([]).digest, entries };
  }

  test.each([
    ['../escaped'],
    ['a/../../escaped'],
    ['/etc/escaped'],
    ['a\\..\\escaped'],
    ['a\0b'],
    [''],
    ['a', 'A'],
    ['a', 'a/b'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('D4: a forged folder with %j is refused, and nothing is written', async (...paths) => {
    const store = open();
    await store.putBytes(bytesOf('text'));
    await expect(store.folderOf(forged(...paths))).rejects.toMatchObject({
      failure: { code: 'dir-entry-refused' },
    });
    expect(existsSync(join(folder, 'files', 'dirs'))).toBe(false);
    expect(temporaries()).toEqual([]);
  });

  test('D5: a forged folder under the digest of another one does not take its place', async () => {
    const store = open();
    await store.putBytes(bytesOf('text'));
    await expect(store.folderOf(forged('a'))).rejects.toMatchObject({
      failure: { code: 'dir-entry-refused' },
    });
    expect(readdirSync(await store.folderOf(dirReference([])))).toEqual([]);
  });

  test('D4: a path that is too long below the state is refused with its code', async () => {
    const store = open();
    const text = await store.putBytes(bytesOf('text'));
    const path = `${`${'x'.repeat(250)}/`.repeat(16)}${'y'.repeat(70)}`;
    const reference = dirReference([{ path, ...text, executable: false }]);
    await expect(store.folderOf(reference)).rejects.toMatchObject({
      failure: { code: 'dir-entry-refused' },
    });
    expect(temporaries()).toEqual([]);
  });
});
