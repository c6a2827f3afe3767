import type { ActionState } from '@skein/journal';
import type {
  ActionCounts,
  AdoptionSummary,
  Failure,
  Outcome,
  Reason,
  RecordedInput,
  RemoteUse,
  RunOverview,
  RunSummary,
  SummaryError,
  ThrownRecord,
} from '@skein/model';
import { EncodingError, toJson, type JsonValue, type ToJsonOptions } from '@skein/values';
import { namesIn } from './adoption.ts';
import { explainReason, nameVerdict } from './reason.ts';
import { failureError } from './rejection.ts';
import { recordedInput, type Reader } from './recorded.ts';
import { thrownName, unwrapThrown } from './thrown.ts';
import { shorten } from './value.ts';

export type JsonObject = Readonly<Record<string, JsonValue>>;

/** The one object of `skein run --json`. */
export function summaryJson(summary: RunSummary, options: ToJsonOptions = {}): JsonObject {
  const { run, status, task, result, error, actions, durationMs, resumed, remote } = summary;
  return {
    run,
    status,
    task,
    result: valueJson(result, options),
    error: error === null ? null : errorJson(error, options),
    actions: countsJson(actions),
    durationMs: Math.round(durationMs),
    ...(resumed === undefined ? {} : { resumed: { run: resumed.run, ...adoptionJson(resumed) } }),
    ...(remote === undefined ? {} : { remote: remoteJson(remote) }),
  };
}

function remoteJson({ waitedMs, off, unbelieved, unshared, ...use }: RemoteUse): JsonObject {
  const whys = { unbelieved: { ...unbelieved }, unshared: { ...unshared } };
  return { ...use, ...whys, waitedMs: Math.round(waitedMs), off: off ?? null };
}

/** What was taken over, and what is different from what made it (R2). */
export function adoptionJson({ adopted, madeByEarlier, made }: AdoptionSummary): JsonObject {
  const changes = made.map(({ reason, actions }) => ({
    actions,
    names: [...namesIn(reason)],
    reason: reasonJson(reason),
  }));
  return { adopted, madeByEarlier, changes };
}

/** The object of a command other than `run` that was refused. */
export function failureJson([first, ...others]: readonly [Failure, ...Failure[]]): JsonObject {
  return { error: errorJson(failureError(first, others), {}) };
}

/** The object of `skein runs --json`. */
export function runsJson(runs: readonly RunOverview[]): JsonObject {
  return { runs: runs.map(overviewJson) };
}

/** The object of `skein show --action n --json`. */
export function actionJson(action: ActionState, reader: Reader, limit = Infinity): JsonObject {
  const read = { ...reader, limit };
  const { verdict, outcome, inputs, attempts, logs, impurities, waves } = action;
  const { checkpoints, snapshot } = action;
  return {
    action: action.action,
    parent: action.parent,
    task: action.task,
    key: action.key,
    image: action.image === undefined ? null : plainJson(action.image),
    verdict: nameVerdict(verdict),
    reason: reasonJson(verdict.reason, action.finishedAt),
    groups: [...action.groups],
    inputs: inputs.map((input) => inputJson(input, read)),
    ...outcomeJson(outcome, read),
    startedAt: timeJson(action.startedAt),
    finishedAt: timeJson(action.finishedAt),
    durationMs: action.durationMs ?? null,
    attempts: attempts.map((attempt) => ({
      attempt: attempt.attempt,
      worker: attempt.worker,
      startedAt: timeJson(attempt.startedAt),
      endedAt: timeJson(attempt.endedAt),
      ...outcomeJson(attempt.outcome, read),
      retryInMs: attempt.retryInMs ?? null,
    })),
    ...overrideJson(action, read),
    checkpoints: checkpoints.map(({ checkpoint, args, count, outcome: ended }) => {
      return { checkpoint, args, count, ...outcomeJson(ended, read) };
    }),
    snapshot:
      snapshot === undefined ? null : (outcomeJson(snapshot.value, read)['outcome'] ?? null),
    logs: logs.map(({ at, stream, text }) => ({ at: timeJson(at), stream, text })),
    impurities: impurities.map(({ kind, what, at }) => ({ kind, what, at: at ?? null })),
    observations: waves.reduce((sum, wave) => sum + wave.length, 0),
    traced: action.traced,
    untraced: action.untraced ?? null,
    children: [...action.children],
  };
}

/** Options that the call gave; not there where it gave none. */
function overrideJson({ override }: ActionState, read: LimitedReader): JsonObject {
  if (override === undefined) return {};
  const { value } = resultJson(override, read);
  return { override: value ?? null };
}

/** A reason with everything it names, and its sentence. */
export function reasonJson(reason: Reason, at?: number): JsonObject {
  return { ...plainJson(reason), sentence: explainReason(reason, at) };
}

/** Plain data of texts, numbers and switches is its own JSON. */
export function plainJson(record: object): JsonObject {
  return recordJson({ ...record }, {});
}

/** What the list of runs says of one. */
export function overviewJson(overview: RunOverview): JsonObject {
  const { run, status, task, entry, startedAt, durationMs, counts, labels } = overview;
  const { initiator, origin } = overview;
  return {
    run,
    status,
    task,
    entry,
    startedAt: timeJson(startedAt),
    durationMs: durationMs ?? null,
    actions: countsJson(counts),
    labels: { ...labels },
    initiator,
    origin: origin === undefined ? null : plainJson(origin),
  };
}

function countsJson({ total, executed, reused, adopted, failed }: ActionCounts): JsonObject {
  return { total, executed, reused, adopted, failed };
}

function errorJson(error: SummaryError, options: ToJsonOptions): JsonObject {
  return {
    class: error.class,
    message: error.message,
    fields: recordJson(error.fields, options),
    cause: causeJson(error.cause, options),
    task: error.task ?? null,
    action: error.action ?? null,
    inputs: error.inputs === undefined ? null : recordJson(error.inputs, options),
    stack: error.stack ?? null,
  };
}

/** What was thrown, as it was recorded. */
export function thrownJson(thrown: ThrownRecord): JsonValue {
  return causeJson(thrown, {});
}

const CAUSES = 32;

/** A cause that is an error has the form of one; any other value has its own. */
function causeJson(thrown: unknown, options: ToJsonOptions, depth = 0): JsonValue {
  const cause = unwrapThrown(thrown);
  if (cause === undefined || depth > CAUSES) return null;
  if (!isErrorForm(cause)) return valueJson(cause, options);
  const fields = cause instanceof Error ? Object.fromEntries(Object.entries(cause)) : cause.fields;
  return {
    class: thrownName(cause),
    message: cause.message,
    fields: recordJson(fields ?? {}, options),
    cause: causeJson(cause.cause, options, depth + 1),
    ...(typeof cause.stack === 'string' ? { stack: cause.stack } : {}),
  };
}

interface ErrorForm {
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  readonly stack?: unknown;
}

function isErrorForm(value: unknown): value is ErrorForm & Readonly<Record<string, unknown>> {
  if (value instanceof Error) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { class: name, message } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof message === 'string';
}

function recordJson(record: Readonly<Record<string, unknown>>, options: ToJsonOptions): JsonObject {
  const entries = Object.entries(record).map(([name, value]) => [name, valueJson(value, options)]);
  return Object.fromEntries(entries) as JsonObject;
}

/** Values of more bytes are left to their digests; errors are always told. */
interface LimitedReader extends Reader {
  readonly limit: number;
}

/** `result` of a result, `error` of an error; `digest` alone where the bytes are elsewhere. */
function outcomeJson(outcome: Outcome | undefined, read: LimitedReader): JsonObject {
  if (outcome === undefined) return { outcome: null };
  if (outcome.kind === 'error') {
    const found = read.value(outcome.bytes);
    const error = found.ok ? causeJson(found.value, {}) : null;
    return { outcome: { kind: 'error', fault: outcome.fault, digest: outcome.digest, error } };
  }
  const bytes = outcome.value.at === 'inline' ? outcome.value.bytes : undefined;
  const { value: result } = resultJson(bytes, read);
  const { digest } = outcome;
  return { outcome: { kind: 'result', digest, ...(result === undefined ? {} : { result }) } };
}

function inputJson(input: RecordedInput, read: LimitedReader): JsonObject {
  const { digest } = input;
  const bytes = input.bytes ?? read.bytes(digest);
  if (bytes !== undefined && bytes.length > read.limit) return { digest };
  const found = recordedInput(input, read);
  if (found.kind === 'omitted') return { digest, omitted: true };
  return found.kind === 'value' ? { digest, value: valueJson(found.value, {}) } : { digest };
}

function resultJson(bytes: Uint8Array | undefined, read: LimitedReader): { value?: JsonValue } {
  const shown = bytes !== undefined && bytes.length <= read.limit;
  const found = shown ? read.value(bytes) : undefined;
  return found?.ok === true ? { value: valueJson(found.value, {}) } : {};
}

/** An input is shown even where it cannot be written exactly: then as the line a person reads. */
function valueJson(value: unknown, options: ToJsonOptions): JsonValue {
  try {
    return toJson(value, options);
  } catch (error) {
    if (error instanceof EncodingError) return shorten(value, 200);
    throw error;
  }
}

/** ISO 8601, or null. */
export function timeJson(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
