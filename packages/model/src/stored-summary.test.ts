import { readFileSync } from 'node:fs';
import { encode } from '@skein/values';
import { expect, test } from 'vitest';
import { GOLDEN_SUMMARIES, goldenJson } from '../test/golden-summaries.ts';
import { decodeSummary, encodeSummary } from './stored-summary.ts';

const golden = (name: string): string =>
  readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8');

const bodies = (): Buffer[] =>
  golden('summary-v1.hex')
    .trim()
    .split('\n')
    .map((body) => Buffer.from(body, 'hex'));

test('T6: summaries of format 1 read as they did when they were written', () => {
  expect(goldenJson(bodies().map(decodeSummary))).toBe(golden('summary-v1.json'));
});

test('T6: format 1 is still what is written', () => {
  const written = GOLDEN_SUMMARIES.map((one) => Buffer.from(encodeSummary(one)));
  expect(written.map((body) => body.toString('hex'))).toEqual(
    bodies().map((body) => body.toString('hex')),
  );
});

test('T6: what is written reads back whole', () => {
  for (const summary of GOLDEN_SUMMARIES) {
    expect(decodeSummary(encodeSummary(summary))).toEqual(summary);
  }
});

test('P4 T6: damaged bytes, calls and other versions are a miss, never an error', () => {
  for (const body of bodies()) {
    for (let at = 0; at < body.length; at += 1) {
      const damaged = new Uint8Array(body);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      expect(() => decodeSummary(damaged)).not.toThrow();
      expect(decodeSummary(body.subarray(0, at))).toBeUndefined();
    }
    const later = new Uint8Array(body);
    later[1] = 2;
    expect(decodeSummary(later)).toBeUndefined();
  }
  expect(decodeSummary(encode([1]))).toBeUndefined();
});
