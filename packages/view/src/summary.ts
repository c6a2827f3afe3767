import type { RunSummary } from '@skein/model';
import { describeResumed } from './adoption.ts';
import { formatAmount, formatCount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { renderError } from './error.ts';
import { alignFacts } from './facts.ts';
import { describeRemote } from './remote.ts';
import type { Style } from './style.ts';
import { taskName, type Tally, type TaskTally } from './tally.ts';
import { clip, unfold } from './value.ts';

export interface SummaryRequest {
  readonly summary: RunSummary;
  readonly tally: Tally;
  readonly style: Style;
  readonly width: number;
  /** Files and folders that the result names, and where they lie. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

const SLOWEST = 3;
const FILES = 5;
/** Below this, nobody asks what took so long. */
const SLOW_MS = 100;

/** The end of a run for a person: what came out, what was done and why, what to do next. */
export function renderSummary(request: SummaryRequest): string {
  const { summary, style, width } = request;
  return [
    headline(summary, style),
    ...(summary.error === null ? [] : ['', renderError(summary.error, { style, width }), '']),
    ...alignFacts(summaryFacts(request), style),
  ].join('\n');
}

/** What stands below the headline and the error. */
export function summaryFacts(request: SummaryRequest): Facts {
  const { summary, tally, width } = request;
  return [
    ...resultFact(summary, width),
    ...filesFact(request.files),
    ['actions', describeActions(summary)],
    ...resumedFact(summary),
    ...whyFact(tally, Math.max(40, width - 12)),
    ...slowestFact(tally),
    ...remoteFact(summary),
    ...(summary.run === null ? [] : [['run', summary.run] as const]),
    ...nextFact(summary),
  ];
}

/** `10,412: 10,412 executed, 0 reused`, and what else there was. */
function describeActions({ actions }: RunSummary): string {
  const parts = [
    `${formatCount(actions.executed)} executed`,
    `${formatCount(actions.reused)} reused`,
    ...(actions.adopted > 0 ? [`${formatCount(actions.adopted)} adopted`] : []),
    ...(actions.failed > 0 ? [`${formatCount(actions.failed)} failed`] : []),
  ];
  return `${formatCount(actions.total)}: ${parts.join(', ')}`;
}

function headline({ status, task, durationMs }: RunSummary, style: Style): string {
  const paint = status === 'succeeded' ? style.good : style.bad;
  const what = task === null ? '' : ` ${style.strong(task)}`;
  const preposition = status === 'succeeded' ? 'in' : 'after';
  return `${paint(status)}${what} ${preposition} ${formatDuration(durationMs)}`;
}

type Facts = readonly (readonly [string, string])[];

function resultFact({ status, result }: RunSummary, width: number): Facts {
  if (status !== 'succeeded' || result === undefined || result === null) return [];
  return [['result', unfold(result, { width: Math.max(40, width - 12) }).join('\n')]];
}

function filesFact(files: SummaryRequest['files']): Facts {
  if (files.length === 0) return [];
  const shown = files.slice(0, FILES).map(({ name, path }) => `${name}: ${path}`);
  if (files.length > FILES) shown.push(`… ${formatCount(files.length - FILES)} more`);
  return [['files', shown.join('\n')]];
}

function resumedFact({ resumed }: RunSummary): Facts {
  return resumed === undefined ? [] : [['adopted', describeResumed(resumed)]];
}

function remoteFact({ remote }: RunSummary): Facts {
  const told = remote && describeRemote(remote);
  return told === undefined ? [] : [['remote', told]];
}

const REASONS = 4;

/** What executed by reason, and below it an example where the few words leave something out. */
function whyFact(tally: Tally, width: number): Facts {
  const reasons = tally.reasons();
  if (reasons.length === 0) return [];
  const shown = reasons.slice(0, REASONS);
  const rest = reasons.slice(REASONS).reduce((sum, { count }) => sum + count, 0);
  const parts = shown.map(({ name, count }) => `${formatCount(count)} ${name}`);
  if (rest > 0) parts.push(`${formatCount(rest)} for other reasons`);
  const lines = shown.flatMap(({ example }) =>
    example === undefined ? [] : [clip(`${taskName(example.task)}: ${example.text}`, width)],
  );
  const head = `${formatCount(tally.counts.executed)} executed: ${parts.join(', ')}`;
  return [['why', [head, ...lines].join('\n')]];
}

/** Tasks that call others mostly wait for them, so they are not what is slow. */
function slowestFact(tally: Tally): Facts {
  const slowest = tally
    .tasks()
    .filter((task) => task.durationMs >= SLOW_MS && !task.calls)
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, SLOWEST);
  if (slowest.length === 0) return [];
  return [['slowest', slowest.map(describeTask).join('\n')]];
}

function describeTask(task: TaskTally): string {
  const amount = formatAmount(task.executed, 'action');
  return `${taskName(task.task)}: ${formatDuration(task.durationMs)} in ${amount}`;
}

function nextFact({ run, status, error }: RunSummary): Facts {
  if (run === null) return [];
  const action = error?.action === undefined ? '' : ` --action ${error.action}`;
  const show = `skein show ${run}${action}`;
  if (status === 'succeeded') return [['next', show]];
  const fixed = status === 'failed' ? ', after a fix' : '';
  return [['next', `${show}\n${resumeCommand(run)}${fixed}`]];
}

/** What goes on from a run that did not end well. */
export function resumeCommand(run: string): string {
  return `skein resume ${run}`;
}
