import { digestOf, encode, inputDigest, packDigests } from '@skein/values';
import type {
  ActionFinished,
  ActionKey,
  Outcome,
  RunEvent,
  RunId,
  TaskId,
  Trace,
} from '@skein/model';
import type { FoldedRow } from '../src/trace-fold.ts';

const AT = Date.UTC(2026, 10, 24, 6);
export const TASK = 'src/main.ts#features' as TaskId;

export function keyOf(name: string): ActionKey {
  return digestOf('key', name) as ActionKey;
}

export function resultOf(value: unknown): Outcome {
  const bytes = encode(value);
  return { kind: 'result', digest: inputDigest(bytes), value: { at: 'inline', bytes } };
}

/** A result whose files are in an artifact. */
export function filesOf(artifact: string, ...files: string[]): Outcome {
  const digests = files.map((file) => digestOf('blob', file));
  return {
    kind: 'result',
    digest: inputDigest(encode(files)),
    value: { at: 'inline', bytes: encode(files) },
    artifact: digestOf('blob', artifact),
    files: packDigests(digests),
  };
}

export function traceOf(name: string, more: Partial<Trace> = {}): Trace {
  return {
    key: keyOf(name),
    task: TASK,
    waves: [],
    log: null,
    outcome: resultOf(name),
    impurities: [],
    run: '20261124-060000-aa',
    action: 1,
    at: AT,
    durationMs: 5,
    ...more,
  };
}

/** Writers by one digit: names of keys are 64. */
export function writerOf(digit: string): string {
  return digit.repeat(64);
}

/** A trace as somebody else made and shared it. */
export function sharedOf(name: string, more: Partial<Trace> = {}, writer = 'a'): Trace {
  const origin = {
    writer: writerOf(writer),
    scope: 'trusted',
    skein: '0.6.0',
    at: AT + 1,
    user: 'ada',
    host: 'build-7',
    commit: '1a2b3c4d',
    ref: 'main',
    ci: 'https://ci.example/runs/12',
  };
  return traceOf(name, { run: '20261123-110000-bb', origin, ...more });
}

/** The event that the journal holds for a trace. */
export function eventOf(trace: Trace, more: Partial<ActionFinished> = {}): ActionFinished {
  const { key, task, waves, log, outcome, impurities, action, at, durationMs } = trace;
  return {
    kind: 'action-finished',
    at,
    action,
    parent: 0,
    task,
    key,
    inputs: [],
    verdict: { kind: 'execute', reason: { kind: 'never-executed' } },
    outcome,
    attempts: 1,
    durationMs,
    waves,
    log,
    impurities,
    traced: true,
    groups: [],
    ...more,
  };
}

export function rowOf(...events: RunEvent[]): FoldedRow {
  return { runId: '20261124-060000-aa' as RunId, events };
}

/** Waves with every kind of observation. */
export const EVERY_OBSERVATION: Trace['waves'] = [
  [
    { kind: 'file', path: 'data/a.txt', digest: digestOf('blob', 'a') },
    { kind: 'file', path: 'data/absent.txt', digest: null },
    { kind: 'listing', path: 'data', digest: digestOf('dir', 'data') },
    { kind: 'stat', path: 'data/a.txt', aspect: 'stat', digest: digestOf('observation', 'file') },
    { kind: 'stat', path: 'data/no.txt', aspect: 'exists', digest: null },
    { kind: 'variable', name: 'MODE', digest: digestOf('value', 'fast') },
    { kind: 'module', specifier: 'sharp', from: 'src/main.ts', digest: null },
  ],
  [
    {
      kind: 'call',
      task: TASK,
      inputs: [digestOf('value', 'x'), digestOf('value', 'y')],
      outcome: digestOf('value', 'z'),
      count: 2,
      override: encode({ retries: 1 }),
    },
    {
      kind: 'map',
      task: TASK,
      inputs: packDigests([digestOf('value', 'x')]),
      outcomes: packDigests([digestOf('value', '1')]),
      concurrency: 64,
      settled: false,
    },
  ],
];
