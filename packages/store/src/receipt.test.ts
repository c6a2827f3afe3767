import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idNamed } from '../test/depot-kit.ts';
import { RECEIPT_BYTES, encodeReceipt, readReceipt, readSealed, sumOf } from './receipt.ts';
import type { Receipt } from './receipt.ts';

const CONTENT = Buffer.from('content');

const SIGNED: Receipt = {
  sha256: sumOf(CONTENT),
  size: CONTENT.length,
  writer: idNamed('writer'),
  receivedAt: Date.UTC(2026, 10, 24, 6),
  token: '0123456789ab',
};

function unsigned(): Receipt {
  const { writer: _, ...receipt } = SIGNED;
  return { ...receipt, token: 'a-name-of-24-characters_', size: 2 ** 43 };
}

test('receipts of version 1 keep reading, and are written byte for byte', () => {
  const golden = new URL('../golden/receipt-v1.hex', import.meta.url);
  const lines = readFileSync(golden, 'utf8').trimEnd().split('\n');
  for (const [index, receipt] of [SIGNED, unsigned()].entries()) {
    const bytes = Buffer.from(lines[index] ?? '', 'hex');
    expect(readReceipt(bytes)).toEqual(receipt);
    expect(Buffer.from(encodeReceipt(receipt)).toString('hex')).toBe(lines[index]);
  }
});

test('a flipped bit anywhere, bytes that are missing or added: no sealed object', () => {
  const whole = Buffer.concat([CONTENT, encodeReceipt(SIGNED)]);
  expect(readSealed(whole)).toEqual({ receipt: SIGNED, bytes: CONTENT });
  fc.assert(
    fc.property(fc.nat({ max: whole.length * 8 - 1 }), (bit) => {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readSealed(flipped)).toBeUndefined();
    }),
  );
  for (let length = 0; length < whole.length; length += 1) {
    expect(readSealed(whole.subarray(0, length))).toBeUndefined();
    expect(readSealed(whole.subarray(whole.length - length))).toBeUndefined();
  }
  expect(readSealed(Buffer.concat([Buffer.from('+'), whole]))).toBeUndefined();
  expect(encodeReceipt(SIGNED)).toHaveLength(RECEIPT_BYTES);
});
