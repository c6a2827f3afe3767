import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameError, FrameReader, FrameWriter } from './frames.ts';

const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });

function written(frames: readonly Uint8Array[]): Buffer {
  const stream = new PassThrough();
  const writer = new FrameWriter(stream);
  for (const frame of frames) writer.add(frame);
  writer.flush();
  return (stream.read() as Buffer | null) ?? Buffer.alloc(0);
}

test('frames come out as they went in, wherever the stream is cut', () => {
  fc.assert(
    fc.property(payloads, fc.array(fc.nat(4000), { maxLength: 12 }), (frames, cuts) => {
      const bytes = written(frames);
      const reader = new FrameReader();
      const seen: number[][] = [];
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
        (a, b) => a - b,
      );
      let start = 0;
      for (const end of ends) {
        reader.push(bytes.subarray(start, end), (payload) => seen.push([...payload]));
        start = end;
      }
      expect(seen).toEqual(frames.map((frame) => [...frame]));
    }),
  );
});

test('a large payload keeps its place among small ones', () => {
  const frames = [Buffer.from('a'), Buffer.alloc(200_000, 7), Buffer.from('b')];
  const stream = new PassThrough();
  const writer = new FrameWriter(stream);
  for (const frame of frames) writer.add(frame);
  writer.flush();
  const seen: string[] = [];
  const reader = new FrameReader();
  for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read()) {
    reader.push(chunk, (payload) => seen.push(`${payload.length}:${payload[0]}`));
  }
  expect(seen).toEqual(['1:97', '200000:7', '1:98']);
});

test('a length that no frame has is refused', () => {
  const reader = new FrameReader();
  expect(() => reader.push(Buffer.from([255, 255, 255, 255, 0]), () => undefined)).toThrow(
    FrameError,
  );
});
