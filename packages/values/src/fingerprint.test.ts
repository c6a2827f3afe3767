import { expect, test } from 'vitest';

import { loadFingerprinter } from './fingerprint.ts';

test('D5: a fingerprint is the xxh64 of the bytes, 16 hexadecimal digits', async () => {
  const fingerprinter = await loadFingerprinter();
  expect(fingerprinter.of(new Uint8Array(0))).toBe('ef46db3751d8e999');
  expect(fingerprinter.of(Buffer.from('abc'))).toBe('44bc2cf5ad770999');
  expect(await loadFingerprinter()).toBe(fingerprinter);
});
