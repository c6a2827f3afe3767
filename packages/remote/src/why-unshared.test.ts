import type { Observation, Outcome } from '@skein/model';
import { digestOf, encode } from '@skein/values';
import { expect, test } from 'vitest';
import { traceOf } from '../test/sample.ts';
import { outsideOf, whyUnshared } from './why-unshared.ts';

const file = (path: string): Observation => ({ kind: 'file', path, digest: null });
const look = (specifier: string, from: string): Observation => ({
  kind: 'module',
  specifier,
  from,
  digest: null,
});

test.each([
  'data/a.txt',
  '.',
  'a..b/c',
  '..hidden',
  '/usr/share/dict/words',
  '/usr',
  '/lib64/ld.so',
  '/etc/hosts',
])('O2: "%s" travels', (path) => {
  expect(outsideOf([file(path)])).toBeUndefined();
  expect(outsideOf([look('left-pad', path)])).toBeUndefined();
});

test.each([
  '/home/ada/data.csv',
  '/',
  '/tmp/x',
  '/usr2/x',
  '/etcetera',
  '/usr/../home/ada',
  '../neighbour',
  'a/../../neighbour',
  '..',
  'C:\\data',
  'c:/data',
  '\\\\server\\share',
])('O2: "%s" stays on this machine', (path) => {
  expect(outsideOf([file('data/a'), file(path)])).toBe(path);
  expect(outsideOf([{ kind: 'listing', path, digest: null }])).toBe(path);
  expect(outsideOf([{ kind: 'stat', path, aspect: 'exists', digest: null }])).toBe(path);
  expect(outsideOf([look('left-pad', path)])).toBe(path);
});

test('O2: a look-up of a program names each folder of its search path', () => {
  expect(outsideOf([look('program:git', '$PATH')])).toBeUndefined();
  expect(
    outsideOf([look('program:git', 'node_modules/.bin:$PATH:/usr/local/bin')]),
  ).toBeUndefined();
  expect(outsideOf([look('program:git', '/home/ada/bin:$PATH')])).toBe('/home/ada/bin');
  expect(outsideOf([look('program:/usr/bin/git', '$PATH')])).toBeUndefined();
  expect(outsideOf([look('program:/opt/bin/git', '$PATH')])).toBe('/opt/bin/git');
});

test('O2: variables and calls name no path', () => {
  const seen: Observation[] = [{ kind: 'variable', name: 'HOME', digest: digestOf('value', 'x') }];
  expect(outsideOf(seen)).toBeUndefined();
});

test('the rules in their order: learned, not the author’s, outside, the log', () => {
  const bytes = encode({ kind: 'value', value: 1 });
  const lost: Outcome = { kind: 'error', digest: digestOf('value', bytes), bytes, fault: 'lost' };
  const outside = traceOf('x', { waves: [[file('/home/x')]], outcome: lost });
  const learned = { ...outside, origin: { scope: 'trusted', skein: '1', at: 0 } };
  expect(whyUnshared(learned, undefined)?.kind).toBe('learned');
  expect(whyUnshared(outside, undefined)?.kind).toBe('not-the-authors');
  expect(whyUnshared(traceOf('x', { waves: [[file('/home/x')]] }), undefined)?.kind).toBe(
    'outside',
  );
  expect(whyUnshared(traceOf('x'), { kind: 'log-missing' })?.kind).toBe('log-missing');
  expect(whyUnshared(traceOf('x'), undefined)).toBeUndefined();
});
