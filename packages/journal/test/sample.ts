import { digestOf, encode, inputDigest, packDigests } from '@skein/values';
import type {
  ActionFinished,
  ActionKey,
  ActionStarted,
  Outcome,
  RunFinished,
  RunId,
  RunStarted,
  TaskId,
} from '@skein/model';

/** Times of the samples start here. */
export const T0 = Date.UTC(2026, 10, 24, 6);

export const DEAD = { pid: 2 ** 30, startedAt: 'never', host: 'nowhere' };

export function runStarted(name: string, more: Partial<RunStarted> = {}): RunStarted {
  return {
    kind: 'run-started',
    at: T0,
    run: name as RunId,
    entry: 'src/main.ts',
    task: 'src/main.ts#main' as TaskId,
    initiator: 'command',
    labels: {},
    platform: { node: '26.10.0', os: 'linux', arch: 'x64', libc: 'glibc' },
    bundle: digestOf('bundle', 'bundle'),
    code: digestOf('code', 'code'),
    process: DEAD,
    ...more,
  };
}

export function keyOf(name: string): ActionKey {
  return digestOf('key', name) as ActionKey;
}

export function resultOf(value: unknown): Outcome {
  const bytes = encode(value);
  return { kind: 'result', digest: inputDigest(bytes), value: { at: 'inline', bytes } };
}

export function errorOf(message: string): Outcome {
  const bytes = encode({ class: 'Error', name: 'Error', message, fields: {}, stack: '' });
  return { kind: 'error', digest: digestOf('value', message), bytes, fault: 'author' };
}

export function actionStarted(
  action: number,
  parent: number,
  more: Partial<ActionStarted> = {},
): ActionStarted {
  const bytes = encode(`input of ${action}`);
  return {
    kind: 'action-started',
    at: T0 + action,
    action,
    parent,
    task: 'src/main.ts#features' as TaskId,
    key: keyOf(String(action)),
    inputs: [{ digest: inputDigest(bytes), bytes }],
    verdict: { kind: 'execute', reason: { kind: 'never-executed' } },
    groups: [],
    ...more,
  };
}

export function actionFinished(
  action: number,
  parent: number,
  more: Partial<ActionFinished> = {},
): ActionFinished {
  return {
    kind: 'action-finished',
    at: T0 + action + 5,
    action,
    parent,
    task: 'src/main.ts#features' as TaskId,
    key: keyOf(String(action)),
    inputs: [{ digest: inputDigest(encode(`input of ${action}`)) }],
    verdict: { kind: 'execute', reason: { kind: 'never-executed' } },
    outcome: resultOf({ action }),
    attempts: 1,
    durationMs: 5,
    waves: [],
    log: null,
    impurities: [],
    traced: true,
    groups: [],
    ...more,
  };
}

export function runFinished(more: Partial<RunFinished> = {}): RunFinished {
  return {
    kind: 'run-finished',
    at: T0 + 1_000,
    status: 'succeeded',
    outcome: resultOf('done'),
    counts: { total: 1, executed: 1, reused: 0, adopted: 0, failed: 0 },
    durationMs: 1_000,
    ...more,
  };
}

/** Waves with every kind of observation. */
export const EVERY_OBSERVATION = [
  [
    { kind: 'file', path: 'data/a.txt', digest: digestOf('blob', 'a') },
    { kind: 'file', path: 'data/absent.txt', digest: null },
    { kind: 'listing', path: 'data', digest: digestOf('dir', 'data') },
    { kind: 'variable', name: 'MODE', digest: null },
    { kind: 'module', specifier: 'sharp', from: 'src/main.ts', digest: digestOf('package', 's') },
  ],
  [
    {
      kind: 'call',
      task: 'src/main.ts#parse' as TaskId,
      inputs: [digestOf('value', 'x'), digestOf('value', 'y')],
      outcome: digestOf('value', 'z'),
      count: 2,
      override: encode({ retries: 1 }),
    },
    {
      kind: 'map',
      task: 'src/main.ts#features' as TaskId,
      inputs: packDigests([digestOf('value', 'x'), digestOf('value', 'y')]),
      outcomes: packDigests([digestOf('value', '1'), digestOf('value', '2')]),
      concurrency: 64,
      settled: false,
    },
  ],
] as const;
