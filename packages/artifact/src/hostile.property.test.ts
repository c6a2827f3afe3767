import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { digestOf, encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import { TestFolder, mustSucceed, reasonOf } from '../test/folder.ts';
import { HOSTILE } from '../test/hostile-archives.ts';
import { packArtifact } from './pack.ts';
import { readValue, unpackArtifact } from './unpack.ts';

const value = encode({ of: 'a value', numbers: [1, 2, 3] });
const expected = inputDigest(value);
const contents = ['', 'content', 'x'.repeat(700), Array.from({ length: 300 }, String).join(',')];
const digests = contents.map((content) => digestOf('blob', content)).sort();
const reasons = new Set(Object.keys(HOSTILE));
/** Prime: every offset within a field has its turn. */
const STEP = 5;

/** A change of a place, given as a share of the whole. */
type Damage =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly at: number; readonly count: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly count: number };

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 600 });
const count = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.constantFrom(512, 1_024));
const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip'), at, bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('write'), at, bytes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('insert'), at, bytes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut'), at, count }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat'), at, count }) },
);

function damaged(whole: Buffer, by: Damage): Buffer {
  const place = Math.floor(by.at * whole.length);
  const before = whole.subarray(0, place);
  switch (by.kind) {
    case 'flip': {
      const copy = Buffer.from(whole);
      copy[place] = (copy[place] ?? 0) ^ (1 << by.bit);
      return copy;
    }
    case 'write':
      return Buffer.concat([before, by.bytes, whole.subarray(place + by.bytes.length)]);
    case 'insert':
      return Buffer.concat([before, by.bytes, whole.subarray(place)]);
    case 'cut':
      return Buffer.concat([before, whole.subarray(place + by.count)]);
    case 'repeat':
      return Buffer.concat([
        before,
        whole.subarray(place, place + by.count),
        whole.subarray(place),
      ]);
  }
}

async function packed(folder: TestFolder): Promise<Buffer> {
  const files = contents.map((content) => folder.file(content));
  return readFileSync(mustSucceed(await packArtifact({ value, files }, folder.path)).path);
}

/**
 * Whether both readers take the bytes. Whatever they are: nothing is thrown, a refusal has a code
 * that is documented, and what is taken is what was packed.
 */
async function isTaken(archiveBytes: Buffer): Promise<boolean> {
  using folder = new TestFolder();
  const archive = folder.at('archive');
  writeFileSync(archive, archiveBytes);
  const into = folder.at('staging');
  const unpacked = await unpackArtifact(archive, { files: 'all', into });
  if (unpacked.ok) {
    expect([...unpacked.value.keys()].sort()).toEqual(digests);
    for (const [digest, path] of unpacked.value) {
      expect(digestOf('blob', readFileSync(path))).toBe(digest);
    }
  } else {
    expect(reasons).toContain(reasonOf(unpacked));
    expect(readdirSync(into)).toEqual([]);
  }
  expect(readdirSync(folder.path).sort()).toEqual(['archive', 'staging']);
  const read = await readValue(archive, expected);
  if (read.ok) expect(Buffer.compare(read.value, value)).toBe(0);
  else expect(reasons).toContain(reasonOf(read));
  return unpacked.ok && read.ok;
}

test('D4 D5: a plain archive that was changed anywhere is refused', async () => {
  using folder = new TestFolder();
  const whole = zstdDecompressSync(await packed(folder));
  expect(await isTaken(whole)).toBe(true);
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const changed = damages.reduce(damaged, whole);
      expect(await isTaken(changed)).toBe(changed.equals(whole));
    }),
    { numRuns: 150 },
  );
});

test('D4 D5: of a compressed archive that was changed nothing wrong is taken', async () => {
  using folder = new TestFolder();
  const whole = await packed(folder);
  expect(await isTaken(whole)).toBe(true);
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      await isTaken(damages.reduce(damaged, whole));
    }),
    { numRuns: 150 },
  );
});

test('D4: a small plain archive is refused wherever one bit of it is another', async () => {
  using folder = new TestFolder();
  const files = [folder.file('c')];
  const small = mustSucceed(await packArtifact({ files }, folder.path)).path;
  const whole = zstdDecompressSync(readFileSync(small));
  const archive = folder.at('archive');
  for (let place = 0; place < whole.length; place += STEP) {
    const changed = Buffer.from(whole);
    changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
    writeFileSync(archive, changed);
    const into = folder.at('staging');
    const reason = reasonOf(await unpackArtifact(archive, { files: 'all', into }));
    expect([place, reasons.has(String(reason))]).toEqual([place, true]);
  }
});
