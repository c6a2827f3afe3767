import { readFileSync } from 'node:fs';
import { decode, encode } from '@skein/values';
import { expect, test } from 'vitest';
import { GOLDEN_KEYS, GOLDEN_TRACES, goldenJson } from '../test/golden.ts';
import { keyOf, sharedOf, traceOf } from '../test/sample.ts';
import { decodeTrace, encodeTrace, isOutdated } from './stored-trace.ts';

const golden = (name: string) =>
  readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8');

const bodiesOf = (name: string) =>
  golden(name)
    .trim()
    .split('\n')
    .map((body) => Buffer.from(body, 'hex'));

test('O1: traces of format 1, when nothing was observed, are misses and no damage', () => {
  const bodies = bodiesOf('trace-v1.hex');
  expect(bodies.length).toBeGreaterThan(5);
  for (const body of bodies) {
    expect(decodeTrace(keyOf('any'), body)).toBeUndefined();
    expect(isOutdated(body)).toBe(true);
  }
});

test('traces of format 2 read as they did when they were written', () => {
  const bodies = bodiesOf('trace-v2.hex');
  const read = bodies.flatMap((body, index) => {
    const key = GOLDEN_KEYS[index] ?? keyOf('none');
    return decodeTrace(key, body) ?? [];
  });
  expect(goldenJson(read)).toBe(golden('trace-v2.json'));
});

test('format 2 is still what is written', () => {
  const written = GOLDEN_TRACES.map((trace) => Buffer.from(encodeTrace(trace)).toString('hex'));
  expect(`${written.join('\n')}\n`).toBe(golden('trace-v2.hex'));
});

test('P4: damaged bytes give a trace or nothing, never an error', () => {
  for (const trace of GOLDEN_TRACES) {
    const body = encodeTrace(trace);
    for (let at = 0; at < body.length; at += 1) {
      const damaged = new Uint8Array(body);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      expect(() => decodeTrace(trace.key, damaged)).not.toThrow();
      expect(decodeTrace(trace.key, body.subarray(0, at))).toBeUndefined();
    }
  }
});

test('a trace of a later format is a miss', () => {
  const body = encodeTrace(traceOf('a'));
  const later = new Uint8Array(body);
  expect(later[1]).toBe(2);
  later[1] = 3;
  expect(decodeTrace(keyOf('a'), later)).toBeUndefined();
  expect(isOutdated(later)).toBe(false);
});

test('who shared a trace comes last: a reader that does not know of it reads the rest', () => {
  const { origin, ...own } = sharedOf('a');
  const fields = decode(encodeTrace(sharedOf('a'))) as unknown[];
  expect(fields).toHaveLength(11);
  expect(fields.pop()).toEqual(origin);
  expect(decodeTrace(own.key, encode(fields))).toEqual(own);
  expect(decodeTrace(own.key, encodeTrace(sharedOf('a')))).toEqual(sharedOf('a'));
  expect(decodeTrace(own.key, encode([...fields, 'nobody']))).toBeUndefined();
});
