import { expect, test } from 'vitest';
import { OutputLimit } from './output-limit.ts';

test('output within the budget passes whole', () => {
  const limit = new OutputLimit({ burstBytes: 10, bytesPerSecond: 10 }, () => 0);
  expect(limit.pass('hello')).toBe('hello');
  expect(limit.pass('world')).toBe('world');
  expect(limit.note()).toBe('');
});

test('a flood is cut, and a note in its place says how much', () => {
  let now = 0;
  const limit = new OutputLimit({ burstBytes: 4, bytesPerSecond: 2 }, () => now);
  expect(limit.pass('abcdef')).toBe('abcd');
  expect(limit.pass('ghi')).toBe('');
  now = 1000;
  expect(limit.pass('jk')).toBe('\n… 5 bytes of output were cut here …\njk');
  expect(limit.pass('l')).toBe('');
  expect(limit.note()).toBe('\n… 1 bytes of output were cut here …\n');
});

test('the budget grows no further than one burst', () => {
  let now = 0;
  const limit = new OutputLimit({ burstBytes: 3, bytesPerSecond: 100 }, () => now);
  now = 1_000_000;
  expect(limit.pass('abcdef')).toBe('abc');
});
