import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { parametersOf } from './parameters.ts';

/** Functions of exactly this text, out of reach of whatever transforms the tests. */
function written(source: string): (...args: never[]) => unknown {
  return runInThisContext(`(${source})`) as (...args: never[]) => unknown;
}

const cases: [source: string, names: string[], rest?: boolean][] = [
  ['async () => 1', []],
  ['async (a) => 1', ['a']],
  ['async a => a', ['a']],
  ['a => a', ['a']],
  ['async(a,b)=>1', ['a', 'b']],
  ['async (rows, epochs = 3) => 1', ['rows', 'epochs']],
  ['async (a, b, ) => 1', ['a', 'b']],
  ['async (...all) => 1', ['all'], true],
  ['async (a, ...[b, c]) => 1', ['a', 'arg1'], true],
  ['async ({ a, b }, [c, d] = [1, 2]) => 1', ['arg0', 'arg1']],
  ['async function name(a, b) { return (1, 2); }', ['a', 'b']],
  ['function (a) { return "(x, y)"; }', ['a']],
  ['async function* (a, b) {}', ['a', 'b']],
  ["async (a = ')', b = \"(,\", c = `${[1, ')'].join(`,`)}),`) => 1", ['a', 'b', 'c']],
  ['async (a /* , x) */, // , y)\n b) => 1', ['a', 'b']],
  ['async (/* first */ a) => 1', ['a']],
  ['async (a = /[/)]\\/,/u, b = 4 / 2 / 1, c) => 1', ['a', 'b', 'c']],
  ['async (a = { b: [1, (2, 3)], /* } */ c: "}" }, d) => 1', ['a', 'd']],
  ['async (a = (x, y) => x, b = function (p, q) {}) => 1', ['a', 'b']],
  ['async ($, _ünï, async) => 1', ['$', '_ünï', 'async']],
];

test.each(cases)('%s', (source, names, rest = false) => {
  expect(parametersOf(written(source))).toEqual({ names, rest });
});

test('methods, and those with a computed name', () => {
  const source = '{ async method(a, b = 1) {}, async ["(" + ")"](c) {}, get x() { return 1; } }';
  const { method, '()': computed } = runInThisContext(`(${source})`) as Record<
    string,
    () => unknown
  >;
  expect(method && parametersOf(method).names).toEqual(['a', 'b']);
  expect(computed && parametersOf(computed).names).toEqual(['c']);
});

test('functions without a source are counted by their length', () => {
  expect(parametersOf(written('function (a, b) {}').bind(undefined)).names).toEqual([
    'arg0',
    'arg1',
  ]);
});
