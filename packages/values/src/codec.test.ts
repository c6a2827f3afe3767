import { expect, test } from 'vitest';

import { defineCodec } from './codec.ts';
import type { Codec } from './codec.ts';
import { decode } from './decode.ts';
import { DecodingError } from './decoding-error.ts';
import { encode } from './encode.ts';
import { EncodingError } from './encoding-error.ts';
import { fromJson } from './from-json.ts';
import { toJson } from './to-json.ts';

class Point {
  readonly x: number;
  readonly label: unknown;

  constructor(x: number, label: unknown) {
    this.x = x;
    this.label = label;
  }
}

const point = (version: number): Codec<Point> => ({
  name: 'point',
  version,
  test: Point,
  encode: ({ x, label }) => [x, label],
  decode: (data, written) => {
    const [x, label] = data as [number, unknown];
    return new Point(written === 1 ? x / 10 : x, label);
  },
});
const codecs = [point(2) as Codec];

test('V2: a codec makes the instances of a class into values', () => {
  const value = { points: [new Point(1, new Point(2, 1n))] };
  const back = decode(encode(value, { codecs }), { codecs });
  expect(back).toStrictEqual(value);
  expect(() => encode(value)).toThrow(EncodingError);
});

test('the version of a codec stands in the bytes and reaches decode', () => {
  const old = encode(new Point(10, ''), { codecs: [point(1) as Codec] });
  expect(old).not.toEqual(encode(new Point(10, ''), { codecs }));
  expect(decode(old, { codecs })).toStrictEqual(new Point(1, ''));
});

test('V2: what a codec makes has a path, and its failures are ours', () => {
  const broken = {
    ...point(1),
    encode: () => {
      throw new Error('no');
    },
  } as Codec;
  expect(() => encode([new Point(1, () => 1)], { codecs })).toThrow(
    /value\[0\]<point>\[1\]: the function/,
  );
  expect(() => encode([new Point(1, 1)], { codecs: [broken] })).toThrow(EncodingError);
  const unreadable = {
    ...point(1),
    decode: () => {
      throw new Error('no');
    },
  } as Codec;
  const bytes = encode(new Point(1, 1), { codecs });
  expect(() => decode(bytes, { codecs: [unreadable] })).toThrow(DecodingError);
});

test('data of an unknown codec is an error, unless it may be opaque', () => {
  const bytes = encode([new Point(1, 'a')], { codecs });
  expect(() => decode(bytes)).toThrow(/no codec "point"/);
  expect(decode(bytes, { opaque: (data) => data })).toEqual([
    { name: 'point', version: 2, data: [1, 'a'] },
  ]);
});

test('a registered codec serves every call; a predicate can stand for the class', () => {
  class Plain {
    readonly plain = true;
  }
  defineCodec<Plain>({
    name: 'plain',
    test: (value) => 'plain' in value,
    encode: () => null,
    decode: () => new Plain(),
  });
  expect(decode(encode(new Plain()))).toStrictEqual(new Plain());
  expect(toJson([new Plain()])).toEqual([
    { $type: 'codec', value: { name: 'plain', version: 1, data: null } },
  ]);
  expect(fromJson(toJson([new Plain()]))).toStrictEqual([new Plain()]);
  expect(() => defineCodec({ ...point(1), name: '' })).toThrow(TypeError);
  expect(() => defineCodec({ ...point(1.5) })).toThrow(TypeError);
});
