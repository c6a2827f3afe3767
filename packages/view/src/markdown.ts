import type { Failure, RunSummary } from '@skein/model';
import { formatAmount, formatCount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { renderError } from './error.ts';
import { renderFailure } from './failure.ts';
import { markdownBlock, markdownCode, markdownDetails } from './markdown-text.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import { describeRecorded, recordedError, recordedInput, type Reader } from './recorded.ts';
import type { FailedAction, RunNotes } from './run-notes.ts';
import { plain } from './style.ts';
import { summaryFacts } from './summary.ts';
import { taskName, type Tally } from './tally.ts';
import { clip, unfold } from './value.ts';

export interface MarkdownRequest {
  readonly summary: RunSummary;
  readonly tally: Tally;
  readonly notes: RunNotes;
  /** Why nothing ran, where nothing did. */
  readonly failures: readonly Failure[];
  readonly read: Reader;
  /** How large it may become; what does not fit is left out, the last first. */
  readonly maxBytes: number;
}

const WIDTH = 100;
const CELL = 160;
const RESULT_LINES = 20;
const TASKS = 20;
const REASONS = 20;
/** A diagnostic may be one of hundreds. */
const FAILURES = 20;
/** Told by sections of their own. */
const APART: ReadonlySet<string> = new Set(['result', 'files', 'why', 'slowest']);

/**
 * The end of a run as a section of Markdown, with a line end: for the summary page of a CI. The
 * empty text where not even the headline fits.
 */
export function renderMarkdown(request: MarkdownRequest): string {
  const more = '\n_What did not fit here is left out: the record has it._\n';
  const room = request.maxBytes - Buffer.byteLength(more);
  const [headline = '', ...others] = sections(request);
  let text = `${headline}\n`;
  if (Buffer.byteLength(text) > room) return '';
  for (const section of others) {
    const longer = `${text}\n${section}\n`;
    if (Buffer.byteLength(longer) > room) return text + more;
    text = longer;
  }
  return text;
}

/** The most important first. */
function sections(request: MarkdownRequest): readonly string[] {
  return [
    headline(request.summary),
    ...factsSection(request),
    ...failuresSection(request.failures),
    ...errorSection(request),
    ...failedSection(request),
    ...resultSection(request.summary),
    ...tasksSection(request.tally),
    ...reasonsSection(request.tally),
    ...warningsSection(request.notes),
  ];
}

function headline({ status, task, durationMs }: RunSummary): string {
  const what = task === null ? '' : `${markdownCode(task, CELL)} `;
  const preposition = status === 'succeeded' ? 'in' : 'after';
  return `### Skein: ${what}${status} ${preposition} ${formatDuration(durationMs)}`;
}

function factsSection({ summary, tally }: MarkdownRequest): readonly string[] {
  if (summary.run === null) return [];
  const facts = summaryFacts({ summary, tally, style: plain, width: WIDTH, files: [] });
  const rows = facts
    .filter(([name]) => !APART.has(name))
    .map(([name, value]) => [name, value.split('\n').map(factLine(name)).join('<br>')]);
  return [markdownTable(['', ''], rows)];
}

/** What is there to be typed in is code. */
function factLine(name: string): (line: string) => string {
  return name === 'next' || name === 'run'
    ? (line) => markdownCode(line)
    : (line) => markdownText(line);
}

function failuresSection(failures: readonly Failure[]): readonly string[] {
  const shown = failures.slice(0, FAILURES);
  const blocks = shown.map((failure) => markdownBlock(renderFailure(failure, plain)));
  const left = failures.length - shown.length;
  return left > 0 ? [...blocks, `… ${formatAmount(left, 'error')} more`] : blocks;
}

/** A failure that rejected the run is told already. */
function errorSection({ summary, failures }: MarkdownRequest): readonly string[] {
  if (summary.error === null || failures.length > 0) return [];
  return [markdownBlock(renderError(summary.error, { style: plain, width: WIDTH }))];
}

function failedSection({ notes, read }: MarkdownRequest): readonly string[] {
  if (notes.failed.length === 0) return [];
  const rows = notes.failed.map((action) => failedRow(action, read));
  const table = markdownTable(['action', 'task', 'inputs', 'error'], rows, ['action']);
  const { failed } = notes.left;
  const body = failed > 0 ? `${table}\n\n… ${formatAmount(failed, 'action')} more` : table;
  return [markdownDetails(formatAmount(notes.failed.length + failed, 'failed action'), body)];
}

function failedRow(action: FailedAction, read: Reader): readonly string[] {
  const inputs = action.inputs.map((input) => recordedInput(input, read));
  while (inputs.at(-1)?.kind === 'omitted') inputs.pop();
  const error = recordedError(action.outcome, read);
  return [
    String(action.action),
    markdownCode(action.task, CELL),
    markdownCode(clip(inputs.map((input) => describeRecorded(input, CELL)).join(', '), CELL)),
    markdownCode(error?.text ?? '', CELL),
  ];
}

function resultSection({ status, result }: RunSummary): readonly string[] {
  if (status !== 'succeeded' || result === undefined || result === null) return [];
  const text = unfold(result, { width: WIDTH, lines: RESULT_LINES }).join('\n');
  return [`Result\n\n${markdownBlock(text)}`];
}

/** Where the time went, and what came from before. */
function tasksSection(tally: Tally): readonly string[] {
  const tasks = tally.tasks().toSorted((one, other) => other.durationMs - one.durationMs);
  if (tasks.length === 0) return [];
  const rows = tasks
    .slice(0, TASKS)
    .map((task) => [
      markdownCode(task.task, CELL),
      ...[task.executed, task.reused, task.adopted, task.failed].map((count) =>
        count === 0 ? '' : formatCount(count),
      ),
      task.executed === 0 ? '' : formatDuration(task.durationMs),
      task.calls ? 'what it called included' : '',
    ]);
  const numbers = ['executed', 'reused', 'adopted', 'failed', 'time'];
  const table = markdownTable(['task', ...numbers, ''], rows, numbers);
  const left = tasks.length - rows.length;
  const body = left > 0 ? `${table}\n\n… ${formatAmount(left, 'task')} more` : table;
  return [markdownDetails('Tasks, the slowest first', body)];
}

function reasonsSection(tally: Tally): readonly string[] {
  const reasons = tally.reasons().slice(0, REASONS);
  if (reasons.length === 0) return [];
  const rows = reasons.map(({ name, count, example }) => [
    formatCount(count),
    markdownText(name, CELL),
    example === undefined ? '' : markdownText(`${taskName(example.task)}: ${example.text}`, CELL),
  ]);
  const table = markdownTable(['executed', 'because', 'for example'], rows, ['executed']);
  return [markdownDetails('Why it executed', table)];
}

function warningsSection(notes: RunNotes): readonly string[] {
  const { warnings, left } = notes;
  if (warnings.length === 0) return [];
  const blocks = warnings.map((warning) => markdownBlock(renderFailure(warning, plain)));
  if (left.warnings > 0) blocks.push(`… ${formatAmount(left.warnings, 'warning')} more`);
  const title = formatAmount(warnings.length + left.warnings, 'warning');
  return [markdownDetails(title, blocks.join('\n\n'))];
}
