import { inputDigest } from '@skein/values';
import { expect, it } from 'vitest';
import { RecentInputs } from './recent-inputs.ts';

it('T5: the newest inputs are remembered, as many as fit', () => {
  const recent = new RecentInputs();
  const inputs = Array.from({ length: 20 }, (_, index) => new Uint8Array(2 ** 20).fill(index));
  for (const bytes of inputs) recent.add(inputDigest(bytes), bytes);
  const known = inputs.map((bytes) => recent.get(inputDigest(bytes)) === bytes);
  expect(known).toEqual([...Array<boolean>(5).fill(false), ...Array<boolean>(15).fill(true)]);
});

it('T5: what comes again is remembered once', () => {
  const recent = new RecentInputs();
  const bytes = new Uint8Array(2 ** 23);
  for (let again = 0; again < 10; again += 1) recent.add(inputDigest(bytes), bytes);
  expect(recent.get(inputDigest(bytes)) === bytes).toBe(true);
});
