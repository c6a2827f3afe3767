import { decode, encode } from '@skein/values';
import {
  StoredFormError,
  mustList,
  mustNumber,
  mustRecord,
  mustText,
  readOutcome,
  readPrefix,
  readWaves,
  storeOutcome,
  storePrefix,
  storeWaves,
} from '@skein/model';
import type { ActionKey, Impurity, TaskId, Trace, Wave } from '@skein/model';
import { readProvenance } from './entry-provenance.ts';

/** Version of a trace's stored form. One of another version is a miss. */
export const TRACE_FORMAT = 2;

/** The trace without its key, which stands beside it. `docs/formats/trace.md` describes it. */
export function encodeTrace(trace: Trace): Uint8Array {
  const { task, waves, log, outcome, impurities, run, action, at, durationMs } = trace;
  return encode([
    TRACE_FORMAT,
    task,
    storeWaves(waves),
    storePrefix(log),
    storeOutcome(outcome),
    run,
    action,
    at,
    durationMs,
    impurities,
    ...(trace.origin === undefined ? [] : [{ ...trace.origin }]),
  ]);
}

/** `undefined` where the bytes are damaged or of another version. */
export function decodeTrace(key: ActionKey, body: Uint8Array): Trace | undefined {
  const fields = decodeFields(body);
  if (fields?.[0] !== TRACE_FORMAT) return undefined;
  try {
    return {
      key,
      task: mustText(fields[1]) as TaskId,
      waves: readWaves(fields[2]),
      log: readPrefix(fields[3]),
      outcome: readOutcome(fields[4]),
      impurities: mustList(fields[9]).map((one) => mustRecord(one) as unknown as Impurity),
      run: mustText(fields[5]),
      action: mustNumber(fields[6]),
      at: mustNumber(fields[7]),
      durationMs: mustNumber(fields[8]),
      ...(fields[10] === undefined ? {} : { origin: readProvenance(fields[10]) }),
    };
  } catch (error) {
    if (error instanceof StoredFormError) return undefined;
    throw error;
  }
}

function decodeFields(body: Uint8Array): readonly unknown[] | undefined {
  try {
    return mustList(decode(body));
  } catch {
    return undefined;
  }
}

/** A body of an earlier format is a miss like any other, and no damage. */
export function isOutdated(body: Uint8Array): boolean {
  const format = decodeFields(body)?.[0];
  return typeof format === 'number' && format >= 1 && format < TRACE_FORMAT;
}

/** Whether two traces of one key observed the same and came to the same. */
export function isSameTrace(one: Trace, other: Trace): boolean {
  if (one.outcome.digest !== other.outcome.digest) return false;
  if (one.log?.digest !== other.log?.digest) return false;
  return sameBytes(encodeWaves(one.waves), encodeWaves(other.waves));
}

function encodeWaves(waves: readonly Wave[]): Uint8Array {
  return encode(storeWaves(waves));
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
