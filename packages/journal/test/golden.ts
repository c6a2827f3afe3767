import { encode } from '@skein/values';
import { chunkAfter } from '@skein/model';
import type { Reason, RunEvent } from '@skein/model';
import {
  EVERY_OBSERVATION,
  T0,
  actionFinished,
  actionStarted,
  errorOf,
  keyOf,
  runFinished,
  runStarted,
} from './sample.ts';

/** As a reason reads that was written before changes had values. */
const CODE_CHANGED: Reason = {
  kind: 'key-changed',
  changes: [{ kind: 'setting', name: 'code' }],
};

/** What the first golden database holds: one of each event that there was when it was written. */
export const FIRST_GOLDEN_EVENTS: readonly RunEvent[] = [
  runStarted('20261124-060000-601d', { labels: { team: 'x' } }),
  actionStarted(1, 0, { key: null, verdict: { kind: 'execute', reason: { kind: 'caching-off' } } }),
  { kind: 'attempt-started', at: T0 + 1, action: 1, attempt: 1, worker: 'worker 1' },
  { kind: 'action-logged', at: T0 + 2, action: 1, stream: 'stdout', text: 'hello\n' },
  {
    kind: 'attempt-failed',
    at: T0 + 3,
    action: 1,
    attempt: 1,
    outcome: { ...errorOf('lost'), kind: 'error', bytes: encode('e'), fault: 'lost' },
    retryInMs: 500,
  },
  { kind: 'attempt-started', at: T0 + 503, action: 1, attempt: 2, worker: 'worker 2' },
  {
    kind: 'run-warned',
    at: T0 + 504,
    warning: {
      code: 'option-not-honoured',
      kind: 'warning',
      headline: 'a warning',
      facts: [['option', 'gpu']],
      hint: 'drop it',
    },
    action: 1,
  },
  actionFinished(2, 1, {
    verdict: { kind: 'execute', reason: CODE_CHANGED },
    waves: EVERY_OBSERVATION,
    groups: ['outer', 'inner'],
  }),
  actionFinished(3, 1, {
    verdict: { kind: 'reuse', reason: { kind: 'found' } },
    outcome: {
      kind: 'result',
      digest: keyOf('large'),
      value: { at: 'artifact', artifact: keyOf('artifact') },
      artifact: keyOf('artifact'),
      files: new Uint8Array(40),
    },
  }),
  actionFinished(5, 4, {
    outcome: errorOf('no'),
    impurities: [{ kind: 'clock', what: 'Date.now', at: 'src/main.ts:3' }],
    traced: false,
    untraced: 'it wrote a file',
  }),
  { kind: 'action-passed', at: T0 + 600, action: 4, parent: 1 },
  actionFinished(1, 0, { key: null, attempts: 2, traced: false }),
  runFinished({ status: 'failed', outcome: errorOf('no'), thrower: 5 }),
];

const SEEN: Reason = {
  kind: 'observation-changed',
  before: { kind: 'stat', path: 'data', aspect: 'exists', digest: null },
  after: keyOf('folder'),
  logged: true,
};
const CHUNK = chunkAfter(null, EVERY_OBSERVATION[0]);
const NEXT_CHUNK = chunkAfter(CHUNK, EVERY_OBSERVATION[1]);

/** Those with logs of processes, and with everything else that came with them. */
export const GOLDEN_EVENTS: readonly RunEvent[] = [
  runStarted('20261124-070000-601d'),
  actionStarted(1, 0),
  { kind: 'process-logged', at: T0 + 2, chunk: CHUNK },
  { kind: 'process-logged', at: T0 + 3, chunk: NEXT_CHUNK },
  actionFinished(2, 1, {
    verdict: { kind: 'execute', reason: SEEN },
    waves: [[{ kind: 'stat', path: 'data/a.txt', aspect: 'real', digest: keyOf('real') }]],
    log: { length: NEXT_CHUNK.length, digest: NEXT_CHUNK.digest },
  }),
  actionFinished(3, 1, {
    verdict: { kind: 'execute', reason: { kind: 'log-missing' } },
    log: { length: CHUNK.length, digest: CHUNK.digest },
  }),
  actionFinished(4, 1, {
    verdict: {
      kind: 'execute',
      reason: {
        kind: 'key-changed',
        changes: [
          {
            kind: 'symbol',
            module: 'src/a.ts',
            name: 'f',
            before: keyOf('old'),
            after: keyOf('new'),
          },
          { kind: 'input', name: 'rows', path: 'rows[3]', before: '1', after: '2' },
        ],
      },
    },
  }),
  actionFinished(1, 0),
  runFinished({}),
];

/** JSON with bytes as hexadecimal text: what the golden file is compared in. */
export function goldenJson(value: unknown): string {
  const replace = (_: string, field: unknown): unknown => {
    if (field instanceof Uint8Array) return { bytes: Buffer.from(field).toString('hex') };
    if (field instanceof Map) return [...field.values()];
    return field;
  };
  return `${JSON.stringify(value, replace, 1)}\n`;
}
