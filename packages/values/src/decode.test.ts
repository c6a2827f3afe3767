import { expect, test } from 'vitest';

import { decode } from './decode.ts';
import { DecodingError } from './decoding-error.ts';
import { digestOf } from './digest.ts';
import { dirReference } from './dir.ts';
import { encode } from './encode.ts';
import { Encoded } from './encoded.ts';
import { fileReference } from './file.ts';
import { referencesIn } from './references-in.ts';
import type { Reference } from './reference.ts';

const refused: Record<string, string> = {
  'no bytes': '',
  'a second item': '0101',
  'a long form of 1': '1801',
  'a long form of 255': '1900ff',
  'an integer beyond the safe ones': '1b0020000000000000',
  'a negative beyond the safe ones': '3b001fffffffffffff',
  'an integer as a float': 'f93c00',
  'a half as a single': 'fa3fc00000',
  'a single as a double': 'fb3fc0000000000000',
  'another NaN': 'f97e01',
  'an indefinite array': '9f01ff',
  'a break': 'ff',
  'an unknown simple value': 'e0',
  'text that is not UTF-8': '61ff',
  'a surrogate in UTF-8': '63eda080',
  'a key twice': 'a2616101616102',
  'a number as a key': 'a10101',
  'index keys out of order': 'a2613201613101',
  'an index key after a name': 'a2616101613101',
  'a Set with an element twice': 'd90102820101',
  'a Map with a key twice': 'd90103a201010102',
  'a Set with -0': 'd9010281f98000',
  'a magnitude with a leading zero': 'c24100',
  'the unknown tag 5': 'c501',
  'an array of more elements than bytes': '9affffffff',
  'text of more bytes than there are': '7b001fffffffffffff61',
  'a well-formed string as code units': 'd9aa5042'.concat('6100'),
};

test.each(Object.entries(refused))('%s is refused with a DecodingError', (_, hex) => {
  expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(DecodingError);
});

test('a depth beyond 1,000 is refused before the stack is full', () => {
  expect(() => decode(new Uint8Array(1_000_000).fill(0x81))).toThrow(DecodingError);
  expect(() => decode(new Uint8Array(1_000_000).fill(0xc2))).toThrow(DecodingError);
});

test('a boxed value holds a primitive, so tags do not nest without end', () => {
  const boxes = Buffer.from('d9aa54'.repeat(100_000) + '01', 'hex');
  expect(() => decode(boxes)).toThrow(DecodingError);
});

test('a copy shares no memory with the bytes, unless views are asked for', () => {
  const bytes = encode([Uint8Array.of(7), new Encoded(Uint8Array.of(8))]);
  const [copied, embedded] = decode(bytes) as [Uint8Array, Encoded];
  const [view] = decode(bytes, { views: true }) as [Uint8Array];
  bytes.fill(0);
  expect([copied[0], embedded.bytes[0], view[0]]).toEqual([7, 8, 0]);
});

test('references are revived, or come back as plain objects that encode again', () => {
  const file = fileReference({ name: 'a', digest: digestOf('blob', 'a') });
  const bytes = encode({ file });
  expect(decode(bytes)).toEqual({ file: { ...file } });
  expect(encode(decode(bytes))).toEqual(bytes);
  const revive = ({ kind }: Reference) => `a ${kind}`;
  expect(decode(bytes, { revive })).toEqual({ file: 'a file' });
});

test('referencesIn lists what a value names, embedded encodings included', () => {
  const file = fileReference({ name: 'a', digest: digestOf('blob', 'a') });
  const dir = dirReference([
    { path: 'b', size: 1, digest: digestOf('blob', 'b'), executable: true },
  ]);
  const value = [
    { file },
    new Map<unknown, unknown>([[dir, 0.1]]),
    'text',
    [1n, new Date(0), null],
  ];
  expect(referencesIn(encode(value))).toEqual([file, dir]);
  expect(referencesIn(encode([new Encoded(encode(value)), file]))).toEqual([file, file, dir]);
  expect(referencesIn(encode('none'))).toEqual([]);
});
