import { decode } from '@skein/values';
import type {
  ErrorRecord,
  Outcome,
  RemoteUse,
  RunId,
  RunSummary,
  SummaryError,
  TaskId,
  ThrownRecord,
} from '@skein/model';
import type { RunEnd } from '@skein/engine';
import { failureError } from '@skein/view';

/** Who threw what made the run fail, as far as it is recorded. */
export interface Thrower {
  readonly task: TaskId;
  readonly action: number;
  /** By parameter name. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The summary of a run that ended. `valueOf` decodes a result, wherever its bytes lie. */
export async function summarise(
  of: {
    readonly run: RunId;
    readonly task: TaskId;
    readonly end: RunEnd;
    /** What the run went on from. */
    readonly from?: RunId | undefined;
    /** What it had of its remote. */
    readonly remote?: RemoteUse | undefined;
  },
  read: {
    readonly valueOf: (outcome: Outcome) => Promise<unknown>;
    readonly thrower: () => Promise<Thrower | undefined>;
  },
): Promise<RunSummary> {
  const { end, from, remote } = of;
  const { outcome } = end;
  const result = outcome?.kind === 'result' ? await read.valueOf(outcome) : null;
  return {
    run: of.run,
    status: end.status,
    task: of.task,
    result: result === undefined ? null : result,
    error: await errorOf(end, read.thrower),
    actions: end.counts,
    durationMs: end.durationMs,
    ...(from === undefined || end.adoption === undefined
      ? {}
      : { resumed: { run: from, ...end.adoption } }),
    ...(remote === undefined ? {} : { remote }),
  };
}

async function errorOf(
  end: RunEnd,
  thrower: () => Promise<Thrower | undefined>,
): Promise<SummaryError | null> {
  if (end.fatal !== undefined) return failureError(end.fatal);
  if (end.outcome?.kind !== 'error') return null;
  const thrown = decode(end.outcome.bytes) as ThrownRecord;
  const by = await thrower();
  const error = thrown.kind === 'error' ? recordError(thrown.error) : valueError(thrown.value);
  if (by === undefined) return error;
  return { ...error, task: by.task, action: by.action, inputs: by.inputs };
}

function recordError(record: ErrorRecord): SummaryError {
  return {
    class: record.name,
    message: record.message,
    fields: record.fields,
    ...(record.cause === undefined ? {} : { cause: causeOf(record.cause) }),
    stack: record.stack,
  };
}

function causeOf(cause: ThrownRecord): unknown {
  return cause.kind === 'value' ? cause.value : recordError(cause.error);
}

function valueError(value: unknown): SummaryError {
  return { class: typeof value, message: String(value), fields: { value } };
}
