import type { ActionCounts, RunId, RunSummary, TaskId } from '@skein/model';
import {
  rejectedSummary,
  renderFailures,
  renderSummary,
  resumeCommand,
  summaryJson,
  type Tally,
} from '@skein/view';
import { locateFiles, locateIn } from './files.ts';
import { EXIT } from './io.ts';
import { printJson, withHelp, type Failures, type Session } from './session.ts';

/** The run ended by itself: its summary, and the exit code that says how. */
export async function answerEnd(
  { output, json }: Session,
  { summary, tally }: { readonly summary: RunSummary; readonly tally: Tally },
): Promise<number> {
  const { width, style, errorStyle } = output;
  const files = await locateFiles(summary.result);
  if (json) {
    const rest = { ...summary, result: null };
    await output.note(renderSummary({ summary: rest, tally, style: errorStyle, width, files: [] }));
    await printJson(output, summaryJson(summary, { locate: locateIn(files) }));
  } else if (summary.status === 'succeeded') {
    await output.print(renderSummary({ summary, tally, style, width, files: [...files.values()] }));
  } else {
    await output.note(renderSummary({ summary, tally, style: errorStyle, width, files: [] }));
  }
  return exitCode(summary);
}

/** Why nothing ran, and how that reads as the end of a run. */
export interface Rejection {
  readonly failures: Failures;
  readonly summary: RunSummary;
}

/** Of a run that did not come about. */
export function rejection(
  { command, parsed }: Pick<Session, 'command' | 'parsed'>,
  end: { readonly failures: Failures; readonly task: TaskId | null; readonly durationMs: number },
): Rejection {
  const [file = '<file>'] = parsed.positionals;
  const called = command.name === 'run' ? `run ${file}` : command.name;
  const failures = withHelp(end.failures, `skein ${called} --help`);
  const summary = rejectedSummary(failures, end);
  // A full disk is nobody's wrong usage: the same command is right once there is room.
  const full = failures.some(({ code }) => code === 'disk-full');
  return { failures, summary: full ? { ...summary, status: 'failed' } : summary };
}

/** Nothing ran: the failures, and in `--json` the object that says `rejected`. */
export async function answerRejected(
  { output, json }: Session,
  { failures, summary }: Rejection,
): Promise<number> {
  await output.note(renderFailures(failures, output.errorStyle));
  if (json) await printJson(output, summaryJson(summary));
  return exitCode(summary);
}

export interface InterruptedEnd {
  readonly run: RunId | null;
  readonly task: TaskId | null;
  readonly counts: ActionCounts | undefined;
  readonly durationMs: number;
}

/** Left without waiting: the record shows the run as interrupted once this process is gone. */
export async function answerInterrupted(
  { output, json }: Session,
  { run, task, counts, durationMs }: InterruptedEnd,
): Promise<number> {
  const actions = counts ?? { total: 0, executed: 0, reused: 0, adopted: 0, failed: 0 };
  const left = run === null ? '' : `: what it finished is kept, \`${resumeCommand(run)}\` goes on`;
  await output.note(`interrupted${left}`);
  if (json) {
    const end = { run, status: 'interrupted', task, result: null, error: null } as const;
    await printJson(output, summaryJson({ ...end, actions, durationMs }));
  }
  return EXIT.interrupted;
}

/** A throw where none is expected: a bug of ours. */
export async function answerThrown(
  { output, json }: Session,
  thrown: unknown,
  { task, durationMs }: { readonly task: TaskId | null; readonly durationMs: number },
): Promise<number> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  await output.note(`this is a bug of skein, please report it\n${error.stack ?? error.message}`);
  if (json) {
    const { name, message, stack = '' } = error;
    const none = { total: 0, executed: 0, reused: 0, adopted: 0, failed: 0 };
    const end = { run: null, status: 'failed', task, result: null, actions: none } as const;
    const broken = { class: name, message, fields: {}, stack };
    await printJson(output, summaryJson({ ...end, error: broken, durationMs }));
  }
  return EXIT.failed;
}

function exitCode({ status }: RunSummary): number {
  switch (status) {
    case 'succeeded':
      return EXIT.ok;
    case 'failed':
      return EXIT.failed;
    case 'rejected':
      return EXIT.usage;
    case 'cancelled':
    case 'interrupted':
      return EXIT.interrupted;
  }
}
