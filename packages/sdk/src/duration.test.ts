import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

test('a duration is a whole number with a unit, in milliseconds', () => {
  const texts = ['250ms', '10s', '10m', '1h', '7d', '0s'];
  expect(texts.map(parseDuration)).toEqual([250, 10_000, 600_000, 3_600_000, 604_800_000, 0]);
});

test('anything else is no duration', () => {
  const wrong = [
    10,
    NaN,
    null,
    undefined,
    {},
    '',
    '10',
    's',
    '-1s',
    '1.5h',
    '1e3s',
    ' 1s',
    '1s ',
    '1S',
    '01s',
    '0x1s',
    '1 s',
    '1s2m',
    '1w',
    `${'9'.repeat(20)}d`,
  ];
  expect(wrong.filter((text) => parseDuration(text) !== undefined)).toEqual([]);
});

test('a size is a whole number of Ki, Mi or Gi, in bytes', () => {
  expect(['512Ki', '512Mi', '2Gi'].map(parseSize)).toEqual([524_288, 536_870_912, 2_147_483_648]);
});

test('anything else is no size', () => {
  const wrong = [
    1024,
    NaN,
    null,
    '1024',
    '1K',
    '1KB',
    '1GB',
    '1.5Gi',
    '-1Gi',
    '1 Gi',
    '1gi',
    '1Ti',
    `${'9'.repeat(20)}Gi`,
  ];
  expect(wrong.filter((text) => parseSize(text) !== undefined)).toEqual([]);
});
