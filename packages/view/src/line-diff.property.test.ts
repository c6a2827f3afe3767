import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from './line-diff.ts';

function drawn(before: string | undefined, after: string | undefined): string {
  const marks = { same: ' ', gone: '-', new: '+' };
  const { start, lines } = diffLines(before, after);
  return [start, ...lines.map(({ kind, text }) => marks[kind] + text)].join('|');
}

test('what is equal at the beginning and the end is left out', () => {
  expect(drawn('a\nb\nc', 'a\nB\nc')).toBe('1|-b|+B');
  expect(drawn('a\nb\nc\nd\ne', 'a\nx\nc\ny\ne')).toBe('1|-b|+x| c|-d|+y');
  expect(drawn('a\nb', 'a\nb\nc')).toBe('2|+c');
  expect(drawn('a\na\na', 'a\na')).toBe('2|-a');
});

test('a text that is new or gone is all of one kind', () => {
  expect(drawn(undefined, 'a\nb')).toBe('0|+a|+b');
  expect(drawn('a', undefined)).toBe('0|-a');
  expect(drawn('a', 'a')).toBe('1');
});

test('the old lines and the new ones can be read from the difference, long texts included', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd');
  const text = fc.array(line, { minLength: 1, maxLength: 250 });
  fc.assert(
    fc.property(text, text, (old, now) => {
      const { start, lines } = diffLines(old.join('\n'), now.join('\n'));
      const without = (kind: string) =>
        lines.filter((one) => one.kind !== kind).map((one) => one.text);
      const gone = without('new');
      const fresh = without('gone');
      expect(old.slice(start, start + gone.length)).toEqual(gone);
      expect(now.slice(start, start + fresh.length)).toEqual(fresh);
      expect(old.slice(start + gone.length)).toEqual(now.slice(start + fresh.length));
    }),
    { numRuns: 60 },
  );
});
