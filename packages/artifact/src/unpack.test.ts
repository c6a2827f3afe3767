import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { digestHex, digestOf, encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import { TestFolder, mustSucceed, reasonOf } from '../test/folder.ts';
import { compressed, tarOf } from '../test/hostile.ts';
import { packArtifact } from './pack.ts';
import { readValue, unpackArtifact } from './unpack.ts';
import type { UnpackRequest } from './unpack.ts';

const CONTENT = 'content';
const HEX = digestHex(digestOf('blob', CONTENT));
const NAME = `files/${HEX}`;
const good = { path: NAME, content: CONTENT };

/** Unpacks hostile bytes in a folder of their own; whatever happens, nothing may be left. */
async function refusalOf(
  bytes: Uint8Array,
  limits: UnpackRequest['limits'] = {},
): Promise<string | undefined> {
  using folder = new TestFolder();
  const archive = folder.at('archive');
  writeFileSync(archive, bytes);
  const into = folder.at('staging/deep');
  const reason = reasonOf(await unpackArtifact(archive, { files: 'all', into, limits }));
  expect(readdirSync(into)).toEqual([]);
  expect(readdirSync(folder.path).sort()).toEqual(['archive', 'staging']);
  return reason;
}

test('D4: "bomb-size": more bytes than the limit are refused', async () => {
  expect(await refusalOf(compressed(tarOf([good])), { bytes: 1_024 })).toBe('bomb-size');
});

test('"truncated": an archive cut anywhere is refused', async () => {
  const tar = tarOf([{ path: 'value', content: 'x'.repeat(2_000) }, good]);
  for (const cut of [1, 400, 512, 700, 1_030, 1_600, 3_100, 3_590, tar.length - 513]) {
    expect([cut, await refusalOf(tar.subarray(0, cut))]).toEqual([cut, 'truncated']);
  }
  const whole = compressed(tar);
  for (const cut of [5, 40, whole.length - 1]) {
    expect([cut, await refusalOf(whole.subarray(0, cut))]).toEqual([cut, 'truncated']);
  }
});

test('"missing": an archive without a file that is asked for is refused', async () => {
  using folder = new TestFolder();
  const archive = folder.at('archive');
  writeFileSync(archive, compressed(tarOf([good])));
  const unpack = async (text: string) =>
    reasonOf(
      await unpackArtifact(archive, {
        files: [digestOf('blob', CONTENT), digestOf('blob', text)],
        into: folder.at(`staging-${text}`),
      }),
    );
  expect(await unpack('absent')).toBe('missing');
  expect(readdirSync(folder.at('staging-absent'))).toEqual([]);
});

test('a file that lies in the staging directory already is not touched', async () => {
  using folder = new TestFolder();
  const packed = mustSucceed(await packArtifact({ files: [folder.file(CONTENT)] }, folder.path));
  writeFileSync(folder.at(HEX), 'mine');
  const unpacked = await unpackArtifact(packed.path, { files: 'all', into: folder.path });
  expect(reasonOf(unpacked)).toBe('state-unwritable');
  expect(readFileSync(folder.at(HEX), 'utf8')).toBe('mine');
});

test('a value that is not there, or is another, is refused', async () => {
  using folder = new TestFolder();
  const value = encode('value');
  const files = [folder.file(CONTENT)];
  const without = mustSucceed(await packArtifact({ files }, folder.path));
  expect(reasonOf(await readValue(without.path, inputDigest(value)))).toBe('missing');
  const withValue = mustSucceed(await packArtifact({ value, files }, folder.path));
  const other = inputDigest(encode('other'));
  expect(reasonOf(await readValue(withValue.path, other))).toBe('wrong-digest');
  expect(reasonOf(await readValue(folder.at('absent'), other))).toBe('state-unwritable');
});

test('an artifact of format 1 reads as it did when it was written', async () => {
  using folder = new TestFolder();
  const golden = new URL('../golden/artifact-v1', import.meta.url).pathname;
  expect(existsSync(golden)).toBe(true);
  const value = encode({ golden: 'value' });
  expect(mustSucceed(await readValue(golden, inputDigest(value)))).toEqual(Buffer.from(value));
  const into = folder.at('staging');
  const unpacked = mustSucceed(await unpackArtifact(golden, { files: 'all', into }));
  const contents = ['', 'golden file\n', 'x'.repeat(100_000)];
  expect([...unpacked.keys()]).toEqual(contents.map((text) => digestOf('blob', text)).sort());
});
