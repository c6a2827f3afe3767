import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { digestOf, encode, inputDigest } from '@skein/values';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TestFolder, mustSucceed, reasonOf } from '../test/folder.ts';
import { packArtifact } from './pack.ts';
import { readValue, unpackArtifact } from './unpack.ts';

test('D3: equal content gives equal bytes, whatever its order, names and times', async () => {
  using folder = new TestFolder();
  const contents = ['one', 'two', '', 'x'.repeat(200_000)];
  const value = encode({ files: 4 });
  const there = contents.map((content) => folder.file(content));
  const again = contents.toReversed().map((content) => folder.file(content));
  const first = mustSucceed(await packArtifact({ value, files: there }, folder.path));
  const second = mustSucceed(
    await packArtifact({ value, files: [...again, ...there] }, folder.path),
  );
  expect(second.digest).toBe(first.digest);
  expect(second.path).not.toBe(first.path);
  expect(readFileSync(second.path).equals(readFileSync(first.path))).toBe(true);
  expect(first.digest).toBe(digestOf('blob', readFileSync(first.path)));
  expect(first.size).toBe(statSync(first.path).size);
});

test('D3: the tar holds marker, value and files by digest, without owner or times', async () => {
  using folder = new TestFolder();
  const files = ['b', 'a', 'c'].map((content) => folder.file(content));
  const packed = mustSucceed(await packArtifact({ value: encode(1), files }, folder.path));
  const tar = zstdDecompressSync(readFileSync(packed.path));
  const names = ['skein-artifact-v1', 'value'];
  const hexes = files.map(({ digest }) => `files/${digest.slice(0, 64)}`).sort();
  const headers = [0, 512, 1_536, 2_560, 3_584].map((at) => tar.subarray(at, at + 512));
  expect(headers.map((header) => header.toString('latin1').split('\0')[0])).toEqual([
    ...names,
    ...hexes,
  ]);
  for (const header of headers) {
    expect(header.toString('latin1', 100, 124).replaceAll('\0', ' ')).toBe(
      '000644  000000  000000  ',
    );
    expect(Number.parseInt(header.toString('latin1', 136, 147), 8) || 0).toBe(0);
    expect(header.subarray(265, 329).every((byte) => byte === 0)).toBe(true);
  }
});

test('what was packed is unpacked: value and files, big ones too', async () => {
  using folder = new TestFolder();
  const big = Array.from({ length: 400_000 }, (_, line) => `${line}\n`).join('');
  const files = [folder.file(big), folder.file(''), folder.file('small')];
  const value = encode(['a', 'value']);
  const packed = mustSucceed(await packArtifact({ value, files }, folder.path));
  expect(packed.size).toBeLessThan(big.length / 2);
  expect(mustSucceed(await readValue(packed.path, inputDigest(value)))).toEqual(Buffer.from(value));
  const into = folder.at('staging');
  const unpacked = mustSucceed(await unpackArtifact(packed.path, { files: 'all', into }));
  expect([...unpacked.keys()].sort()).toEqual(files.map(({ digest }) => digest).sort());
  for (const { digest, path } of files) {
    const target = unpacked.get(digest) ?? '';
    expect(readFileSync(target).equals(readFileSync(path))).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o444);
  }
});

test('only the files that are asked for are unpacked', async () => {
  using folder = new TestFolder();
  const [one, two] = [folder.file('one'), folder.file('two')];
  const packed = mustSucceed(await packArtifact({ files: [one, two] }, folder.path));
  const into = folder.at('staging');
  const unpacked = mustSucceed(await unpackArtifact(packed.path, { files: [two.digest], into }));
  expect([...unpacked.keys()]).toEqual([two.digest]);
  expect(readdirSync(into)).toEqual([two.digest.slice(0, 64)]);
});

test('content that compresses beyond belief is stored as it is, and reads', async () => {
  using folder = new TestFolder();
  const zeros = folder.file(Buffer.alloc(40 << 20));
  const packed = mustSucceed(await packArtifact({ files: [zeros] }, folder.path));
  expect(packed.size).toBeGreaterThan(40 << 20);
  const into = folder.at('staging');
  const unpacked = mustSucceed(await unpackArtifact(packed.path, { files: 'all', into }));
  expect(unpacked.has(zeros.digest)).toBe(true);
});

test('D4: a file that changed, shrank or went away is refused; nothing is left', async () => {
  using folder = new TestFolder();
  const into = folder.at('packed');
  const changed = folder.file('before');
  writeFileSync(changed.path, 'after!');
  const shorter = folder.file('before');
  writeFileSync(shorter.path, 'be');
  const gone = folder.file('gone');
  rmSync(gone.path);
  mkdirSync(into);
  const pack = async (file: typeof gone) => reasonOf(await packArtifact({ files: [file] }, into));
  expect(await pack(changed)).toBe('wrong-digest');
  expect(await pack(shorter)).toBe('wrong-digest');
  expect(await pack(gone)).toBe('missing');
  expect(readdirSync(into)).toEqual([]);
});

test('a directory that cannot be written is a failure with its code', async () => {
  using folder = new TestFolder();
  const { path } = folder.file('no directory');
  expect(reasonOf(await packArtifact({ files: [] }, path))).toBe('state-unwritable');
});
