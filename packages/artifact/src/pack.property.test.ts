import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { encode, inputDigest } from '@skein/values';
import { expect, test } from 'vitest';
import { TestFolder, mustSucceed } from '../test/folder.ts';
import { packArtifact } from './pack.ts';
import { readValue, unpackArtifact } from './unpack.ts';

const content = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.tuple(fc.nat(255), fc.nat(400_000)).map(([byte, size]) => new Uint8Array(size).fill(byte)),
  fc.constantFrom(511, 512, 513, 65_536, 130_048).map((size) => new Uint8Array(size).fill(7)),
);

test('D3: any content comes back whole, and packs to the same bytes again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(content, { maxLength: 6 }), fc.string(), async (contents, text) => {
      using folder = new TestFolder();
      const files = contents.map((bytes) => folder.file(bytes));
      const value = encode(text);
      const packed = mustSucceed(await packArtifact({ value, files }, folder.path));
      const again = mustSucceed(await packArtifact({ value, files }, folder.path));
      expect(again.digest).toBe(packed.digest);
      const into = folder.at('staging');
      const unpacked = mustSucceed(await unpackArtifact(again.path, { files: 'all', into }));
      for (const { digest, path } of files) {
        const target = unpacked.get(digest) ?? '';
        expect(readFileSync(target).equals(readFileSync(path))).toBe(true);
      }
      const read = mustSucceed(await readValue(packed.path, inputDigest(value)));
      expect(Buffer.compare(read, value)).toBe(0);
    }),
    { numRuns: 40 },
  );
});
