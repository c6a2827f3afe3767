import fc from 'fast-check';
import { digestOf, encode, inputDigest, packDigests } from '@skein/values';
import type { Observation, Outcome, Trace } from '@skein/model';
import { expect, test } from 'vitest';
import { traceOf } from '../test/sample.ts';
import {
  PROVENANCE,
  TRUSTED_SCOPE,
  believing,
  contentOf,
  newWriter,
  sharedEntry,
} from '../test/writers.ts';
import { readEntry } from './entry-read.ts';
import { encodeFrame, readFrames } from './entry-frames.ts';

const writer = newWriter();
const belief = believing([[writer, TRUSTED_SCOPE]]);

const digest = fc.string().map((text) => digestOf('value', text));
const maybe = fc.option(digest, { nil: null });
const path = fc.string({ minLength: 1 }).filter((text) => !text.includes('\0'));
const name = fc.string({ minLength: 1 });
const packed = fc.array(digest, { maxLength: 4 });
const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), path, digest: maybe }),
  fc.record({ kind: fc.constant('listing' as const), path, digest: maybe }),
  fc.record({ kind: fc.constant('variable' as const), name, digest: maybe }),
  fc.record({ kind: fc.constant('module' as const), specifier: name, from: path, digest: maybe }),
  fc.tuple(packed, digest, fc.nat()).map(([inputs, outcome, count]) => ({
    kind: 'call' as const,
    task: TASK,
    inputs,
    outcome,
    count,
  })),
  packed.map((list) => ({
    kind: 'map' as const,
    task: TASK,
    inputs: packDigests(list),
    outcomes: packDigests(list.toReversed()),
    concurrency: 64,
    settled: false,
  })),
);
const TASK = traceOf('x').task;
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true }).map((value): Outcome => {
    const bytes = encode(value ?? null);
    return { kind: 'result', digest: inputDigest(bytes), value: { at: 'inline', bytes } };
  }),
  fc.string().map((message): Outcome => {
    const bytes = encode({ message });
    return { kind: 'error', digest: inputDigest(bytes), bytes, fault: 'author' };
  }),
);
const trace: fc.Arbitrary<Trace> = fc
  .record({
    waves: fc.array(fc.array(observation, { maxLength: 4 }), { maxLength: 4 }),
    outcome,
    at: fc.nat(),
    durationMs: fc.nat(),
    run: name,
    action: fc.nat(),
  })
  .map((more) => traceOf('random', more));

test('any trace that can be made comes back equal', async () => {
  await fc.assert(
    fc.asyncProperty(trace, async (made) => {
      const reading = await readEntry(await sharedEntry(contentOf(made), writer), belief);
      expect(reading.ok && reading.entry.trace).toEqual({
        ...made,
        origin: { ...PROVENANCE, writer: writer.name },
      });
    }),
  );
});

test('an entry of which any bit is another is not believed', async () => {
  await fc.assert(
    fc.asyncProperty(trace, fc.nat(), async (made, at) => {
      const entry = await sharedEntry(contentOf(made), writer);
      const bytes = new Uint8Array(entry.bytes);
      const bit = at % (bytes.length * 8);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect((await readEntry({ ...entry, bytes }, belief)).ok).toBe(false);
      const cut = entry.bytes.subarray(0, at % entry.bytes.length);
      expect((await readEntry({ ...entry, bytes: cut }, belief)).ok).toBe(false);
    }),
  );
});

test('frames come back however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 300 }))),
      fc.infiniteStream(fc.integer({ min: 1, max: 90 })),
      async (values, sizes) => {
        const whole = Buffer.concat(values.map(encodeFrame));
        async function* pieces(): AsyncGenerator<Uint8Array> {
          for (let from = 0; from < whole.length;) {
            const size = sizes.next().value ?? 1;
            yield whole.subarray(from, from + size);
            from += size;
          }
        }
        const limits = { frameBytes: 1_000, totalBytes: 1 << 20 };
        expect(await Array.fromAsync(readFrames(pieces(), limits))).toEqual(values);
      },
    ),
  );
});
