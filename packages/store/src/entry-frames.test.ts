import { zstdCompressSync } from 'node:zlib';
import { encode } from '@skein/values';
import { expect, test } from 'vitest';
import { encodeFrame, readFrames } from './entry-frames.ts';
import { packList, unpackList } from './entry-pack.ts';

const LIMITS = { frameBytes: 100, totalBytes: 1_000 };

async function* streamOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

const read = (...pieces: readonly Uint8Array[]) =>
  Array.fromAsync(readFrames(streamOf(...pieces), LIMITS));

test('a frame that is too long is refused at its head', async () => {
  const head = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
  await expect(read(head)).rejects.toMatchObject({ trouble: 'too-large' });
});

test('a stream that is too long, cut, or no encoding is refused', async () => {
  const frame = encodeFrame('x'.repeat(80));
  const many = Array.from({ length: 20 }, () => frame);
  await expect(read(...many)).rejects.toMatchObject({ trouble: 'too-large' });
  await expect(read(frame.subarray(0, 20))).rejects.toMatchObject({ trouble: 'truncated' });
  const garbage = Buffer.from([0, 0, 0, 1, 0xff]);
  await expect(read(garbage)).rejects.toMatchObject({ trouble: 'garbage' });
});

test('what came before a stream broke is given', async () => {
  const frames = readFrames(streamOf(encodeFrame(1), encodeFrame(2).subarray(0, 3)), LIMITS);
  expect(await frames.next()).toMatchObject({ value: 1 });
  await expect(frames.next()).rejects.toMatchObject({ trouble: 'truncated' });
});

test('a pack comes back, and the same list gives the same bytes', () => {
  const list = [encode('a'), new Uint8Array(0), encode({ b: 1 })];
  const { bytes, size } = packList(list);
  expect(unpackList(bytes, size)?.map((one) => Buffer.from(one))).toEqual(
    list.map((one) => Buffer.from(one)),
  );
  expect(packList(list).bytes).toEqual(bytes);
});

test('D4: a pack that becomes more than it says is refused, without unpacking it', () => {
  const bomb = zstdCompressSync(encode([new Uint8Array(1 << 24)]));
  expect(bomb.length).toBeLessThan(10_000);
  expect(unpackList(bomb, 1 << 16)).toBeUndefined();
});

test('P4: what is no pack is missing', () => {
  for (const bytes of [new Uint8Array(0), encode([]), zstdCompressSync(encode('text'))]) {
    expect(unpackList(bytes)).toBeUndefined();
  }
  expect(unpackList(zstdCompressSync(encode([1])))).toBeUndefined();
});
