import { describe } from 'vitest';
import { testTraps } from '../test/oracle.ts';
import type { Trap } from '../test/oracle.ts';
import { lib, main } from '../test/trap.ts';

const reached: Trap[] = [
  lib(
    'the base of a class',
    'class B { m() { return § } } class C extends B {} export const f = () => new C().m();',
  ),
  lib(
    'the base of a class, by an expression',
    'const mix = (b: any) => class extends b { m() { return § } }; class C ' +
      'extends mix(Object) {} export const f = () => (new C() as any).m();',
  ),
  lib(
    'a default of a nested pattern',
    'const D = §; export const f = ({ a: { b = D } = {} as any } = {} as any) => b;',
  ),
  lib('a computed key', 'const K = "k§"; export const f = () => ({ [K]: 1 });'),
  lib(
    'a computed key of a class',
    'const K = "k§"; class C { [K]() { return 1 } } export const f = () => ' +
      'Object.getOwnPropertyNames(C.prototype);',
  ),
  lib(
    'a private method',
    'class C { #m() { return § } m() { return this.#m() } } export const f = () => new C().m();',
  ),
  lib('an accessor', 'class C { get v() { return § } } export const f = () => new C().v;'),
  lib('a field', 'class C { v = § } export const f = () => new C().v;'),
  lib(
    'a label and a switch',
    'export const f = (x: any) => { l: for (;;) { switch (x) { case 1: ' +
      'break l; default: return 0 } } return § };',
  ),
  lib('a tag of a template', 'const t = (s: any) => s.raw[0] + §; export const f = () => t`a\\n`;'),
  lib('a raw template', 'export const f = () => String.raw`\\n§`;'),
  lib('a bigint, a number in another notation', 'export const f = () => [1§n, 0x1§, 1e§];'),
  lib('a function hoisted above its use', 'export const f = () => g(); function g() { return § }'),
  lib('a var behind its use', 'export const f = () => v; var v = §;'),
  lib(
    'a name like one of Object',
    'const constructor = §, hasOwnProperty = 2; export const f = () => ' +
      '[constructor, hasOwnProperty];',
  ),
  lib('a table of functions', 'const T: any = { g: () => § }; export const f = () => T["g"]();'),
  lib(
    'a function that another module puts into a table',
    "import './fill.ts'; import { T } from './table.ts'; export const f = () => T.g();",
    {
      'src/table.ts': 'export const T: any = {};',
      'src/fill.ts': "import { T } from './table.ts'; T.g = () => §;",
    },
  ),
  lib('re-exports over three modules', "export { h as f } from './b.ts';", {
    'src/b.ts': "export * from './c.ts';",
    'src/c.ts': 'const g = () => §; export { g as h };',
  }),
  lib('a default that is re-exported', "export { default as f } from './b.ts';", {
    'src/b.ts': 'export default () => §;',
  }),
  lib('a default class', "import C from './b.ts'; export const f = () => new C().v;", {
    'src/b.ts': 'export default class { v = § }',
  }),
  lib(
    'a namespace that is exported',
    "import * as n from './b.ts'; export { n }; export const f = () => n.g();",
    { 'src/b.ts': 'export const g = () => §;' },
  ),
  lib(
    'a namespace that is indexed',
    "import * as n from './b.ts'; export const f = () => (n as any)[['g', 'h'][0]!]();",
    { 'src/b.ts': 'export const g = () => §;' },
  ),
  lib(
    'a namespace that is spread',
    "import * as n from './b.ts'; export const f = () => ({ ...n });",
    { 'src/b.ts': 'export const v = §;' },
  ),
  lib(
    'an imported name that is another one now',
    "import { g§ as g } from './b.ts'; export const f = () => g();",
    { 'src/b.ts': 'export const g1 = () => 1; export const g2 = () => 2;' },
  ),
  lib('import() of a literal', "export const f = async () => (await import('./b.ts')).v;", {
    'src/b.ts': 'export const v = §;',
  }),
  lib(
    'import() of a template',
    'export const f = async () => (await import(`./parts/${["b"][0]}.ts`)).v;',
    { 'src/parts/b.ts': 'export const v = §;' },
  ),
  lib('eval', 'const hidden = §; export const f = () => eval("hidden");'),
  lib('new Function', 'export const f = () => new Function("return §")();'),
  lib(
    'a circle of modules',
    "import { g } from './b.ts'; export const h = () => §; export const f = () => g();",
    { 'src/b.ts': "import { h } from './lib.ts'; export const g = () => h();" },
  ),
  main(
    'a parameter of the task with a default',
    'const D = §;\nexport const a = env.task(async (_x: any, y = D) => y);',
  ),
  main(
    'a task that is a named function',
    'async function run() { return § }\nexport const a = env.task(run);',
  ),
  main(
    'a task that a function makes',
    'const make = (n: number) => async () => n;\nexport const a = env.task(make(§));',
  ),
  main(
    'an error class of a called task',
    'class E extends Error { describe() { return § } }\nexport const b = ' +
      "env.task(async () => { throw new E('x') });\nexport const a = " +
      'env.task(async () => { try { return await b() } catch (e: any) { ' +
      'return e.describe() } });',
  ),
];

describe('C1: everything that a task runs counts, however it is reached', () => {
  testTraps(reached);
});

const compiled: Trap[] = [
  lib('an enum', 'enum E { A = § } export const f = () => E.A;'),
  lib('a const enum', 'const enum E { A = § } export const f = () => E.A;'),
  lib('a const enum of another module', "import { E } from './b.ts'; export const f = () => E.A;", {
    'src/b.ts': 'export const enum E { A = § }',
  }),
  lib(
    'an enum that is declared twice',
    'enum E { A } enum E { B = § } export const f = () => (E as any)[["B"][0]!];',
  ),
  lib(
    'an enum with a computed member',
    'const g = () => §; enum E { A = g() } export const f = () => E.A;',
  ),
  lib(
    'a namespace that is declared twice',
    'namespace N { export const x = 1 } namespace N { export const y = § } ' +
      'export const f = () => Object.values(N);',
  ),
  lib(
    'a namespace merged with a function',
    'function g() { return (g as any).x } namespace g { export const x = § ' +
      '} export const f = () => g();',
  ),
  lib(
    'a namespace merged with a class',
    'class C {} namespace C { export const x = § } export const f = () => (C as any).x;',
  ),
  lib(
    'a namespace merged with an enum',
    'enum E { A } namespace E { export const g = () => § } export const f = () => E.g();',
  ),
  lib('a nested namespace', 'namespace N.M { export const x = § } export const f = () => N.M.x;'),
  lib(
    'an import alias of a namespace',
    'namespace N { export const x = § } import y = N.x; export const f = () => y;',
  ),
  lib(
    'a parameter property',
    'class C { constructor(readonly x = §) {} } export const f = () => new C();',
  ),
  lib('import = require', 'import c = require("./c.cjs"); export const f = () => (c as any).v;', {
    'src/c.cjs': 'exports.v = §;',
  }),
  lib('export =', 'import c = require("./c.cts"); export const f = () => c.v;', {
    'src/c.cts': 'const it = { v: § }; export = it;',
  }),
  lib('an accessor field', 'class C { accessor v = § } export const f = () => new C().v;'),
  lib('a satisfies and an as', 'export const f = () => ({ v: § } satisfies object as any);'),
  lib(
    'a using declaration',
    'export const f = () => { const out: any[] = []; { using r = { ' +
      '[Symbol.dispose]() { out.push(§) } }; void r } return out };',
  ),
  lib(
    'JSX',
    'const h = (...all: any[]) => all; export const f = () => ' +
      'h(g());\nimport { g } from "./g.tsx";',
    {
      'src/g.tsx':
        '/** @jsx h */\nconst h = (...all: any[]) => all; export const g = () => <p n={§}>x</p>;',
    },
  ),
];

describe('C1: what the compiler makes of TypeScript counts', () => {
  testTraps(compiled);
});
