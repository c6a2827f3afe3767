import { describe } from 'vitest';
import { task, testBehaviours } from '../test/behaviour.ts';
import type { BehaviourCase } from '../test/behaviour.ts';

const state = (name: string, text: string, impurities: readonly string[]): BehaviourCase => {
  return { name, text, impurities };
};

const LOAD = 'const load = async (k: any = 1) => readFileSync(String(k));\n';

describe('O8: the first filling of module state is no impurity', () => {
  const filling = (name: string, declared: string, body: string): BehaviourCase =>
    state(name, `${LOAD}${declared} ${task(body)}`, []);
  testBehaviours([
    filling('by ??=', 'let m: any;', 'm ??= await load(); return m'),
    filling('by ||=', 'let m: any;', 'm ||= await load(); return m'),
    filling('if it is undefined', 'let m: any;', 'if (m === undefined) m = await load(); return m'),
    filling('if it is null', 'let m: any = null;', 'if (m == null) { m = await load() } return m'),
    filling('if it is falsy', 'let m: any;', 'if (!m) m = await load(); return m'),
    filling('if it is of no type', 'let m: any;', "if (typeof m === 'undefined') m = await load()"),
    filling(
      'unless it is there already',
      'let m: any;',
      'if (m) return m; m = await load(); return m',
    ),
    filling('behind ??', 'let m: any;', 'return m ?? (m = await load())'),
    filling('when it has come', 'let m: any;', 'if (!m) await load().then((v) => { m = v })'),
    filling('of an entry, by ??=', 'const c: any = {};', 'return c[x] ??= await load(x)'),
    filling(
      'of an entry that is not in it',
      'const c: any = {};',
      'if (!(x in c)) c[x] = await load(x)',
    ),
    filling(
      'of a map that lacks the key',
      'const c = new Map();',
      'if (!c.has(x)) c.set(x, await load(x)); return c.get(x)',
    ),
    filling(
      'of a map, behind a look',
      'const c = new Map();',
      'const h = c.get(x); if (h !== undefined) return h; const v = await ' +
        'load(x); c.set(x, v); return v',
    ),
    filling(
      'of a map, in a condition',
      'const c = new Map();',
      'let v = c.get(x); if (!v) { v = await load(x); c.set(x, v) } return v',
    ),
    filling(
      'of a map by a key of several parts',
      'const c = new Map();',
      'const k = `${x} ${y}`; if (!c.has(k)) c.set(k, await load([x, y]))',
    ),
    filling('of a global', '', '(globalThis as any).m ??= await load()'),
    filling('of a static field', 'class C { static m: any }', 'C.m ??= await load()'),
    filling(
      'of a closure that is kept',
      'const once = (f: any) => { let v: any; return () => v ??= f() }; const get = once(load);',
      'return get()',
    ),
  ]);
});

describe('O8: any other assignment to module state is an impurity with its place', () => {
  testBehaviours([
    state('a counter', `let n = 0; ${task('n += 1; n++')}`, ['n', 'n']),
    state('a later value', `let m: any; ${task('m = x')}`, ['m']),
    state('a filling by an argument', `let first: any; ${task('return first ??= x')}`, ['first']),
    state(
      'a filling by an argument, through a function',
      `let m: any; const get = (k: any) => m ??= k; ${task('return get(x)')}`,
      ['m'],
    ),
    state(
      'an entry by another argument than its key',
      `const c = new Map(); ${task('if (!c.has(x)) c.set(x, y)')}`,
      ['c'],
    ),
    state('a count in a map', `const c = new Map(); ${task('c.set(x, (c.get(x) ?? 0) + 1)')}`, [
      'c',
    ]),
    state('a map that is not looked at', `const c = new Map(); ${task('c.set(x, 1)')}`, ['c']),
    state(
      'a set of what was seen',
      `const s = new Set(); ${task('if (s.has(x)) return 0; s.add(x); return 1')}`,
      ['s'],
    ),
    state('a list', `const l: any[] = []; ${task('l.push(x); return l.length')}`, ['l']),
    state(
      'a queue of a batching loader',
      `let q: any[] = []; let t: any; ${task('q.push(x); t ??= setTimeout(() => { q = [] }, 0)')}`,
      ['q', 'q'],
    ),
    state('an entry that is removed', `const c = new Map(); ${task('c.delete(x)')}`, ['c']),
    state('a value that is reset', `let m: any; ${task('m ??= 1; m = undefined')}`, ['m']),
    state('a member of a table', `const T: any = {}; ${task('T.x = 1')}`, ['T']),
    state(
      'a table that a function is given',
      `const T: any = {}; const put = (t: any) => { t.x = 1 }; ${task('put(T)')}`,
      ['T'],
    ),
    state(
      'a counter in a closure that is kept',
      `const c = () => { let n = 0; return () => ++n }; const next = c(); ${task('next()')}`,
      ['n'],
    ),
    state(
      'a field of an instance that is kept',
      `class C { n = 0; inc() { this.n++ } } const c = new C(); ${task('c.inc()')}`,
      ['this.n'],
    ),
    state('a global', task('(globalThis as any).n = 1'), ['globalThis.n']),
    state(
      'what a task that is only called does is its own',
      `let n = 0; export const b = env.task(async () => { n++ }); ${task('await b()')}`,
      [],
    ),
    state(
      'what a forwarded task does is the caller’s',
      `let n = 0; export const b = env.task(async () => { n++ }); ${task('await b.forward()')}`,
      ['n'],
    ),
    state(
      'while the module is loaded it is none',
      `let n = 0; n += 1; const l: any[] = []; l.push(n); ${task('return l.length')}`,
      [],
    ),
  ]);
});

/** Ways to fill `m` with something of an argument. */
const BY_INPUT = [
  'm ??= x',
  'm ??= await load(x)',
  'm ||= { x }',
  'if (!m) m = await load(x)',
  'if (m === undefined) { const v = await load(x.a); m = v }',
  'const { a } = x; m ??= a',
  'const [a] = [x]; m ??= a',
  'const make = () => x; m ??= make()',
  'function make() { return load(x) } m ??= await make()',
  'm ??= arguments[0]',
  'for (const k of x) m ??= k',
  'for (const k in x) m ??= k',
  'const o: any = {}; o.v = x; m ??= o',
  'const o: any[] = []; o.push(x); m ??= o',
  'let v; [v] = x; m ??= v',
  'let v; ({ v } = x); m ??= v',
  'await load().then((v) => { m ??= [v, x] })',
  'x.forEach((k: any) => { m ??= k })',
  'await load(x).then((v) => { m ??= v })',
  'try { await load(x) } catch (e) { m ??= e }',
  'm ??= x ? 1 : 2',
];

describe('O8: what follows from an input is no first filling: another action has another', () => {
  testBehaviours(BY_INPUT.map((body) => state(body, `${LOAD}let m: any; ${task(body)}`, ['m'])));
});
