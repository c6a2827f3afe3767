import { describe } from 'vitest';
import { CALLS_LIB, libEdit, mainEdit, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

const A = 'export const a = env.task(async (x: number) => x + 1);\n';

const reached: Mutation[] = [
  mainEdit('the body', 'miss', [A, A.replace('+ 1', '+ 2')]),
  libEdit('a helper', 'miss', ['export const f = () => 1;', 'export const f = () => 2;']),
  libEdit('a helper of a helper', 'miss', [
    'const g = () => 1; export const f = () => g();',
    'const g = () => 2; export const f = () => g();',
  ]),
  libEdit('a constant', 'miss', [
    'const LIMIT = 1; export const f = () => LIMIT;',
    'const LIMIT = 2; export const f = () => LIMIT;',
  ]),
  libEdit('a constant declared beside others', 'miss', [
    'const X = 1, LIMIT = 1; export const f = () => LIMIT;',
    'const X = 1, LIMIT = 2; export const f = () => LIMIT;',
  ]),
  libEdit('the neighbour in one declaration', 'hit', [
    'const X = 1, LIMIT = 1; export const f = () => LIMIT;',
    'const X = 5, LIMIT = 1; export const f = () => LIMIT;',
  ]),
  libEdit('the base of a class', 'miss', [
    'class B { m() { return 1 } } class C extends B {} export const f = () => new C().m();',
    'class B { m() { return 2 } } class C extends B {} export const f = () => new C().m();',
  ]),
  libEdit('an enum member', 'miss', [
    'enum E { A, B } export const f = () => E.B;',
    'enum E { A, B = 7 } export const f = () => E.B;',
  ]),
  libEdit('a second declaration of an enum', 'miss', [
    'enum E { A } enum E { B = 1 } export const f = (k = "B") => E[k as "B"];',
    'enum E { A } enum E { B = 2 } export const f = (k = "B") => E[k as "B"];',
  ]),
  libEdit('a function in a namespace', 'miss', [
    'namespace N { export function g() { return 1 } } export const f = () => N.g();',
    'namespace N { export function g() { return 2 } } export const f = () => N.g();',
  ]),
  libEdit('a parameter property', 'miss', [
    'class C { constructor(public x = 1) {} } export const f = () => new C().x;',
    'class C { constructor(public x = 2) {} } export const f = () => new C().x;',
  ]),
  libEdit('the default of a parameter', 'miss', [
    'const D = 1; export const f = (x = D) => x;',
    'const D = 2; export const f = (x = D) => x;',
  ]),
  libEdit('a default that a var of the body seems to hide', 'miss', [
    'const D = 1; export function f(x = D) { var D = 5; return x + D }',
    'const D = 2; export function f(x = D) { var D = 5; return x + D }',
  ]),
  libEdit('a name used in a block beside a block that binds it', 'miss', [
    'const x = 1; export function f() { { const x = 5; x; } return x }',
    'const x = 2; export function f() { { const x = 5; x; } return x }',
  ]),
  libEdit('a method called constructor, a value called toString', 'miss', [
    'const toString = 1; const constructor = 2; export const f = () => [toString, constructor];',
    'const toString = 1; const constructor = 3; export const f = () => [toString, constructor];',
  ]),
  libEdit('what is added to a function', 'miss', [
    'export function f() { return g.x } function g() {} g.x = 1;',
    'export function f() { return g.x } function g() {} g.x = 2;',
  ]),
  libEdit('what is added to a prototype', 'miss', [
    'function G(this: any) {} G.prototype.m = () => 1; export const f = ' +
      '() => new (G as any)().m();',
    'function G(this: any) {} G.prototype.m = () => 2; export const f = ' +
      '() => new (G as any)().m();',
  ]),
  libEdit('a later assignment', 'miss', [
    'let x = 1; x = 2; export const f = () => x;',
    'let x = 1; x = 3; export const f = () => x;',
  ]),
  libEdit('an object in a table that is indexed', 'miss', [
    'const g = () => 1; const T = { g } as any; export const f = (k = "g") => T[k]();',
    'const g = () => 2; const T = { g } as any; export const f = (k = "g") => T[k]();',
  ]),
  libEdit('a key of an object', 'miss', [
    'export const f = () => Object.keys({ a: 1, b: 2 });',
    'export const f = () => Object.keys({ b: 2, a: 1 });',
  ]),
  libEdit('a string, in its blanks', 'miss', [
    'export const f = () => "a  b";',
    'export const f = () => "a b";',
  ]),
  libEdit('a template, in its blanks', 'miss', [
    'export const f = () => `a\n  b`;',
    'export const f = () => `a\nb`;',
  ]),
  libEdit('a regular expression', 'miss', [
    'export const f = () => /a  b/g;',
    'export const f = () => /a b/g;',
  ]),
  libEdit('the name of a function, which can be seen', 'miss', [
    'export const f = () => { const g = () => 1; return g.name };',
    'export const f = () => { const h = () => 1; return h.name };',
  ]),
  libEdit('which of two locals is returned', 'miss', [
    'export const f = () => { const x = 1, y = 2; return x };',
    'export const f = () => { const x = 1, y = 2; return y };',
  ]),
  libEdit('which of two parameters is the key of a shorthand', 'miss', [
    'export const f = (p = 1, q = 2) => ({ p });',
    'export const f = (p = 1, q = 2) => ({ q });',
  ]),
  libEdit('a destructured key', 'miss', [
    'export const f = () => { const { p } = { p: 1, q: 2 }; return p };',
    'export const f = () => { const { q } = { p: 1, q: 2 }; return q };',
  ]),
  libEdit('an operator whose blanks matter', 'miss', [
    'export const f = (p = 1, q = 1) => p + ++q;',
    'export const f = (p = 1, q = 1) => p++ + q;',
  ]),
];

describe('C1: what a task reaches counts', () => {
  testMutations(reached);
});

const left: Mutation[] = [
  mainEdit('a comment in the body', 'hit', [A, A.replace('x + 1', '/* why */ x + 1')]),
  mainEdit('a documentation comment', 'hit', [A, `/** Adds one. */\n${A}`]),
  mainEdit('layout', 'hit', [A, A.replace('=> x + 1', '=>\n\n    x +\n      1')]),
  mainEdit('a parameter type', 'hit', [A, A.replace('x: number', 'x: any')]),
  mainEdit('a new type', 'hit', [A, `type T = { a: string };\ninterface I {}\n${A}`]),
  mainEdit('a new unused function', 'hit', [A, `${A}function unused() { return 1 }\n`]),
  mainEdit('a new function called like a parameter', 'hit', [A, `${A}function x() {}\n`]),
  mainEdit('a neighbour task', 'hit', [
    `${A}export const b = env.task(async () => 1);`,
    `${A}export const b = env.task(async () => 2);`,
  ]),
  mainEdit('the order of declarations', 'hit', [
    `const P = 1; const Q = 2;\nexport const a = env.task(async () => P + Q);`,
    `const Q = 2; const P = 1;\nexport const a = env.task(async () => P + Q);`,
  ]),
  mainEdit('the name of a local variable', 'hit', [
    'export const a = env.task(async (rows: number[]) => { const n = rows.length; return n });',
    'export const a = env.task(async (list: number[]) => { const m = list.length; return m });',
  ]),
  libEdit('an object over several lines', 'hit', [
    'export const f = () => ({ a: 1, b: [1, 2] });',
    'export const f = () => ({\n  a: 1, // one\n  b: [\n    1,\n    2,\n  ],\n});',
  ]),
  libEdit('arguments over several lines with comments', 'hit', [
    'export const f = () => Math.max(1, 2);',
    'export const f = () => Math.max(\n  /* first */ 1,\n  2, // second\n);',
  ]),
  libEdit('an unused export', 'hit', [
    'export const f = () => 1; export const other = () => 1;',
    'export const f = () => 1; export const other = () => 2;',
  ]),
  libEdit('an unused class with a base', 'hit', [
    'export const f = () => 1; class B { x = 1 } export class C extends B {}',
    'export const f = () => 1; class B { x = 2 } export class C extends B {}',
  ]),
  libEdit('an unused enum, an unused namespace', 'hit', [
    'export const f = () => 1; enum E { A } namespace N { export function g() { return 1 } }',
    'export const f = () => 1; enum E { B } namespace N { export function g() { return 2 } }',
  ]),
  libEdit('a comment in a const enum', 'hit', [
    'const enum E { A = 1 } export const f = () => E.A;',
    'const enum E { /* first */ A = 1 } export const f = () => E.A;',
  ]),
];

describe('C1: types, comments, layout, neighbours do not count', () => {
  testMutations(left);
});

const through = (barrel: string, main = CALLS_LIB): Mutation['files'] => ({
  'src/main.ts': main.replace('./lib.ts', './barrel.ts'),
  'src/barrel.ts': barrel,
  'src/lib.ts': 'export const f = () => 1; export const g = () => 1; export default () => 1;',
});
const f2 = {
  'src/lib.ts': 'export const f = () => 2; export const g = () => 1; export default () => 1;',
};
const g2 = {
  'src/lib.ts': 'export const f = () => 1; export const g = () => 2; export default () => 1;',
};
const d2 = {
  'src/lib.ts': 'export const f = () => 1; export const g = () => 1; export default () => 2;',
};
const namespace =
  "import * as n from './barrel.ts';\nexport const a = env.task(async () => n.f());\n";
const indexed =
  "import * as n from './barrel.ts';\nexport const a = env.task(async (k: 'f') => n[k]());\n";

const followed: Mutation[] = [
  {
    name: 'export from',
    expect: 'miss',
    files: through("export { f } from './lib.ts';"),
    edit: f2,
  },
  { name: 'export star', expect: 'miss', files: through("export * from './lib.ts';"), edit: f2 },
  {
    name: 'a sibling behind export star',
    expect: 'hit',
    files: through("export * from './lib.ts';"),
    edit: g2,
  },
  {
    name: 'export as',
    expect: 'miss',
    files: through("export { g as f } from './lib.ts';"),
    edit: g2,
  },
  {
    name: 'the other one behind export as',
    expect: 'hit',
    files: through("export { g as f } from './lib.ts';"),
    edit: f2,
  },
  {
    name: 'default as',
    expect: 'miss',
    files: through("export { default as f } from './lib.ts';"),
    edit: d2,
  },
  {
    name: 'import and export',
    expect: 'miss',
    files: through("import { f } from './lib.ts';\nexport { f };"),
    edit: f2,
  },
  {
    name: 'a re-export that now means another',
    expect: 'miss',
    files: through("export { f } from './lib.ts';"),
    edit: { 'src/barrel.ts': "export { g as f } from './lib.ts';" },
  },
  {
    name: 'a local export that hides a star',
    expect: 'miss',
    files: through("export * from './lib.ts';"),
    edit: { 'src/barrel.ts': "export * from './lib.ts'; export const f = () => 1;" },
  },
  {
    name: 'a member of a namespace',
    expect: 'miss',
    files: through("export * from './lib.ts';", namespace),
    edit: f2,
  },
  {
    name: 'another member of a namespace',
    expect: 'hit',
    files: through("export * from './lib.ts';", namespace),
    edit: g2,
  },
  {
    name: 'a namespace that is indexed',
    expect: 'miss',
    files: through("export * from './lib.ts';", indexed),
    edit: g2,
  },
  {
    name: 'a namespace in a namespace',
    expect: 'miss',
    files: through("export * as f from './lib.ts';", CALLS_LIB.replace('f()', 'f.g()')),
    edit: g2,
  },
  {
    name: 'swapped imports',
    expect: 'miss',
    files: {
      'src/main.ts':
        "import { f as x, g as y } from './lib.ts';\nexport const a = " +
        'env.task(async () => x() - y());\n',
      'src/lib.ts': 'export const f = () => 1; export const g = () => 2;',
    },
    edit: {
      'src/main.ts':
        "import { g as x, f as y } from './lib.ts';\nexport const a = " +
        'env.task(async () => x() - y());\n',
    },
  },
  {
    name: 'another function of a built-in module',
    expect: 'miss',
    files: {
      'src/main.ts':
        "import { min as m } from './m.ts';\nimport { join as j } from " +
        "'node:path';\nexport const a = env.task(async () => j('a', 'b'));\n",
      'src/m.ts': 'export const min = 1;',
    },
    edit: {
      'src/main.ts':
        "import { min as m } from './m.ts';\nimport { resolve as j } from " +
        "'node:path';\nexport const a = env.task(async () => j('a', 'b'));\n",
    },
  },
  {
    name: 'import() of a literal',
    expect: 'miss',
    files: {
      'src/main.ts': "export const a = env.task(async () => (await import('./lib.ts')).f());\n",
      'src/lib.ts': 'export const f = () => 1;',
    },
    edit: { 'src/lib.ts': 'export const f = () => 2;' },
  },
  {
    name: 'import() of a computed path',
    expect: 'miss',
    files: {
      'src/main.ts':
        'export const a = env.task(async (n: string) => (await ' +
        "import('./parts/' + n + '.ts')).f());\n",
      'src/parts/p.ts': 'export const f = () => 1;',
    },
    edit: { 'src/parts/p.ts': 'export const f = () => 2;' },
  },
  {
    name: 'a new file that a computed path may name',
    expect: 'miss',
    files: {
      'src/main.ts':
        'export const a = env.task(async (n: string) => (await ' +
        "import('./parts/' + n + '.ts')).f());\n",
      'src/parts/p.ts': 'export const f = () => 1;',
    },
    edit: { 'src/parts/q.ts': 'export const f = () => 2;' },
  },
  mainEdit('what eval could reach', 'miss', [
    "const hidden = 1;\nexport const a = env.task(async () => eval('hidden'));",
    "const hidden = 2;\nexport const a = env.task(async () => eval('hidden'));",
  ]),
  {
    name: 'a circle of modules',
    expect: 'miss',
    files: {
      'src/main.ts': CALLS_LIB,
      'src/lib.ts':
        "import { g } from './other.ts'; export const f = (n = 1): number => n > 3 ? n : g(n);",
      'src/other.ts':
        "import { f } from './lib.ts'; export const g = (n: number): number => f(n + 1);",
    },
    edit: {
      'src/other.ts':
        "import { f } from './lib.ts'; export const g = (n: number): number => f(n + 2);",
    },
  },
];

describe('C1: imports and re-exports are followed', () => {
  testMutations(followed);
});
