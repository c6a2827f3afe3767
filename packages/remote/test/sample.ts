import { digestOf, encode, inputDigest, packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import type { ActionKey, CallObservation, Outcome, TaskId, Trace } from '@skein/model';

export const TASK = 'src/main.ts#features' as TaskId;

export function keyOf(name: string): ActionKey {
  return digestOf('key', name) as ActionKey;
}

export function resultOf(value: unknown): Outcome {
  const bytes = encode(value);
  return { kind: 'result', digest: inputDigest(bytes), value: { at: 'inline', bytes } };
}

/** A large result, in an artifact. */
export function inArtifact(artifact: Digest, files: readonly Digest[] = []): Outcome {
  return {
    kind: 'result',
    digest: digestOf('value', artifact),
    value: { at: 'artifact', artifact },
    artifact,
    ...(files.length === 0 ? {} : { files: packDigests(files) }),
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
    at: Date.UTC(2026, 10, 24),
    durationMs: 5,
    ...more,
  };
}

export function callWith(...inputs: readonly Digest[]): CallObservation {
  return { kind: 'call', task: TASK, inputs, outcome: digestOf('value', 'out'), count: 0 };
}
