import { describe, expect, test } from 'vitest';
import { median, range } from './statistics.ts';

describe('the median', () => {
  test('of an odd number of samples is the one in the middle, whatever their order', () => {
    expect(median([900, 1, 5])).toBe(5);
    expect(median([7])).toBe(7);
  });

  test('of an even number of samples is the mean of the two in the middle', () => {
    expect(median([4, 1, 100, 2])).toBe(3);
  });

  test('of nothing is no number', () => {
    expect(median([])).toBeUndefined();
  });
});

describe('the range', () => {
  test('holds the smallest and the largest sample', () => {
    expect(range([3, 1, 2])).toEqual({ least: 1, most: 3 });
  });

  test('of nothing does not exist', () => {
    expect(range([])).toBeUndefined();
  });
});
