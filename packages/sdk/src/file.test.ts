import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { decode, encode } from '@skein/values';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { File } from './file.ts';
import { createRegistry, reviveReference } from './registry.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a file is made of a path, and read in every way', async () => {
  const file = await File.from(written('a.json', '{"a":1}'));
  expect([file.name, file.size]).toEqual(['a.json', 7]);
  expect(await file.text()).toBe('{"a":1}');
  expect(await file.json<{ a: number }>()).toEqual({ a: 1 });
  expect(await file.bytes()).toEqual(new Uint8Array(Buffer.from('{"a":1}')));
  expect(basename(await file.path())).toBe('a.json');
  const chunks: Buffer[] = await Array.fromAsync(await file.stream());
  expect(Buffer.concat(chunks).toString()).toBe('{"a":1}');
});

test('it is a copy: what becomes of the source does not matter', async () => {
  const path = written('a.txt', 'before');
  const file = await File.from(path);
  writeFileSync(path, 'after');
  expect(await file.text()).toBe('before');
});

test('bytes and streams are content too', async () => {
  const bytes = Buffer.from('content');
  const sources = [
    bytes,
    new Uint8Array(bytes),
    new Uint8Array(bytes).buffer,
    Readable.from([Buffer.from('con'), Buffer.from('tent')]),
    Readable.toWeb(Readable.from([bytes])) as AsyncIterable<Uint8Array>,
    pathToFileURL(written('file', 'content')),
  ];
  const files = await Promise.all(sources.map((source) => File.from(source)));
  expect(new Set(files.map(({ digest }) => digest)).size).toBe(1);
  expect(new Set(files.map(({ name }) => name))).toEqual(new Set(['file']));
});

test('V6: it counts by content and name, not by where it came from', async () => {
  const one = await File.from(written('a.txt', 'same'));
  const other = await File.from(Buffer.from('same'), { name: 'a.txt' });
  const renamed = await File.from(Buffer.from('same'), { name: 'b.txt' });
  expect(encode(other)).toEqual(encode(one));
  expect(encode(renamed)).not.toEqual(encode(one));
});

test('it crosses the encoding as a file', async () => {
  const file = await File.from(Buffer.from('abc'), { name: 'a' });
  const registry = createRegistry();
  const revive = (reference: Parameters<typeof reviveReference>[0]) =>
    reviveReference(reference, registry);
  const { copy } = decode(encode({ copy: file }), { revive }) as { copy: File };
  expect(copy).toBeInstanceOf(File);
  expect(await copy.text()).toBe('abc');
});

test('a name that is none is refused', async () => {
  for (const name of ['', '..', 'a/b', 'a\0']) {
    await expect(File.from(Buffer.from(''), { name })).rejects.toMatchObject({
      code: 'unsafe-path',
    });
  }
});

test('a path that leads nowhere rejects with the error of the file system', async () => {
  await expect(File.from(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
