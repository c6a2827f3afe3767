import { encode } from '@skein/values';
import { chunkAfter } from '@skein/model';
import type { CheckpointId, Observed, Reason, ResultOutcome, RunEvent, RunId } from '@skein/model';
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
export const LOGS_GOLDEN_EVENTS: readonly RunEvent[] = [
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

const OBSERVED: Observed = {
  waves: EVERY_OBSERVATION,
  log: { length: CHUNK.length, digest: CHUNK.digest },
  impurities: [{ kind: 'clock', what: 'Date.now()', at: 'src/main.ts:3' }],
  untraceable: 'it wrote a file',
};
const SAVED = resultOf({ epoch: 6 }) as ResultOutcome;

/** Those of format 2: what resume, checkpoints, snapshots and the record brought. */
export const GOLDEN_EVENTS: readonly RunEvent[] = [
  runStarted('20261124-080000-601d', {
    initiator: 'nx',
    labels: { team: 'x' },
    origin: { kind: 'resume', run: '20261124-070000-601d' as RunId },
    variables: { MODE: keyOf('fast'), ABSENT: null },
    inputs: [{ digest: keyOf('input'), bytes: encode('input') }, { digest: keyOf('large') }],
    override: encode({ retries: 1 }),
  }),
  {
    kind: 'run-described',
    at: T0 + 1,
    version: {
      skein: '0.2.0',
      commit: 'c0ffee',
      branch: 'main',
      dirty: ['src/main.ts'],
      lockfile: { path: 'package-lock.json', digest: keyOf('lock') },
    },
  },
  actionStarted(1, 0, { override: encode({ retries: 1 }) }),
  { kind: 'attempt-started', at: T0 + 2, action: 1, attempt: 1, worker: 'worker 1' },
  {
    kind: 'checkpoint-recorded',
    at: T0 + 3,
    action: 1,
    attempt: 1,
    record: {
      checkpoint: 'src/main.ts#load' as CheckpointId,
      args: keyOf('args'),
      count: 1,
      code: keyOf('code'),
      outcome: resultOf(null),
      observed: OBSERVED,
    },
    durationMs: 3,
  },
  {
    kind: 'snapshot-saved',
    at: T0 + 4,
    action: 1,
    attempt: 1,
    snapshot: { value: SAVED, observed: { waves: [], log: null, impurities: [] } },
  },
  { kind: 'action-logged', at: T0 + 5, action: 0, stream: 'stderr', text: 'x\n', worker: 'w 1' },
  { kind: 'action-logged', at: T0 + 5, action: 1, stream: 'stdout', text: 'y\n' },
  actionFinished(2, 1, {
    verdict: {
      kind: 'adopt',
      reason: {
        kind: 'adopted',
        run: '20261124-070000-601d' as RunId,
        action: 2,
        made: CODE_CHANGED,
      },
    },
    traced: false,
  }),
  actionFinished(3, 1, { verdict: { kind: 'execute', reason: { kind: 'code-unknown' } } }),
  actionFinished(1, 0, {
    override: encode({ retries: 1 }),
    outcome: { ...errorOf('no room'), kind: 'error', bytes: encode('e'), fault: 'disk' },
    traced: false,
  }),
  runFinished({
    status: 'failed',
    outcome: errorOf('no room'),
    thrower: 1,
    counts: { total: 3, executed: 2, reused: 0, adopted: 1, failed: 1 },
  }),
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
