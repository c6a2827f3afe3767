import { expect, test } from 'vitest';

import { encode } from './encode.ts';
import { inputDigest, inputsDigest, OMITTED } from './inputs.ts';

test('V5: an omitted parameter is an input of its own, not undefined', () => {
  expect(inputDigest(encode(undefined))).not.toBe(OMITTED);
  expect(inputsDigest([OMITTED])).not.toBe(inputsDigest([]));
});

test('the digest of all inputs depends on their order', () => {
  const [one, two] = [inputDigest(encode(1)), inputDigest(encode(2))];
  expect(inputsDigest([one, two])).not.toBe(inputsDigest([two, one]));
});
