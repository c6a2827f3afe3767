import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { fromJson } from './from-json.ts';
import { toJson } from './to-json.ts';

interface GoldenCase {
  readonly title: string;
  readonly json: unknown;
  readonly hex: string;
}

const path = new URL('../golden/encoding-v1.json', import.meta.url);
const cases = JSON.parse(readFileSync(path, 'utf8')) as readonly GoldenCase[];

test('V1: the golden file holds every kind', () => {
  expect(cases.length).toBeGreaterThan(40);
});

test.each(cases)('V1: version 1 of $title reads as its JSON and is written so', ({ json, hex }) => {
  const value = decode(Buffer.from(hex, 'hex'));
  expect(Buffer.from(encode(value)).toString('hex')).toBe(hex);
  expect(Buffer.from(encode(fromJson(json))).toString('hex')).toBe(hex);
  expect(toJson([value])).toEqual([json]);
});
