import type { RunSummary } from '@skein/model';
import { formatAmount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { renderError } from './error.ts';
import { alignFacts } from './facts.ts';
import { describeFromTo } from './change.ts';
import { summaryJson } from './json.ts';
import type { Style } from './style.ts';
import { unfold } from './value.ts';
import type { ResultChange } from './verify.ts';

/** A recorded action that was executed again by itself, compared with what is on record. */
export interface ReplayReport {
  /** As of a run that was this action alone. */
  readonly summary: RunSummary;
  readonly action: number;
  /** Whether it came to what it had come to; absent: it had come to nothing yet. */
  readonly equal?: boolean;
  readonly changes: readonly ResultChange[];
  /** Calls that the record answered, and those that had to execute. */
  readonly calls: { readonly answered: number; readonly executed: number };
}

export interface ReplayView {
  readonly style: Style;
  readonly width: number;
  /** Files and folders that the result names, and where they lie. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

/** What came out, whether that is what is on record, and what its calls were answered with. */
export function renderReplay(report: ReplayReport, { style, width, files }: ReplayView): string {
  const { summary, action } = report;
  const paint = summary.status === 'succeeded' ? style.good : style.bad;
  const when = summary.status === 'succeeded' ? 'in' : 'after';
  const facts: (readonly [string, string])[] = [
    ...resultFact(summary, width),
    ...files.map(({ name, path }) => ['file', `${name}: ${path}`] as const),
    ['recorded', comparison(report)],
    ...report.changes.map((change) => {
      return ['differs', `${change.path} ${describeFromTo(change)}`] as const;
    }),
    ['calls', describeCalls(report)],
    ['replay', `action ${action} of run ${summary.run}; nothing is recorded`],
  ];
  const duration = formatDuration(summary.durationMs);
  return [
    `${paint(summary.status)} ${style.strong(summary.task ?? '')} ${when} ${duration}`,
    ...(summary.error === null ? [] : ['', renderError(summary.error, { style, width }), '']),
    ...alignFacts(facts, style),
  ].join('\n');
}

export function replayJson(report: ReplayReport, locate: Locate): unknown {
  const { run, status, task, result, error, durationMs } = summaryJson(report.summary, locate);
  const { action, equal, changes, calls } = report;
  return {
    run,
    action,
    status,
    task,
    result,
    error,
    equal: equal ?? null,
    changes,
    calls,
    durationMs,
  };
}

type Locate = Parameters<typeof summaryJson>[1];

function resultFact({ status, result }: RunSummary, width: number): (readonly [string, string])[] {
  if (status !== 'succeeded' || result === undefined || result === null) return [];
  return [['result', unfold(result, { width: Math.max(40, width - 12) }).join('\n')]];
}

function comparison({ equal, summary }: ReplayReport): string {
  if (equal === undefined) return 'it had come to no end';
  const what = summary.status === 'succeeded' ? 'result' : 'error';
  return equal ? `the same ${what}` : 'something else';
}

function describeCalls({ calls: { answered, executed } }: ReplayReport): string {
  if (answered + executed === 0) return 'none';
  const recorded = `${formatAmount(answered, 'call')} answered from the record`;
  if (executed === 0) return recorded;
  return `${recorded}, ${formatAmount(executed, 'call')} not on record and executed`;
}
