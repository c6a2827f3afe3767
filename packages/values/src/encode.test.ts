import { expect, test } from 'vitest';

import { decode } from './decode.ts';
import { digestOf } from './digest.ts';
import { encode } from './encode.ts';
import type { EncodeOptions } from './encode.ts';
import { Encoded } from './encoded.ts';
import { EncodingError } from './encoding-error.ts';
import { REFERENCE } from './reference.ts';

const hex = (value: unknown): string => Buffer.from(encode(value)).toString('hex');
const copy = (value: unknown): unknown => decode(encode(value));

/** The error of encoding `value`, whose root is called `result`. */
function refused(value: unknown, options: EncodeOptions = {}): EncodingError {
  try {
    encode(value, { path: 'result', ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(EncodingError);
    return error as EncodingError;
  }
  throw new Error('it was encoded');
}

test('V1: what a careless encoding would take for the same differs', () => {
  const values = [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
    [[1, 2], [3]],
    [[1], [2, 3]],
    1,
    '1',
    1n,
    true,
    [1],
    [[1]],
    -0,
    0,
    0n,
    Number.NaN,
    null,
    undefined,
    false,
    '',
    [],
    {},
    new Map(),
    new Set(),
    'NaN',
    [undefined],
    Array(1),
    Array(2),
    [null],
    new Map([['a', 1]]),
    { a: 1 },
    new Set([1]),
    '\ud800',
    '\udc00',
    '\ufffd',
    Buffer.from('\ufffd'),
    '\ud800\udc00',
    new Date(0),
    /a/,
    /a/g,
    new Date(Number.NaN),
    '1970-01-01T00:00:00.000Z',
    Object(1),
    Object('1'),
    Object(1n),
    new Error('a'),
    new Error(''),
    new Error(),
    new TypeError('a'),
    { message: 'a' },
    new Uint8Array(2),
    new Int8Array(2),
    new Uint16Array(1),
    new ArrayBuffer(2),
    new DataView(new ArrayBuffer(2)),
    new Uint8ClampedArray(2),
    new Encoded(new Uint8Array(2)),
    new Error('a', { cause: undefined }),
    new Error('a', { cause: 1 }),
    2 ** 53,
    2n ** 53n,
  ];
  expect(new Set(values.map(hex)).size).toBe(values.length);
});

test('V1: a Buffer and a view of a part encode as the bytes they show', () => {
  const whole = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  expect(hex(Buffer.from([2, 3]))).toBe(hex(whole.subarray(1, 3)));
  expect(hex(new Uint16Array(whole.buffer, 2, 2))).toBe(hex(Uint16Array.of(0x0403, 0x0605)));
  expect(copy(Buffer.from('a'))).toStrictEqual(Uint8Array.of(97));
});

test('V2: a RegExp comes back with lastIndex 0, as from structured clone', () => {
  const pattern = /a/g;
  pattern.lastIndex = 3;
  expect(copy(pattern)).toEqual(/a/g);
  expect((copy(pattern) as RegExp).lastIndex).toBe(0);
});

test('V2: sparse arrays are compact both ways', () => {
  expect(encode(Array(1e6))).toHaveLength(9);
  const sparse: unknown[] = [];
  sparse[4_000_000_000] = 'x';
  expect(encode(sparse).length).toBeLessThan(20);
  expect(copy(sparse)).toHaveLength(4_000_000_001);
  // eslint-disable-next-line no-sparse-arrays
  const holes = [1, , undefined, ,];
  expect(Object.keys(copy(holes) as object)).toEqual(['0', '2']);
});

test('V2: an object without a prototype becomes a plain one; __proto__ is a key', () => {
  const bare: object = Object.assign(Object.create(null) as object, { a: 1 });
  expect(copy(bare)).toStrictEqual({ a: 1 });
  const own: unknown = JSON.parse('{"__proto__":{"x":1},"b":2}');
  expect(Object.keys(copy(own) as object)).toEqual(['__proto__', 'b']);
  expect((copy(own) as { x?: number }).x).toBe(undefined);
});

test('V2: getters are read; symbol keys and hidden properties are not', () => {
  const value = Object.defineProperty(
    {
      get a() {
        return 1;
      },
      [Symbol('s')]: 2,
    },
    'b',
    { value: 3 },
  );
  expect(copy(value)).toStrictEqual({ a: 1 });
});

test('V2: errors keep class, message, cause and fields, not the stack', () => {
  const error = Object.assign(new TypeError('bad', { cause: new RangeError('worse') }), {
    code: 'E1',
    errors: [1],
  });
  const back = copy(error) as typeof error;
  expect(back).toBeInstanceOf(TypeError);
  expect(back).toEqual(error);
  expect(back.cause).toBeInstanceOf(RangeError);
  expect(Object.keys(back)).toEqual(['code', 'errors']);
  expect(back.stack).toBe('TypeError: bad');
  const many = copy(new AggregateError([new Error('x')], 'all')) as AggregateError;
  expect(many.errors).toEqual([new Error('x')]);
  const aborted = copy(AbortSignal.abort().reason) as DOMException;
  expect(aborted).toBeInstanceOf(DOMException);
  expect([aborted.name, aborted.code]).toEqual(['AbortError', 20]);
});

test('V2: shared objects are written for each place, without being a cycle', () => {
  const shared = { a: 1 };
  expect(copy([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
});

test('V2: what cannot be encoded is an error with its path', () => {
  class Socket {
    readonly open = true;
  }
  const throwing = () => {
    throw new Error('trap');
  };
  class Rows extends Array<number> {}
  const items = [1, 2, 3, { socket: new Socket() }];
  expect(refused({ items }).path).toBe('result.items[3].socket');
  expect(refused({ items }).message).toContain('cannot encode result.items[3].socket: an instance');
  expect(refused({ items }).code).toBe('not-encodable');
  expect(refused(new Map([['k', [() => 1]]])).path).toBe('result.get("k")[0]');
  expect(refused(new Map([[Symbol('s'), 1]])).path).toBe('result.keys()[0]');
  expect(refused(new Set([1, new WeakMap()])).path).toBe('result.values()[1]');
  expect(refused({ 'a b': { error: new Error('x', { cause: Symbol('s') }) } }).path).toBe(
    'result["a b"].error.cause',
  );
  const buffer = new ArrayBuffer(8);
  const detached = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  for (const none of [
    () => 1,
    Symbol('s'),
    Promise.resolve(),
    new WeakMap(),
    new WeakSet(),
    new Socket(),
    new SharedArrayBuffer(1),
    new Rows(),
    new (class extends Map {})(),
    Object.create({}),
    buffer,
    detached,
    new ArrayBuffer(1, { maxByteLength: 2 }),
    Object(Symbol()),
    new Proxy({}, { ownKeys: throwing }),
    new (class E extends Error {})(),
    Object.create(Date.prototype),
    Object.create(Map.prototype),
    Object.create(RegExp.prototype),
    Object.create(Error.prototype),
    new WeakRef({}),
    (function* () {})(),
    globalThis,
  ]) {
    expect(refused([none]).path).toBe('result[0]');
  }
});

test('V2: an array with properties beside its elements is an error, however long it is', () => {
  for (const length of [0, 3, 100, 1000]) {
    const array = Object.assign(
      Array.from({ length }, () => 1),
      { extra: 1 },
    );
    expect(refused({ array }).path).toBe('result.array');
    expect(refused({ array }).reason).toContain('an array with the property "extra"');
  }
  const long = Array.from({ length: 1000 }, () => 1);
  Object.defineProperty(long, Symbol('s'), { value: 1, enumerable: true });
  expect(copy(long)).toHaveLength(1000);
});

test('V2: a getter or trap that throws is an error with its path and cause', () => {
  const cause = new Error('no');
  const value = {
    a: [
      {
        get b(): number {
          throw cause;
        },
      },
    ],
  };
  expect(refused(value).path).toBe('result.a[0].b');
  expect(refused(value).cause).toBe(cause);
});

test('V2: a cycle is an error that says where it closes', () => {
  const value: { items: unknown[] } = { items: [] };
  value.items.push({ back: value.items });
  expect(refused(value).path).toBe('result.items[0].back');
  expect(refused(value).reason).toBe('it is result.items again (a cycle)');
  const map = new Map<string, unknown>();
  map.set('self', map);
  expect(refused(map).path).toBe('result.get("self")');
});

test('1,000 levels are encoded, one more is an error, and no depth overflows the stack', () => {
  const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = wrap(value);
    return value;
  };
  const wraps: ((inner: unknown) => unknown)[] = [
    (inner) => [inner],
    (inner) => ({ a: inner }),
    (inner) => new Map([[inner, 1]]),
    (inner) => new Set([inner]),
    (inner) => new Error('x', { cause: inner }),
    (inner) => Object.assign(Array(2), { 1: inner }),
  ];
  for (const wrap of wraps) {
    expect(encode(copy(nested(1000, wrap)))).toEqual(encode(nested(1000, wrap)));
    expect(refused(nested(1001, wrap)).reason).toBe('it lies deeper than 1000 levels');
    expect(refused(nested(50_000, wrap)).path.length).toBeLessThan(400);
  }
});

test('O7: a refused string is an error with its path, also as a key', () => {
  const refuseText = (text: string) => (text.includes('hunter2') ? 'it holds a secret' : undefined);
  expect(refused({ a: ['x', 'hunter2'] }, { refuseText }).path).toBe('result.a[1]');
  expect(refused(new Map([['hunter2!', 1]]), { refuseText }).reason).toBe('it holds a secret');
  expect(refused({ hunter2: 1 }, { refuseText }).reason).toBe('it holds a secret');
});

test('encode may be called while it reads a value', () => {
  const value = {
    a: 1,
    get b() {
      return encode({ c: 2 });
    },
    d: 3,
  };
  expect(copy(value)).toEqual({ a: 1, b: encode({ c: 2 }), d: 3 });
  refused({
    get a() {
      return refused([Symbol('x')]).path;
    },
    b: Symbol('y'),
  });
  expect(copy({ ok: 1 })).toEqual({ ok: 1 });
});

test('an Encoded is embedded as it is', () => {
  const inner = new Encoded(encode({ a: 1 }));
  expect(hex([inner])).toBe('81d81844a1616101');
  expect(copy([inner])).toStrictEqual([inner]);
});

test('V3, V6: what carries a reference is encoded as it; a wrong one is an error', () => {
  class Handle {
    get [REFERENCE]() {
      return { kind: 'file', name: 'a.txt', size: 3, digest: digestOf('blob', 'abc') };
    }
  }
  const task = Object.assign(() => 1, { [REFERENCE]: () => ({ kind: 'task', id: 'a.ts#main' }) });
  expect(copy({ file: new Handle(), task })).toEqual({
    file: { kind: 'file', name: 'a.txt', size: 3, digest: digestOf('blob', 'abc') },
    task: { kind: 'task', id: 'a.ts#main' },
  });
  const references = (value: object) =>
    value === copy ? ({ kind: 'task', id: 'copy' } as const) : undefined;
  expect(decode(encode(copy, { references }))).toEqual({ kind: 'task', id: 'copy' });
  for (const reference of [
    { kind: 'file', name: '../a', size: 3, digest: digestOf('blob', 'abc') },
    { kind: 'file', name: 'a', size: 4, digest: digestOf('blob', 'abc') },
    { kind: 'dir', digest: digestOf('dir', ''), entries: [] },
    { kind: 'other' },
    { kind: 'task' },
    7,
  ]) {
    expect(refused({ a: { [REFERENCE]: reference } }).path).toBe('result.a');
  }
});
