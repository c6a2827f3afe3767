import { describe, expect, test } from 'vitest';
import { parseSelection } from './selection.ts';

const ids = new Set(['1', '2', 'cold']);

describe('the flags', () => {
  test('are all rows five times unless they say otherwise', () => {
    expect(parseSelection([], ids)).toEqual({ samples: 5, document: false });
  });

  test('select rows by id, and how often', () => {
    const expected = { only: new Set(['1', 'cold']), samples: 7, document: true };
    const apart = ['--only', '1,cold', '--samples', '7', '--document'];
    expect(parseSelection(apart, ids)).toEqual(expected);
    expect(parseSelection(['--only=1,cold', '--samples=7', '--document'], ids)).toEqual(expected);
  });

  test.each([
    [['--fast'], 'there is no flag "--fast"'],
    [['1'], 'there is no flag "1"'],
    [['--only', '3'], 'there is no row "3", only 1, 2, cold'],
    [['--only'], 'there is no row "", only 1, 2, cold'],
    [['--samples', '0'], '"--samples" wants a whole number from 1'],
    [['--samples'], '"--samples" wants a whole number from 1'],
    [['--samples=2.5'], '"--samples" wants a whole number from 1'],
  ])('%j is refused', (flags, wrong) => {
    expect(parseSelection(flags, ids)).toEqual({ wrong });
  });
});
