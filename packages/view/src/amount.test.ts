import { expect, test } from 'vitest';
import { formatAmount, formatBytes, formatCount, formatRate } from './amount.ts';
import { formatAge, formatDuration } from './duration.ts';

test('counts have a comma every three digits', () => {
  expect([0, 999, 1_000, 10_412, 1_234_567].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '10,412',
    '1,234,567',
  ]);
});

test('an amount of one is singular', () => {
  expect([formatAmount(1, 'action'), formatAmount(0, 'action')]).toEqual(['1 action', '0 actions']);
});

test('rates below ten keep one digit behind the point', () => {
  expect([0, 0.42, 9.96, 12.4, 50_000].map(formatRate)).toEqual(['0', '0.4', '10', '12', '50,000']);
});

test('bytes take the unit that leaves at most three digits before the point', () => {
  expect([1, 812, 12_345, 999_950, 4_100_000, 2e9, 3e12].map(formatBytes)).toEqual([
    '1 byte',
    '812 bytes',
    '12.3 kB',
    '1 MB',
    '4.1 MB',
    '2 GB',
    '3 TB',
  ]);
});

test('durations take the two units that matter', () => {
  const spans = [0, 0.4, 850, 999.7, 12_340, 59_960, 123_000, 3_600_000, 4_800_000, 266_400_000];
  expect(spans.map(formatDuration)).toEqual([
    '0 ms',
    '<1 ms',
    '850 ms',
    '1.0 s',
    '12.3 s',
    '1 min',
    '2 min 3 s',
    '1 h',
    '1 h 20 min',
    '3 d 2 h',
  ]);
});

test('an age is told in one unit', () => {
  expect([0, 11_000, 200_000, 7_300_000, 500_000_000].map(formatAge)).toEqual([
    'just now',
    '11 s ago',
    '3 min ago',
    '2 h ago',
    '5 d ago',
  ]);
});
