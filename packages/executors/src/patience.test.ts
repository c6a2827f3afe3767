import { expect, test } from 'vitest';
import { settleWithin } from './patience.ts';

test('what settles is waited for, however it does', async () => {
  const promises = [Promise.resolve(1), Promise.reject(new Error('no'))];
  expect(await settleWithin(promises, 60_000)).toBe(true);
});

test('what never settles is not waited for', async () => {
  expect(await settleWithin([new Promise(() => undefined)], 0)).toBe(false);
});
