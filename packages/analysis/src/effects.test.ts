import { describe } from 'vitest';
import { libEdit, mainEdit, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

/** `src/lib.ts` is evaluated, and the task calls `f` of it; the edit is elsewhere in it. */
const edit = (name: string, expected: 'hit' | 'miss', [one, two]: readonly [string, string]) =>
  libEdit(name, expected, [
    `export const f = () => 1;\n${one}`,
    `export const f = () => 1;\n${two}`,
  ]);

/** The same with `1` and `2` in place of `§`. */
const changed = (name: string, expected: 'hit' | 'miss', text: string) =>
  edit(name, expected, [text.replaceAll('§', '1'), text.replaceAll('§', '2')]);

const noticed: Mutation[] = [
  changed('assignment to a built-in', 'miss', '(BigInt.prototype as any).toJSON = () => §;'),
  changed('a call', 'miss', 'console.log(§);'),
  changed('a call in an initialiser', 'miss', 'const x = globalThis.setTimeout(() => §, 0);'),
  changed(
    'new of a class with an effect',
    'miss',
    'class C { constructor() { (globalThis as any).x = § } } new C();',
  ),
  changed(
    'a base class with an effect',
    'miss',
    'class B { constructor() { (globalThis as any).x = § } } class C ' +
      'extends B {} const c = new C();',
  ),
  changed('a field with an effect', 'miss', 'let n = 0; class C { x = (n = §) } new C();'),
  changed(
    'a tagged template',
    'miss',
    'const t = (s: any) => { (globalThis as any).x = s }; t`§`;',
  ),
  changed('await', 'miss', 'await Promise.resolve().then(() => { (globalThis as any).x = § });'),
  changed('a static block', 'miss', 'class C { static { (globalThis as any).x = § } }'),
  changed('a static field', 'miss', 'class C { static x = ((globalThis as any).y = §) }'),
  changed(
    'a decorator',
    'miss',
    'const d = (...a: any[]): any => { (globalThis as any).x = § }; class C { @d m() {} }',
  ),
  changed(
    'a getter',
    'miss',
    'const o = { get x() { return (globalThis as any).y = § } }; const z = o.x;',
  ),
  changed(
    'a getter by destructuring',
    'miss',
    'const o = { get x() { return (globalThis as any).y = § } }; const { x } = o;',
  ),
  changed(
    'a getter by spreading',
    'miss',
    'const o = { get x() { return (globalThis as any).y = § } }; const p = { ...o };',
  ),
  changed(
    'a conversion to text',
    'miss',
    'const o = { toString() { (globalThis as any).y = §; return "" } }; const p = `${o}`;',
  ),
  changed(
    'an iterator',
    'miss',
    'const o = { *[Symbol.iterator]() { (globalThis as any).y = § } }; const p = [...o];',
  ),
  changed(
    'a callback of a pure function',
    'miss',
    'const x = [1].map((it) => { (globalThis as any).y = §; return it });',
  ),
  changed(
    'a function that is not local only',
    'miss',
    'const seen: number[] = []; function g() { seen.push(§) } g();',
  ),
  changed(
    'a function behind a function',
    'miss',
    'const h = () => { (globalThis as any).x = § }; const g = () => h(); g();',
  ),
  changed(
    'a function handed on',
    'miss',
    'const h = () => { (globalThis as any).x = § }; const g = (it: any) => it(); g(h);',
  ),
  changed(
    'a method that hides a built-in one',
    'miss',
    'const o = { map: (x: any) => { (globalThis as any).y = § } }; const z = o.map(1);',
  ),
  changed(
    'a prototype chain',
    'miss',
    'const o = { __proto__: { get x() { return (globalThis as any).y = § ' +
      '} } } as any; const z = o.x;',
  ),
  changed(
    'a default in a nested pattern',
    'miss',
    'const e = (n: number) => { (globalThis as any).y = n; return n }; ' +
      'const { p: { q = e(§) } = {} } = {} as any;',
  ),
  changed(
    'a default in a pattern of a parameter',
    'miss',
    'const e = (n: number) => { (globalThis as any).y = n; return n }; ' +
      'function g({ q = e(§) }: any) { return q } g({});',
  ),
  changed(
    'a default in the head of a loop',
    'miss',
    'const e = (n: number) => { (globalThis as any).y = n; return n }; ' +
      'for (const { q = e(§) } of [{} as any]) {}',
  ),
  changed(
    'an effect beside a pure annotation',
    'miss',
    'const e = (n: number) => { (globalThis as any).y = n; return n }; ' +
      'const x = /* @__PURE__ */ Object.freeze({}), z = e(§);',
  ),
  changed(
    'a table that only looks like an enum',
    'miss',
    'const E = /* @__PURE__ */ (() => ({ map: (n: number) => { ' +
      '(globalThis as any).y = n } }))(); const z = E.map(§);',
  ),
  changed('a deletion', 'miss', 'delete (globalThis as any).x§;'),
  changed(
    'a write through a parameter',
    'miss',
    'const T = { x: 0 }; const g = (it: any) => { it.x = § }; g(T); g(Array.prototype);',
  ),
  changed('a loop over a setter', 'miss', 'for ((globalThis as any).x of [§]) {}'),
  edit('an imported function that has effects', 'miss', [
    "import './side1.ts';",
    "import './side2.ts';",
  ]),
].map((it) => ({
  ...it,
  files: { ...it.files, 'src/side1.ts': 'console.log(1)', 'src/side2.ts': 'console.log(2)' },
}));

describe('C2: effects of every evaluated module count for everyone', () => {
  testMutations(noticed);
});

const unnoticed: Mutation[] = [
  changed('a literal', 'hit', 'const x = { a: [§, "b"], c: { d: § } };'),
  changed(
    'new of a built-in',
    'hit',
    'const x = new Map([["a", §]]); const y = new Set([§]); const z = new Date(§);',
  ),
  changed(
    'a pure annotation',
    'hit',
    'const make = (x: any) => { (globalThis as any).y = x }; const x = /* @__PURE__ */ make(§);',
  ),
  changed(
    'methods of data',
    'hit',
    'const x = ["a"].map((it) => it + §).join(","); const y = "§".split(",");',
  ),
  changed(
    'Object.freeze and its like',
    'hit',
    'const x = Object.freeze({ a: § }); const y = Object.keys({ a: § }); const z = Math.max(§);',
  ),
  changed(
    'constants made of constants',
    'hit',
    'const base = §; const x = base * 2; const y = `${x}`; const z = [...[x]];',
  ),
  changed('a regular expression', 'hit', 'const x = /a§/g;'),
  changed(
    'a function that writes only its locals',
    'hit',
    'function g() { const m = new Map<string, number>(); for (const k of ' +
      '["a"]) m.set(k, §); return m } const x = g();',
  ),
  changed(
    'functions that call each other',
    'hit',
    'function g(n: number): number { return n > § ? n : h(n + 1) } ' +
      'function h(n: number): number { return g(n + 1) } const x = g(0);',
  ),
  changed(
    'a class with a constructor',
    'hit',
    'class C { x: number; constructor(y: number) { this.x = y + § } } const c = new C(1);',
  ),
  changed(
    'an error class',
    'hit',
    'class E extends Error { code = §; constructor(m: string) { ' +
      'super(m); this.name = "E" } } const e = new E("x");',
  ),
  changed('node:path', 'hit', 'import { join } from "node:path"; const x = join("a", "§");'),
  changed(
    'node:path by its namespace',
    'hit',
    'import * as path from "node:path"; const x = path.join("a", "§");',
  ),
  changed(
    'import.meta',
    'hit',
    'import { fileURLToPath } from "node:url"; const x = fileURLToPath(import.meta.url) + "§";',
  ),
  changed('process.env', 'hit', 'const x = process.env.X ?? "§";'),
  changed('what is added to a function', 'hit', 'function g() {} g.displayName = "§";'),
  changed('an IIFE of locals', 'hit', 'const x = (() => { const r = []; r.push(§); return r })();'),
  changed('the enum of an unused type', 'hit', 'export enum E { A = § }'),
  changed(
    'tasks and checkpoints',
    'hit',
    'import { environment, checkpoint } from "skein"; const e = ' +
      'environment({ name: "n§" }); export const b = e.task(async () => ' +
      '§); const c = checkpoint(async () => §);',
  ),
  changed(
    'options of a task',
    'hit',
    'import { environment } from "skein"; const e = environment({ name: ' +
      '"n" }); export const b = e.task({ retries: § }, async () => 1);',
  ),
  changed(
    'an effect in the options of a task',
    'miss',
    'import { environment } from "skein"; const e = environment({ name: ' +
      '"n" }); export const b = e.task({ retries: setTimeout(() => {}, §) ' +
      'as any }, async () => 1);',
  ),
];

describe('C2: what is provably no effect counts only where it is reached', () => {
  testMutations(unnoticed);
});

describe('PARITY 12: options of the task itself do not count', () => {
  const task = 'export const a = env.task({ retries: 1, timeout: "10m" }, async () => 1);';
  testMutations([
    mainEdit('retries', 'hit', [task, task.replace('retries: 1', 'retries: 5')]),
    mainEdit('options at all', 'hit', [task, 'export const a = env.task(async () => 1);']),
    mainEdit('a helper of the options', 'hit', [
      `const N = 1; ${task.replace('retries: 1', 'retries: N')}`,
      `const N = 2; ${task.replace('retries: 1', 'retries: N')}`,
    ]),
  ]);
});
