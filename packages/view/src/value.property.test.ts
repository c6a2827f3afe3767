import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shorten, unfold } from './value.ts';

const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
});

test('any value is one line and no longer than it may be', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 120 }), (value, width) => {
      const text = shorten(value, width);
      expect(text.length).toBeLessThanOrEqual(width);
      expect(text).not.toContain('\n');
    }),
  );
});

test('any value has at most as many lines as it may have', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 20 }), (value, lines) => {
      expect(unfold(value, { lines }).length).toBeLessThanOrEqual(lines);
    }),
  );
});
