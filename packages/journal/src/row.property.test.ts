import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoredFormError, chunkAfter } from '@skein/model';
import type { ActionFinished, ActionImage, Outcome, Reason, RunEvent, Verdict } from '@skein/model';
import {
  EVERY_OBSERVATION,
  T0,
  actionFinished,
  actionStarted,
  errorOf,
  keyOf,
  resultOf,
  runFinished,
  runStarted,
} from '../test/sample.ts';
import { decodeRow, encodeRow, runOf, seqOf } from './row.ts';
import type { WrittenEvent } from './stored-event.ts';

const digest = fc.string().map(keyOf);
const bytes = fc.uint8Array({ maxLength: 40 });
const number = fc.nat();

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.string().map(resultOf),
  fc.string().map(errorOf),
  fc.string().map((text) => ({ ...errorOf(text), fault: 'lost', unrecoverable: true }) as Outcome),
  fc.record({ artifact: digest, files: bytes }).map(({ artifact, files }): Outcome => ({
    kind: 'result',
    digest: keyOf('large'),
    value: { at: 'artifact', artifact },
    artifact,
    files,
  })),
);

const verdict: fc.Arbitrary<Verdict> = fc.record({
  kind: fc.constantFrom('reuse', 'adopt', 'execute'),
  reason: fc.oneof(
    fc.constant({ kind: 'found' } as const),
    fc.array(fc.string()).map((names): Reason => {
      const changes = names.map((name) => ({ kind: 'setting', name, after: name }) as const);
      return { kind: 'key-changed', changes };
    }),
    fc.record({ path: fc.string(), after: fc.option(digest) }).map(({ path, after }): Reason => {
      const before = { kind: 'file', path, digest: null } as const;
      return { kind: 'observation-changed', before, after };
    }),
  ),
});

const inputs = fc.array(
  fc.oneof(
    digest.map((digest) => ({ digest })),
    fc.record({ digest, bytes }),
  ),
);

const waves: fc.Arbitrary<ActionFinished['waves']> = fc.constantFrom([], [[]], EVERY_OBSERVATION);

const observations = fc.constantFrom([], ...EVERY_OBSERVATION);

const image: fc.Arbitrary<ActionImage | null> = fc.option(
  fc.record(
    {
      digest: fc.string(),
      applied: fc.boolean(),
      name: fc.string(),
      node: fc.string(),
      network: fc.constant(true as const),
    },
    { requiredKeys: ['digest', 'applied'] },
  ),
);

const event: fc.Arbitrary<WrittenEvent> = fc.oneof(
  fc.string().map((name) => runStarted(name, { labels: { [name]: name } })),
  fc
    .record({ inputs, verdict, groups: fc.array(fc.string()), image })
    .map(({ image: ran, ...more }) => {
      return actionStarted(1, 0, ran === null ? more : { ...more, image: ran });
    }),
  fc
    .record({ inputs, verdict, outcome, waves, attempts: number, traced: fc.boolean() })
    .map((more) => actionFinished(2, 1, more)),
  fc.constant(actionFinished(3, 1, { key: null, untraced: 'it wrote a file' })),
  fc.record({ digest, length: number }).map((log) => actionFinished(4, 1, { log })),
  fc.record({ at: number, observations }).map(({ at, observations }) => {
    return { kind: 'process-logged', at, chunk: chunkAfter(null, observations) } as const;
  }),
  fc.record({
    kind: fc.constant('attempt-started' as const),
    at: number,
    action: number,
    attempt: number,
    worker: fc.string(),
  }),
  outcome.map(
    (outcome) => ({ kind: 'attempt-failed', at: T0, action: 1, attempt: 1, outcome }) as const,
  ),
  fc.constant({
    kind: 'attempt-failed',
    at: T0,
    action: 1,
    attempt: 1,
    outcome: errorOf('x'),
    retryInMs: 5,
  } as const),
  fc
    .string({ unit: 'binary' })
    .map((text) => ({ kind: 'action-logged', at: T0, action: 1, stream: 'stderr', text }) as const),
  fc.constant({ kind: 'action-passed', at: T0, action: 3, parent: 1 } as const),
  fc.constant({
    kind: 'run-warned',
    at: T0,
    warning: { code: 'code-moved', kind: 'warning', headline: 'h', facts: [['a', 'b']] },
    action: 4,
  } as const),
  outcome.map((outcome) => runFinished({ outcome, status: 'failed', thrower: 2 })),
);

test('a row reads as the events it was written from', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), (events) => {
      expect(decodeRow(encodeRow(events))).toEqual(events satisfies RunEvent[]);
    }),
  );
});

test('damaged bytes give events or a StoredFormError, never anything else', () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      fc.nat(255),
      (events, at, byte) => {
        const row = encodeRow(events);
        row[at % row.length] = byte;
        try {
          decodeRow(row);
        } catch (error) {
          expect(error).toBeInstanceOf(StoredFormError);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('the number of a row names its run', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 20 }), fc.nat(2 ** 32 - 1), (run, row) => {
      expect(runOf(seqOf(run, row))).toBe(run);
      expect(Number.isSafeInteger(seqOf(run, row))).toBe(true);
    }),
  );
});
