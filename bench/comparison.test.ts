import { expect, test } from 'vitest';
import { narrow, type Comparison } from './comparison.ts';

const subject = (name: string) => ({ name, sample: async () => ({}) });
const row = (id: string, peer: string) =>
  ({ id, work: id, unit: 's', reading: 's', peer: { name: peer } }) as const;
const comparison: Comparison = {
  subjects: [subject('skein'), subject('turbo'), subject('node')],
  rows: [row('6', 'turbo'), row('9', 'node')],
};

test('a selection keeps its rows, Skein, and the peers of these rows', () => {
  const narrowed = narrow(comparison, new Set(['9']));
  expect(narrowed?.rows.map(({ id }) => id)).toEqual(['9']);
  expect(narrowed?.subjects.map(({ name }) => name)).toEqual(['skein', 'node']);
});

test('without selection everything is kept', () => {
  expect(narrow(comparison, undefined)).toEqual(comparison);
});

test('a comparison without a selected row is left out', () => {
  expect(narrow(comparison, new Set(['1']))).toBeUndefined();
});
