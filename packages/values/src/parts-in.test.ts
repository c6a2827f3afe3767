import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import { DecodingError } from './decoding-error.ts';
import { digestOf } from './digest.ts';
import { dirReference } from './dir.ts';
import { encode } from './encode.ts';
import { Encoded } from './encoded.ts';
import { fileReference } from './file.ts';
import { inputDigest } from './inputs.ts';
import { partDigest, partPath, partsIn } from './parts-in.ts';
import { anyValues } from './value.arbitrary.ts';

const LONG = 'a text of more than 16 bytes';

/** Kind and path of each part. */
function listed(value: unknown, small = false): string[] {
  const parts = partsIn(encode(value), { small });
  return parts.map((part, at) => `${part.kind} ${partPath(parts, at)}`.trim());
}

test('lists, objects and longer texts, each before what lies in it', () => {
  expect(listed({ rows: [{ text: LONG, n: 1 }], short: 'x', 'other name': LONG })).toEqual([
    'record',
    'list .rows',
    'record .rows[0]',
    'text .rows[0].text',
    'text ["other name"]',
  ]);
});

test('whatever is small is listed only when it is wanted, but the whole always', () => {
  expect(listed({ a: 1, b: ['x'] })).toEqual(['record']);
  expect(listed({ a: 1, b: ['x'] }, true)).toEqual([
    'record',
    'scalar .a',
    'list .b',
    'text .b[0]',
  ]);
  expect(listed(7)).toEqual(['scalar']);
});

test('Maps, Sets, holes, errors and embedded encodings are gone through', () => {
  const sparse: unknown[] = [];
  sparse[3] = LONG;
  const value = {
    map: new Map<unknown, unknown>([
      ['a', LONG],
      [{ key: LONG }, LONG],
    ]),
    set: new Set([LONG]),
    sparse,
    error: new RangeError(LONG),
    encoded: new Encoded(encode({ inner: LONG })),
    numbers: new Float64Array(3),
  };
  expect(listed(value)).toEqual([
    'record',
    'record .map',
    'text .map.get("a")',
    'record .map.keys()[1]',
    'text .map.keys()[1].key',
    'text .map.values()[1]',
    'list .set',
    'text .set.values()[0]',
    'list .sparse',
    'text .sparse[3]',
    'record .error',
    'text .error.message',
    'record .encoded',
    'record .encoded',
    'text .encoded.inner',
    'bytes .numbers',
  ]);
});

test('a file is known by its content, whatever its name, also in a folder', () => {
  const digest = digestOf('blob', 'content');
  const entry = { path: 'deep/b.txt', digest, size: 7, executable: false };
  const empty = fileReference({ name: 'empty', digest: digestOf('blob', '') });
  const bytes = encode([fileReference({ name: 'a.txt', digest }), dirReference([entry]), empty]);
  const parts = partsIn(bytes);
  const named = parts.flatMap((part, at) =>
    partDigest(bytes, part) === digest ? [partPath(parts, at)] : [],
  );
  expect(named).toEqual(['[0]', '[1].file("deep/b.txt")']);
  expect(parts.find((_, at) => partPath(parts, at) === '[2]')?.content).toBeUndefined();
});

test('every part is the encoding of a value of its own', () => {
  fc.assert(
    fc.property(anyValues, (value) => {
      const bytes = encode(value);
      const parts = partsIn(bytes, { small: true });
      expect([parts[0]?.start, parts[0]?.end, parts[0]?.next]).toEqual([
        0,
        bytes.length,
        parts.length,
      ]);
      for (const part of parts) {
        if (part.end === part.start) continue;
        const own = bytes.subarray(part.start, part.end);
        const again = encode(decode(own));
        expect(Buffer.from(again).equals(own)).toBe(true);
        if (part.content === undefined) expect(partDigest(bytes, part)).toBe(inputDigest(own));
      }
    }),
    { numRuns: 200 },
  );
});

test('bytes that are no encoding are a DecodingError', () => {
  const bytes = encode({ rows: [LONG, LONG] });
  for (let end = 0; end < bytes.length; end++) {
    expect(() => partsIn(bytes.subarray(0, end))).toThrow(DecodingError);
  }
});
