import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const commands = ['run', 'runs', 'show', 'graph', 'doctor'];

test.each([
  ['rnu', 'run'],
  ['shwo', 'show'],
  ['garph', 'graph'],
  ['docter', 'doctor'],
  ['Graph', 'graph'],
  ['deploy', undefined],
  ['x', undefined],
])('%s: %s', (word, meant) => {
  expect(nearest(word, commands)).toBe(meant);
});
