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

test('V1: encodings of version 1 keep reading, and are still what is written', () => {
  expect(cases.length).toBeGreaterThan(40);
  for (const { title, json, hex } of cases) {
    const bytes = Buffer.from(hex, 'hex');
    const value = json === null ? null : fromJson(json);
    expect(encode(decode(bytes)), title).toEqual(new Uint8Array(bytes));
    expect(Buffer.from(encode(value)).toString('hex'), title).toBe(hex);
    expect(value === undefined ? json : toJson(decode(bytes)), title).toEqual(json);
  }
});
