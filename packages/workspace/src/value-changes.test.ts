import { digestOf, dirReference, fileReference } from '@skein/values';
import { expect, test } from 'vitest';
import { valueChanges } from './value-changes.ts';

function told(before: unknown, after: unknown): string {
  const { changes, near } = valueChanges(before, after, 'v');
  const lines = changes.map((one) => `${one.path}: ${one.before ?? '–'} → ${one.after ?? '–'}`);
  return [...lines, near ? 'near' : 'far'].join('\n');
}

function file(name: string, text: string) {
  return fileReference({ name, digest: digestOf('blob', text) });
}

const long = 'word '.repeat(60);

test('a field is named by its path, with both values', () => {
  const row = { id: 1, tags: ['a', 'b'], text: 'x', deep: { 'a-b': 1 } };
  const edited = { ...row, tags: ['a', 'c'], deep: { 'a-b': 2 } };
  expect(told([row, row], [row, edited])).toMatchInlineSnapshot(`
    "v[1].tags[1]: "b" → "c"
    v[1].deep["a-b"]: 1 → 2
    near"
  `);
});

test('what was put in or taken out is told, not everything that moved', () => {
  expect(told([1, 2, 3, 4], [1, 2, 9, 3, 4])).toMatchInlineSnapshot(`
    "v[2]: – → 9
    near"
  `);
  expect(told([1, 2, 3, 4], [1, 3, 4])).toMatchInlineSnapshot(`
    "v[1]: 2 → –
    near"
  `);
  expect(told({ a: 1, b: 2, c: 3 }, { a: 1, c: 3, d: 4 })).toMatchInlineSnapshot(`
    "v.d: – → 4
    v.b: 2 → –
    near"
  `);
});

test('maps, sets, dates and typed arrays', () => {
  const at = (text: string): Date => new Date(text);
  expect(told(new Map([['k', { n: 1 }]]), new Map([['k', { n: 2 }]]))).toMatchInlineSnapshot(`
    "v.get("k").n: 1 → 2
    far"
  `);
  expect(told(new Set([1]), new Set([2]))).toMatchInlineSnapshot(`
    "v: Set { 1 } → Set { 2 }
    far"
  `);
  expect(told(at('2030-01-01'), at('2030-01-02'))).toMatchInlineSnapshot(`
    "v: 2030-01-01T00:00:00.000Z → 2030-01-02T00:00:00.000Z
    far"
  `);
  expect(told(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4))).toMatchInlineSnapshot(`
    "v[2]: 3 → 4
    near"
  `);
  expect(told(Uint8Array.of(1), [1])).toMatchInlineSnapshot(`
    "v: Uint8Array(1 byte) → [1]
    far"
  `);
});

test('V1: the same properties in another order are another value', () => {
  expect(told({ a: 1, b: 2 }, { b: 2, a: 1 })).toMatchInlineSnapshot(`
    "v: keys ["a", "b"] → keys ["b", "a"]
    near"
  `);
  expect(told(-0, 0)).toMatchInlineSnapshot(`
    "v: -0 → 0
    far"
  `);
});

test('V6: a file of the same name was edited, one of another name is another', () => {
  expect(told(file('a.txt', '1'), file('a.txt', '2'))).toMatchInlineSnapshot(`
    "v: "a.txt" #6b86b273ff34 → "a.txt" #d4735e3a265e
    near"
  `);
  expect(told(file('a.txt', '1'), file('b.txt', '2'))).toMatchInlineSnapshot(`
    "v: "a.txt" #6b86b273ff34 → "b.txt" #d4735e3a265e
    far"
  `);
  const entry = (path: string, text: string, executable = false) => {
    const { digest, size } = file('x', text);
    return { path, digest, size, executable };
  };
  const before = dirReference([entry('a.txt', '1'), entry('b.txt', '1'), entry('c', '1')]);
  const after = dirReference([entry('a.txt', '2'), entry('b.txt', '1'), entry('c', '1', true)]);
  expect(told(before, after)).toMatchInlineSnapshot(`
    "v["a.txt"]: #6b86b273ff34 → #d4735e3a265e
    v["c"]: #6b86b273ff34 → #6b86b273ff34 executable
    far"
  `);
});

test('of a long text the place where it differs is shown', () => {
  const edited = `${long.slice(0, 150)}WORD${long.slice(154)}`;
  expect(told(long, edited)).toMatchInlineSnapshot(`
    "v: "…d word word word word word w…" → "…d word word WORD word word w…"
    near"
  `);
  expect(told('short', 'sport')).toMatchInlineSnapshot(`
    "v: "short" → "sport"
    far"
  `);
  expect(told(long, 'something else '.repeat(20)).replace(' → ', '\n→ ')).toMatchInlineSnapshot(`
    "v: "word word word word word word word word word wor…"
    → "something else something else something else som…"
    far"
  `);
});

test('of many differences the first few are told', () => {
  const numbers = Array.from({ length: 1_000 }, (_, index) => index);
  const { changes, near } = valueChanges(
    numbers,
    numbers.map((n) => n + 1),
    'v',
  );
  expect([changes.length, near]).toEqual([6, false]);
});

test('what is large and equal does not hide what differs', () => {
  const weights = new Float32Array(100_000);
  expect(told({ weights, n: 1 }, { weights: weights.slice(), n: 2 })).toBe('v.n: 1 → 2\nnear');
});

test('values of different kinds are told whole', () => {
  expect(told({ a: [1] }, { a: { b: 1 } })).toMatchInlineSnapshot(`
    "v.a: [1] → { b: 1 }
    far"
  `);
  expect(told(null, { a: 1 })).toMatchInlineSnapshot(`
    "v: null → { a: 1 }
    far"
  `);
});
