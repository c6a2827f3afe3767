import { expect, test } from 'vitest';
import { specifiersIn } from './specifiers.ts';

test.each([
  [`import { a } from './a.ts';`, './a.ts'],
  [`import type { A } from "../types.ts"`, '../types.ts'],
  [`import './effects.ts';`, './effects.ts'],
  [`export * from '@acme/words';`, '@acme/words'],
  [`import {\n  a,\n  b,\n} from\n  './long.ts';`, './long.ts'],
  [`const a = await import('./lazy.ts');`, './lazy.ts'],
  [`await import(/* a remark */ './remarked.ts')`, './remarked.ts'],
  ['await import(`./plain.ts`)', './plain.ts'],
  [`const b = require('./old.cjs')`, './old.cjs'],
  [`new Worker(new URL('./worker.ts', import.meta.url))`, './worker.ts'],
  [`import.meta.resolve('./asset.txt')`, './asset.txt'],
  [`import words from './words.json' with { type: 'json' };`, './words.json'],
])('%s', (text, specifier) => {
  expect(specifiersIn(text)).toEqual([specifier]);
});

test('nothing is imported by a name that only looks like it', () => {
  expect(specifiersIn(`const important = 'x'; values.from\n('y'); reimport('z')`)).toEqual([]);
});
