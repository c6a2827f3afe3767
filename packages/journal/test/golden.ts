import { encode } from '@skein/values';
import type { RunEvent } from '@skein/model';
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

/** One of each event that is written, with every optional field at least once. */
export const GOLDEN_EVENTS: readonly RunEvent[] = [
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
    verdict: { kind: 'execute', reason: { kind: 'key-changed', changed: ['code'] } },
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

/** JSON with bytes as hexadecimal text: what the golden file is compared in. */
export function goldenJson(value: unknown): string {
  const replace = (_: string, field: unknown): unknown => {
    if (field instanceof Uint8Array) return { bytes: Buffer.from(field).toString('hex') };
    if (field instanceof Map) return [...field.values()];
    return field;
  };
  return `${JSON.stringify(value, replace, 1)}\n`;
}
