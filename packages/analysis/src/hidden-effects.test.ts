import { describe } from 'vitest';
import { libEdit, testMutations } from '../test/mutation.ts';
import type { Mutation } from '../test/mutation.ts';

/** `src/lib.ts` says what `f` returns, and another statement changes that: with 1, then with 2. */
const seen = (name: string, text: string): Mutation =>
  libEdit(name, 'miss', [text.replaceAll('§', '1'), text.replaceAll('§', '2')]);

const FEED = 'const it = [1, 2, 3].values(); export const f = () => [...it];';

describe('C2: what changes a value counts, however it is hidden', () => {
  testMutations([
    seen(
      'a function of a block, called in it',
      'let x = 0; { const g = () => { x = § }; g(); } export const f = () => x;',
    ),
    seen(
      'a function of a loop, called in it',
      'let x = 0; for (const k of [1]) { function g() { x = § + k } g(); } ' +
        'export const f = () => x;',
    ),
    seen(
      'what is disposed of at the end of a block',
      'let x = 0; { using r = { [Symbol.dispose]() { x = § } }; } export const f = () => x;',
    ),
    seen(
      'an object wrapped in itself',
      'const m: any = {}; const g = () => { const k: any = new Object(m); k.a = §; return 1 }; ' +
        'const n = g(); export const f = () => m.a;',
    ),
    seen(
      'a view of a buffer',
      'const m = new ArrayBuffer(1); const g = () => { const k = new Uint8Array(m); k[0] = §; ' +
        'return 1 }; const n = g(); export const f = () => new Uint8Array(m)[0];',
    ),
    seen('an iterator that is spread', `${FEED} const n = [§, ...it].slice(§);`),
    seen(
      'an iterator that is read by a function',
      `${FEED} const g = (k: number) => { for (const x of it) if (x >= k) return k; return 0 }; ` +
        'const n = g(§);',
    ),
    seen(
      'an iterator that a function returns',
      `const m = new Map([[1, 1]]); const g = () => m.entries(); const it = g(); ` +
        'const n = [§, ...it]; export const f = () => [...it];',
    ),
    seen(
      'a sticky pattern that matches',
      'const r = /a/y; const n = "aa§".replace(r, "b"); export const f = () => r.lastIndex;',
    ),
  ]);
});

describe('C2: what reads its own iterator to the end changes nothing', () => {
  const unseen = (name: string, text: string): Mutation =>
    libEdit(name, 'hit', [
      `export const f = () => 1; const m = new Map([["a", 1]]); ${text.replaceAll('§', '1')}`,
      `export const f = () => 1; const m = new Map([["a", 1]]); ${text.replaceAll('§', '2')}`,
    ]);
  testMutations([
    unseen('spread', 'const n = [§, ...m.keys()];'),
    unseen('a copy', 'const n = new Set(m.values()); const o = Array.from(m.entries()), p = §;'),
    unseen(
      'a loop',
      'const g = () => { let s = §; for (const x of m.values()) s += x; return s }; g();',
    ),
    unseen('entries of an object', 'const n = Object.entries({ a: § }).map((it) => it[0]);'),
    unseen(
      'a typed array of its own',
      'const g = () => { const k = new Uint8Array(2); k[0] = §; return k }; const n = g();',
    ),
  ]);
});
