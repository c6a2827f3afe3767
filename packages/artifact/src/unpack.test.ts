import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { digestHex, digestOf, encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import { TestFolder, mustSucceed, reasonOf } from '../test/folder.ts';
import { compressed, rawTar, tarOf } from '../test/hostile.ts';
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

test.for([
  ['traversal', '../../escaped'],
  ['traversal', `files/../../${HEX}`],
  ['traversal', `files\\..\\..\\${HEX}`],
  ['absolute', '/etc/escaped'],
  ['absolute', '\\\\server\\share'],
  ['absolute', 'C:/escaped'],
  ['case-folding', `FILES/${HEX}`],
  ['case-folding', 'Value'],
  ['unknown-entry', 'files/short'],
  ['unknown-entry', `files/${HEX}/more`],
  ['unknown-entry', `./${NAME}`],
])('D4: "%s": an entry called %s is refused', async ([reason, path]) => {
  expect(await refusalOf(compressed(tarOf([good, { path: path ?? '', content: CONTENT }])))).toBe(
    reason,
  );
});

test.for([
  ['link', 'SymbolicLink'],
  ['link', 'Link'],
  ['device', 'CharacterDevice'],
  ['device', 'BlockDevice'],
  ['device', 'FIFO'],
  ['entry-type', 'Directory'],
  ['entry-type', 'ExtendedHeader'],
  ['entry-type', 'NextFileHasLongPath'],
] as const)('D4: "%s": an entry of type %s is refused', async ([reason, type]) => {
  const entry = { path: NAME, type, linkpath: '/etc/passwd' };
  expect(await refusalOf(compressed(tarOf([entry])))).toBe(reason);
});

test('D4: "duplicate": a name that comes twice is refused', async () => {
  expect(await refusalOf(compressed(tarOf([good, good])))).toBe('duplicate');
});

test('D4: "bomb-count": more entries than the limit are refused', async () => {
  const tar = compressed(tarOf([good, { path: 'value', content: '' }]));
  expect(await refusalOf(tar, { entries: 2 })).toBe('bomb-count');
});

test('D4: "bomb-size": more bytes than the limit are refused', async () => {
  expect(await refusalOf(compressed(tarOf([good])), { bytes: 1_024 })).toBe('bomb-size');
});

test('D4: "bomb-ratio": a small file that becomes a large one is refused', async () => {
  const zeros = Buffer.alloc(32 << 20);
  const path = `files/${digestHex(digestOf('blob', zeros))}`;
  expect(await refusalOf(compressed(tarOf([{ path, content: zeros }])))).toBe('bomb-ratio');
});

test('D5: "wrong-digest": a file that is not what its name says is refused', async () => {
  expect(await refusalOf(compressed(tarOf([{ ...good, content: 'c0ntent' }])))).toBe(
    'wrong-digest',
  );
});

test('"truncated": an archive cut anywhere is refused', async () => {
  const tar = tarOf([good, { path: 'value', content: 'x'.repeat(2_000) }]);
  for (const cut of [1, 400, 512, 700, 1_030, 1_600, tar.length - 513]) {
    expect([cut, await refusalOf(tar.subarray(0, cut))]).toEqual([cut, 'truncated']);
  }
  const whole = compressed(tar);
  for (const cut of [5, 40, whole.length - 1]) {
    expect([cut, await refusalOf(whole.subarray(0, cut))]).toEqual([cut, 'truncated']);
  }
});

test('"damaged": no tar, a damaged header, something after the end is refused', async () => {
  expect(await refusalOf(Buffer.alloc(2_048, 'no tar at all '))).toBe('damaged');
  const tar = tarOf([good]);
  tar[512 + 130] = 0xff;
  expect(await refusalOf(compressed(tar))).toBe('damaged');
  const longer = Buffer.concat([tarOf([]).subarray(0, 1_024), Buffer.alloc(1_024, 1)]);
  expect(await refusalOf(compressed(longer))).toBe('damaged');
});

test('"unknown-format": an archive that does not begin with our marker is refused', async () => {
  expect(await refusalOf(compressed(rawTar([good])))).toBe('unknown-format');
  expect(await refusalOf(compressed(rawTar([])))).toBe('unknown-format');
  expect(await refusalOf(Buffer.alloc(0))).toBe('truncated');
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
