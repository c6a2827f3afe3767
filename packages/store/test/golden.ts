import { digestOf, encode, packDigests } from '@skein/values';
import type { Trace } from '@skein/model';
import { EVERY_OBSERVATION, filesOf, sharedOf, traceOf } from './sample.ts';

/** Traces with every kind of observation, outcome and optional field. */
export const GOLDEN_TRACES: readonly Trace[] = [
  traceOf('plain'),
  traceOf('observing', { waves: EVERY_OBSERVATION }),
  traceOf('files', { outcome: filesOf('artifact', 'one', 'two') }),
  traceOf('large', {
    outcome: {
      kind: 'result',
      digest: digestOf('value', 'large'),
      value: { at: 'artifact', artifact: digestOf('blob', 'artifact') },
      artifact: digestOf('blob', 'artifact'),
      files: packDigests([]),
    },
  }),
  traceOf('failed', {
    outcome: {
      kind: 'error',
      digest: digestOf('value', 'error'),
      bytes: encode({ message: 'no' }),
      fault: 'author',
      unrecoverable: true,
    },
  }),
  traceOf('logged', { log: { length: 12, digest: digestOf('log', 'log') } }),
  traceOf('impure', {
    impurities: [
      { kind: 'clock', what: 'Date.now()', at: 'src/main.ts:3:5' },
      { kind: 'open-call', what: 'features' },
    ],
  }),
  sharedOf('learned'),
];

export const GOLDEN_KEYS = GOLDEN_TRACES.map((trace) => trace.key);

/** JSON with bytes as hexadecimal text: what the golden file is compared in. */
export function goldenJson(traces: readonly Trace[]): string {
  const replace = (_: string, field: unknown): unknown =>
    field instanceof Uint8Array ? { bytes: Buffer.from(field).toString('hex') } : field;
  return `${JSON.stringify(traces, replace, 1)}\n`;
}
