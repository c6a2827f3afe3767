import { digestOf, encode, packDigests } from '@skein/values';
import type { DeepSummary } from '../src/deep-summary.ts';
import type { TaskId } from '../src/task.ts';

const AT = Date.UTC(2026, 10, 24, 6);
const VALUE = encode({ accuracy: 0.98 });

/** Summaries with every optional field and every kind of observation. */
export const GOLDEN_SUMMARIES: readonly DeepSummary[] = [
  {
    outcome: {
      kind: 'result',
      digest: digestOf('value', VALUE),
      value: { at: 'inline', bytes: VALUE },
    },
    root: { oldestAt: AT, newestAt: AT, impure: false },
    tasks: [
      {
        task: 'src/parse.ts#parse' as TaskId,
        terms: digestOf('manifest', 'parse'),
        actions: 532,
        oldestAt: AT - 60_000,
        newestAt: AT,
        impure: false,
      },
      {
        task: 'src/train.ts#train' as TaskId,
        override: encode({ resources: { memoryBytes: 2 ** 33 } }),
        terms: digestOf('manifest', 'train'),
        actions: 1,
        oldestAt: AT,
        newestAt: AT,
        impure: true,
      },
    ],
    observations: [
      { kind: 'file', path: 'data/a.txt', digest: digestOf('blob', 'a') },
      { kind: 'file', path: 'data/absent.txt', digest: null },
      { kind: 'listing', path: 'data', digest: digestOf('dir', 'data') },
      { kind: 'stat', path: '/etc/hosts', aspect: 'lstat', digest: digestOf('observation', 'x') },
      { kind: 'variable', name: 'MODE', digest: digestOf('value', 'fast') },
      { kind: 'module', specifier: 'sharp', from: 'src/main.ts', digest: null },
    ],
  },
  {
    outcome: {
      kind: 'result',
      digest: digestOf('value', 'large'),
      value: { at: 'artifact', artifact: digestOf('blob', 'artifact') },
      artifact: digestOf('blob', 'artifact'),
      files: packDigests([digestOf('blob', 'file')]),
    },
    root: { oldestAt: AT, newestAt: AT, impure: true },
    tasks: [],
    observations: [],
  },
];

/** JSON with bytes as hexadecimal text: what the golden file is compared in. */
export function goldenJson(summaries: readonly (DeepSummary | undefined)[]): string {
  const text = JSON.stringify(
    summaries,
    (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    2,
  );
  return `${text}\n`;
}
