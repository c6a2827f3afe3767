import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CallCounts } from './call-counts.ts';

it('R6: calls are counted as a map would count them', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 300 }), (calls) => {
      const counts = new CallCounts();
      const expected = new Map<string, number>();
      for (const call of calls) {
        expect(counts.get(call)).toBe(expected.get(call) ?? 0);
        counts.set(call, counts.get(call) + 1);
        expected.set(call, (expected.get(call) ?? 0) + 1);
      }
      for (const [call, count] of expected) expect(counts.get(call)).toBe(count);
    }),
  );
});

it('R6: a hundred thousand different calls are told apart', () => {
  const counts = new CallCounts();
  for (let call = 0; call < 100_000; call += 1) counts.set(`task|${call}`, 1);
  for (let call = 0; call < 100_000; call += 1) counts.set(`task|${call}`, 2);
  for (let call = 0; call < 100_000; call += 1) {
    if (counts.get(`task|${call}`) !== 2) throw new Error(`call ${call} was lost`);
  }
  expect(counts.get('task|100000')).toBe(0);
});
