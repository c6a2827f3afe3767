import type { Failure, RunSummary, SummaryError, TaskId } from '@skein/model';
import { formatPlace } from './failure.ts';

/** The summary of a run that was rejected before it began: nothing is recorded of it. */
export function rejectedSummary(
  failures: readonly [Failure, ...Failure[]],
  { task, durationMs }: { readonly task: TaskId | null; readonly durationMs: number },
): RunSummary {
  const [first, ...others] = failures;
  return {
    run: null,
    status: 'rejected',
    task,
    result: null,
    error: failureError(first, others),
    actions: { total: 0, executed: 0, reused: 0, adopted: 0, failed: 0 },
    durationMs,
  };
}

/**
 * A failure in the form of an error: its code is the class, its facts are the fields, besides
 * them `place` (`path:line:column`), `hint`, and `others` where there are several.
 */
export function failureError(failure: Failure, others: readonly Failure[] = []): SummaryError {
  return {
    class: failure.code,
    message: failure.headline,
    fields: {
      ...fieldsOf(failure),
      ...(others.length === 0 ? {} : { others: others.map(describe) }),
    },
    failure,
  };
}

function describe(failure: Failure): Readonly<Record<string, unknown>> {
  return { class: failure.code, message: failure.headline, fields: fieldsOf(failure) };
}

function fieldsOf({ facts, place, hint }: Failure): Readonly<Record<string, unknown>> {
  return {
    ...Object.fromEntries(facts),
    ...(place === undefined ? {} : { place: formatPlace(place) }),
    ...(hint === undefined ? {} : { hint }),
  };
}
