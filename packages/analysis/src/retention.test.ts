import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { task, testBehaviours } from '../test/behaviour.ts';
import type { BehaviourCase } from '../test/behaviour.ts';
import { TestWorkspace, emptyFolder } from '../test/workspace.ts';
import { analyse } from './analyse.ts';

const still = (name: string, text: string): BehaviourCase => {
  return { name, text, retains: null, impurities: [] };
};
const kept = (name: string, text: string, what: string): BehaviourCase => {
  return { name, text, retains: what };
};

const innocent: BehaviourCase[] = [
  still('a function written in the module', `const f = () => 1; ${task('return f()')}`),
  still('a table', `const T = { a: 1, b: [1, { c: 2 }] }; ${task('return T.b.map((it) => it)')}`),
  still('a pattern without memory', `const R = /x/u; ${task('return R.test(x)')}`),
  still('a set of literals', `const S = new Set(['a']); ${task('return S.has(x)')}`),
  still('an enum', `enum E { A, B } ${task("return E.A + E[x as 'A']")}`),
  still(
    'a namespace of functions and constants',
    `namespace N { export const k = 1; export function f() { return k } } ` + task('return N.f()'),
  ),
  still(
    'a class whose instances change',
    `class C { n = 0; inc() { this.n++; return this } } ${task('return new C().inc().n')}`,
  ),
  still(
    'a class with constants',
    `class B { static readonly L = ['a']; static of(v: any) { return new B(v) } ` +
      `constructor(public v: any) {} } ${task('return B.of(x).v + B.L[0]')}`,
  ),
  still(
    'a class of errors',
    `class E extends Error { readonly l: any; constructor(l: any) { super('x'); this.l = l } } ` +
      task('throw new E(x)'),
  ),
  still(
    'a function that fills what it is given, given something of the task',
    `function add(l: any[], v: any) { l.push(v); return l } ${task('return add([], x)')}`,
  ),
  still(
    'parts of a table that are primitives, handed to a package',
    `import { f } from 'p'; const T = [{ n: 'a' }]; function show(v: any) { return f(v.n) } ` +
      task('return T.map((it) => show(it))'),
  ),
  still(
    'a copy of a table that is changed',
    `const D = { a: 1 }; ${task('const o = { ...D, ...x }; o.a = 3; return o')}`,
  ),
  still(
    'a sorted copy',
    `const L = ['b', 'a']; ${task('const l = [...L]; l.push(x); l.sort(); return l')}`,
  ),
  still(
    'a checkpoint',
    `const c = checkpoint(async () => readFileSync('x')); ${task('return c()')}`,
  ),
  still(
    'paths, variables, settings of the platform',
    `import { join } from 'node:path'; const F = join(import.meta.dirname, 'x'); ` +
      `const M = process.env.MODE ?? 'a'; ${task('return [F, M]')}`,
  ),
  still(
    'data that was read while the module was loaded',
    `const C = JSON.parse(readFileSync('c.json', 'utf8')); ${task('return C.x')}`,
  ),
  still(
    'a table of functions, indexed',
    `const T = { a: (n: number) => n + 1 }; ${task("return T[x as 'a'](1)")}`,
  ),
  still(
    'tables that are made of tables',
    `const N = ['a']; const U = N.map((it) => it.toUpperCase()); ` +
      `const I = new Map(N.map((it, at) => [it, at])); ${task('return [U, I.get(x)]')}`,
  ),
  still(
    'a table that a function makes',
    `function build() { const m = new Map<string, number>(); for (const k ` +
      `of ['a']) m.set(k, 1); ` +
      `return m } const M = build(); ${task('return M.get(x)')}`,
  ),
  still(
    'tasks in a table, and a table handed to a task: it gets a copy',
    `export const b = env.task(async (v: any) => { v.z = 1 }); const T = ` +
      `[b]; const O = { a: [1] }; ` +
      task('return [await T[0]!(x), await b(O), await map(b, [O])]'),
  ),
  still(
    'functions whose names only sound as if they kept something',
    `import { setTimeout as wait } from 'node:timers/promises'; import { set } from 'p'; ` +
      `const setLabel = (o: any, v: any) => ({ ...o, v }); ` +
      task('await wait(1); set(x, 1); return setLabel({}, x)'),
  ),
  still(
    'a variable that is settled while the module is loaded',
    `let n = 0; n = 1; ${task('return n')}`,
  ),
  still(
    'counters of the task itself',
    task('let n = 0; const inc = () => { n++ }; inc(); [1].forEach(() => { n++ }); return n'),
  ),
  still(
    'an environment from a function',
    `const make = () => environment({ name: 'f' }); ` +
      `const other = make(); export const a = other.task(async () => 1);`,
  ),
];

describe('O3: nothing that these tasks reach can keep what they observe', () => {
  testBehaviours(innocent);
});

const keeping: BehaviourCase[] = [
  kept('a variable that is filled', `let s: any; ${task("s ??= readFileSync('s')")}`, 's'),
  kept('a variable that is counted up', `let n = 0; ${task('n += 1')}`, 'n'),
  kept('a map', `const m = new Map(); ${task('m.set(x, y)')}`, 'm'),
  kept('a list', `const l: any[] = []; ${task('l.push(x)')}`, 'l'),
  kept('a property of a function', `function f() { (f as any).c ??= 1 } ${task('f()')}`, 'f'),
  kept(
    'what a function returns',
    `const mk = (f: any) => () => f; const g = mk(1); ${task('g()')}`,
    'g',
  ),
  kept(
    'a function that a package made',
    `import { memo } from 'p'; const g = memo(1); ${task('g()')}`,
    'g',
  ),
  kept('an instance', `class C { v: any } const c = new C(); ${task('c.v = x')}`, 'c'),
  kept(
    'a static field',
    `class C { static v: any; static f() { C.v ??= 1 } } ${task('C.f()')}`,
    'C',
  ),
  kept(
    'a private static field',
    `class C { static #n = 0; static f() { C.#n++ } } ${task('C.f()')}`,
    'C',
  ),
  kept(
    'a static field, by this',
    `class C { static m = new Map(); static f() { this.m.set(1, 1) } } ${task('C.f()')}`,
    'C',
  ),
  kept(
    'a static field of the base class',
    `class B { static m = new Map() } ` +
      `class D extends B { static f() { this.m.set(1, 1) } } ${task('D.f()')}`,
    'B',
  ),
  kept(
    'an object, by this in its method',
    `const T: any = { n: 0, f() { this.n++ } }; ${task('T.f()')}`,
    'T',
  ),
  kept(
    'a function under its inner name',
    `const f = function g() { (g as any).c = 1 }; ${task('f()')}`,
    'g',
  ),
  kept(
    'the task itself',
    'export const a = env.task(async function self() { (self as any).c = 1 });',
    'self',
  ),
  kept('a pattern with memory', `const R = /x/g; ${task('return R.test(x)')}`, 'R'),
  kept(
    'a variable of a namespace',
    `namespace N { let n = 0; export const f = () => ++n } ${task('N.f()')}`,
    'n',
  ),
  kept(
    'a map of a namespace',
    `namespace N { const m = new Map(); export const f = () => m.clear() } ${task('N.f()')}`,
    'm',
  ),
  kept('a table handed to a package', `import { f } from 'p'; const T = [1]; ${task('f(T)')}`, 'T'),
  kept(
    'a table handed to a package by a function',
    `import { f } from 'p'; const T = [1]; const g = (v: any) => f(v); ${task('g(T)')}`,
    'T',
  ),
  kept(
    'a table handed to something that a package made',
    `import { f } from 'p'; const T = [1]; ${task('const c = f(); c.use(T)')}`,
    'T',
  ),
  kept('a property of a package', `import p from 'p'; ${task('(p as any).x = 1')}`, 'p.x'),
  kept(
    'a package that is told to keep something',
    `import p from 'p'; ${task("(p as any).set('x', x)")}`,
    'p.set',
  ),
  kept(
    'a function of a package that is told to keep something',
    `import { registerLocale } from 'p'; ${task('registerLocale(x)')}`,
    'registerLocale',
  ),
  kept('a global', task('(globalThis as any).x ??= 1'), 'globalThis.x'),
  kept('a variable of the process', task("process.env.X = 'x'"), 'process.env.X'),
  kept('a prototype', task('(Array.prototype as any).x = 1'), 'Array.prototype.x'),
  kept('a global by another name', `const g = globalThis as any; ${task('g.x = 1')}`, 'g.x'),
  kept('eval', task('return eval(x)'), 'eval'),
  kept(
    'what a forwarded task counts',
    `let n = 0; const b = env.task(async () => { n++ }); ${task('await b.forward()')}`,
    'n',
  ),
  kept(
    'a table of another module',
    `import { TABLE } from './table.ts'; ${task('TABLE.x = 1')}`,
    'TABLE',
  ),
  kept(
    'the same behind a re-export',
    `import { TABLE } from './again.ts'; ${task('TABLE.x = 1')}`,
    'TABLE',
  ),
  kept(
    'the same in a namespace',
    `import * as t from './table.ts'; ${task('t.TABLE.x = 1')}`,
    'TABLE',
  ),
  kept('the same by import()', task("(await import('./table.ts')).TABLE.x = 1"), 'TABLE'),
  kept(
    'a counter of another module',
    `import { next } from './table.ts'; ${task('next()')}`,
    'count',
  ),
  kept(
    'a module that is loaded by an action',
    task("return (await import('./late.ts')).LATE"),
    'LATE',
  ),
  kept('JSON', `import d from './data.json'; ${task('d.x.y = 2')}`, 'src/data.json'),
  kept('a date', `const D = new Date(0); ${task('D.setDate(1)')}`, 'D'),
  kept(
    'an emitter',
    `import { EventEmitter } from 'node:events'; const e = new ` +
      `EventEmitter(); ${task("e.emit('x')")}`,
    'e',
  ),
];

describe('O3: a binding that can keep what was observed is named', () => {
  testBehaviours(keeping);
});

describe('O3: code that is put where everyone runs it', () => {
  testBehaviours([
    kept(
      'a list behind a patched prototype',
      `const l: any[] = []; ` +
        `(Array.prototype as any).keep = function () { l.push(this) }; ${task('return x')}`,
      'l',
    ),
  ]);
});

test('O3: a decorator may have made anything of a class', async () => {
  const { behaviours } = await new TestWorkspace({
    'src/main.ts':
      "import { environment } from 'skein';\nconst env = environment({ name: 'e' });\n" +
      'const memo = (f: any, _: any): any => { const c = new Map(); return ' +
      '(k: any) => c.set(k, f); };\n' +
      'class C { @memo m(k: any) { return k; } }\n' +
      'export const a = env.task(async (k: any) => new C().m(k));\n',
  }).analysis();
  expect([...behaviours.values()][0]?.retains).not.toBeNull();
});

const TABLES =
  'const T: any = { a: 1, list: [{}], fn() {} }; const LIST: any[] = [{}];\n' +
  'function mark(it: any) { it.x = 1; return it }\n';

/** Ways to change `T` or what is in `LIST`. */
const WAYS = [
  "Reflect.set(T, 'x', 1)",
  "Object.defineProperty(T, 'x', { value: 1 })",
  'T[x] = 1',
  'delete T.x',
  '[T.a] = [1]',
  '({ a: T.x } = x)',
  'for (T.x of x) {}',
  'T.x++',
  'T.list.length = 0',
  'T?.list?.push(1)',
  'const { list } = T; list.push(x)',
  'const { list: [first] } = T; first.x = 1',
  'const { ...rest } = T; rest.list.push(1)',
  'const f = () => T; f().x = 1',
  'function f(t = T) { t.x = 1 } f()',
  'function f() { arguments[0].x = 1 } (f as any)(T)',
  'function f(...all: any[]) { all[0].x = 1 } f(...[T])',
  'class H { t = T; put() { this.t.x = 1 } } new H().put()',
  'class K { get t() { return T } } new K().t.x = 1',
  'class K { static t = T } K.t.x = 1',
  'const c = new (class { put(t: any) { t.x = 1 } })(); c.put(T)',
  'Promise.resolve(T).then((t) => { t.x = 1 })',
  'await Promise.all([T]).then(([t]) => { t.x = 1 })',
  '(await new Promise<any>((done) => done(T))).x = 1',
  'async function g() { return T } (await g()).x = 1',
  'function* g() { yield T } for (const t of g()) t.x = 1',
  "new Map([['a', T]]).get('a').x = 1",
  '[T].forEach((t) => { t.x = 1 })',
  'Object.values({ T })[0]!.x = 1',
  'try { throw T } catch (e: any) { e.x = 1 }',
  'const o = { t: T }; o.t.x = 1',
  'const o = { get t() { return T } }; o.t.x = 1',
  'function run(o: any) { o.cb(T) } run({ cb: (t: any) => { t.x = 1 } })',
  '(x ? T : {}).x = 1',
  'x.push(T); x[0].y = 1',
  'LIST.forEach(mark)',
  'const g = mark; LIST.forEach(g)',
  'await map(mark, LIST)',
  'mark.bind(null, T)()',
  'Reflect.apply(mark, null, [T])',
  'function m(this: any) { this.x = 1 } m.call(T)',
  'const fns = [mark]; fns[0]!(T)',
  'const h: any = { mark }; h[x](T)',
  'LIST.find(() => true).x = 1',
  'LIST.reduce((sum, it) => { it.x = 1; return sum }, 0)',
  'LIST.reduce((sum) => { sum.x = 1; return sum }, T)',
  'LIST.sort((p) => { p.x = 1; return 0 })',
  'const all = [...LIST]; all[0].x = 1',
  'LIST.filter(Boolean)[0].x = 1',
  'Array.from(LIST, (t) => { t.x = 1 })',
  'const it = LIST.values(); for (const t of it) t.x = 1',
  'T.fn.cache = 1',
  'setTimeout(() => { T.x = 1 }, 1)',
  'Object.assign(T.list, [1])',
  'Object.setPrototypeOf(T, x)',
];

describe('O3: a table that any code writes into can keep what was observed', () => {
  testBehaviours(WAYS.map((way) => ({ name: way, text: TABLES + task(way), retains: true })));
});

test('O3: the place is that of the declaration in the author’s source', async () => {
  const { behaviours } = await new TestWorkspace({
    'src/main.ts':
      "import { environment } from 'skein';\nimport { load } from './load.ts';\n" +
      "const env = environment({ name: 'e' });\nexport const a = env.task(async () => load());\n",
    'src/load.ts':
      '/** What was read. */\ninterface Model { x: number }\n\n' +
      'let other = 1, model: Model | undefined;\n' +
      'export function load(): Model {\n  model ??= { x: other };\n  return model;\n}\n',
  }).analysis();
  expect([...behaviours.values()]).toEqual([
    {
      task: 'src/main.ts#a',
      retains: { what: 'model', at: 'src/load.ts:4:16' },
      impurities: [],
    },
  ]);
});

test('O3: a kept analysis says the same, and one after an edit what is true then', async () => {
  const text = (line: string): string =>
    `import { environment } from 'skein';\nconst env = environment({ name: 'e' });\n${line}` +
    'let n = 0;\nexport const a = env.task(async () => { n += 1; });\n';
  const workspace = new TestWorkspace({ 'src/main.ts': text('') });
  const behaviours = async () => [...(await workspace.analysis()).behaviours.values()];
  const first = await behaviours();
  expect(await behaviours()).toEqual(first);
  workspace.write({ 'src/main.ts': text('\n\n') });
  const [edited] = await behaviours();
  expect(edited).toEqual({
    task: 'src/main.ts#a',
    retains: { what: 'n', at: 'src/main.ts:5:5' },
    impurities: [{ kind: 'module-state', what: 'n', at: 'src/main.ts:6:41' }],
  });
  workspace.write({ 'src/main.ts': text('').replace('n += 1', 'const n = 1') });
  expect(await behaviours()).toEqual([{ task: 'src/main.ts#a', retains: null, impurities: [] }]);
});

test('O3: no task of the pipeline project can keep anything', async () => {
  const root = join(import.meta.dirname, '../../..');
  const entry = join(root, 'fixtures/pipeline/src/main.ts');
  const result = await analyse({ root, entry, state: emptyFolder() });
  if (!result.ok) throw new Error(result.failures[0].headline);
  const { behaviours, tasks } = result.analysis;
  expect(behaviours.size).toBe(tasks.length);
  expect([...behaviours.values()].filter((it) => it.retains !== null)).toEqual([]);
  expect([...behaviours.values()].flatMap((it) => it.impurities)).toEqual([]);
});
