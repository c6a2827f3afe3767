import { describe, expect, test } from 'vitest';
import { median, percentile, range } from './statistics.ts';

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

describe('a percentile', () => {
  const numbers = Array.from({ length: 200 }, (_, index) => 200 - index);

  test('is not exceeded by so many in a hundred', () => {
    expect(percentile(numbers, 50)).toBe(100);
    expect(percentile(numbers, 99)).toBe(198);
    expect(percentile(numbers, 100)).toBe(200);
  });

  test('of few numbers is one of them; of none there is none', () => {
    expect(percentile([5, 9], 99)).toBe(9);
    expect(percentile([5], 0)).toBe(5);
    expect(percentile([], 50)).toBeUndefined();
  });
});
