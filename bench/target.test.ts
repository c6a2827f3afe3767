import { describe, expect, test } from 'vitest';
import { describeTarget, isMet, type Target } from './target.ts';

const fast: Target = { of: 'figure', bound: 'at least', value: 2000 };
const near: Target = { of: 'ratio', bound: 'at most', value: 0.9 };

describe('a target', () => {
  test('is met at its very bound', () => {
    expect(isMet(fast, { figure: 2000, ratio: undefined })).toBe(true);
    expect(isMet(fast, { figure: 1999.9, ratio: 5 })).toBe(false);
    expect(isMet(near, { figure: 1, ratio: 0.9 })).toBe(true);
    expect(isMet(near, { figure: 1, ratio: 0.91 })).toBe(false);
  });

  test('is not met by what was not measured', () => {
    expect(isMet(fast, { figure: undefined, ratio: undefined })).toBe(false);
    expect(isMet(near, { figure: 1, ratio: undefined })).toBe(false);
  });

  test('is told in the unit of the figure, or as a ratio', () => {
    expect(describeTarget(fast, '/s')).toBe('≥ 2,000/s');
    expect(describeTarget({ of: 'figure', bound: 'at most', value: 0.7 }, 's')).toBe('≤ 0.7 s');
    expect(describeTarget(near, 's')).toBe('≤ 0.9×');
  });
});
