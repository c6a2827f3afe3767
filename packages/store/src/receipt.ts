import { hash } from 'node:crypto';
import type { Received } from './depot.ts';

/**
 * What stands behind the bytes of an upload: one object, so that bytes and receipt appear together,
 * and behind them, since the sum is known only when all has come. `docs/formats/depot.md`.
 */
export const RECEIPT_BYTES = 128;

/** What a receipt may say of a token: its id, or the name of whoever uses a bucket directly. */
export const TOKEN_ID = /^[a-z0-9][a-z0-9_-]{0,23}$/;

const MAGIC = 'skeinrc1';
const SUM = 8;
const WRITER = 40;
const SIZE = 72;
const RECEIVED = 80;
const TOKEN = 88;
const CHECK = 112;

export interface Receipt extends Received {
  /** Of the bytes in front of the receipt. */
  readonly size: number;
}

export function encodeReceipt(receipt: Receipt): Uint8Array {
  const bytes = Buffer.alloc(RECEIPT_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.write(receipt.sha256, SUM, 'hex');
  if (receipt.writer !== undefined) bytes.write(receipt.writer, WRITER, 'hex');
  bytes.writeBigUInt64BE(BigInt(receipt.size), SIZE);
  bytes.writeBigUInt64BE(BigInt(Math.trunc(receipt.receivedAt)), RECEIVED);
  bytes.write(receipt.token, TOKEN, 'latin1');
  checkOf(bytes).copy(bytes, CHECK);
  return bytes;
}

/** The receipt at the end of `bytes`; `undefined` where there is none, or a damaged one. */
export function readReceipt(bytes: Uint8Array): Receipt | undefined {
  if (bytes.byteLength < RECEIPT_BYTES) return undefined;
  const last = bytes.subarray(bytes.byteLength - RECEIPT_BYTES);
  const receipt = Buffer.from(last.buffer, last.byteOffset, RECEIPT_BYTES);
  if (receipt.toString('latin1', 0, SUM) !== MAGIC) return undefined;
  if (!checkOf(receipt).equals(receipt.subarray(CHECK))) return undefined;
  const token = receipt.toString('latin1', TOKEN, CHECK).replace(/\0+$/, '');
  const writer = receipt.toString('hex', WRITER, SIZE);
  const isSigned = !/^0+$/.test(writer);
  return {
    sha256: receipt.toString('hex', SUM, WRITER),
    ...(isSigned ? { writer } : {}),
    size: Number(receipt.readBigUInt64BE(SIZE)),
    receivedAt: Number(receipt.readBigUInt64BE(RECEIVED)),
    token,
  };
}

/** The receipt of a whole object in memory; `undefined` where bytes and receipt do not agree. */
export function readSealed(
  object: Uint8Array,
): { readonly receipt: Receipt; readonly bytes: Uint8Array } | undefined {
  const receipt = readReceipt(object);
  if (receipt?.size !== object.byteLength - RECEIPT_BYTES) return undefined;
  const bytes = object.subarray(0, receipt.size);
  return sumOf(bytes) === receipt.sha256 ? { receipt, bytes } : undefined;
}

export function sumOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

function checkOf(receipt: Buffer): Buffer {
  return hash('sha256', receipt.subarray(0, CHECK), 'buffer').subarray(0, RECEIPT_BYTES - CHECK);
}
