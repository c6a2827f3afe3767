import type { Change, TaskId } from '@skein/model';
import { formatAmount, formatCount } from './amount.ts';
import { describeChange } from './change.ts';
import { type JsonObject, plainJson } from './json.ts';
import type { Style } from './style.ts';

/** Which tasks' code is another one in one state of the tree than in the other. */
export interface AffectedReport {
  /** The state that is compared with, as it was named; and the other one, `null`: the files. */
  readonly base: string;
  readonly head: string | null;
  /** In the order of their entries. */
  readonly tasks: readonly AffectedTask[];
  /** Tasks that there were, and are no more. */
  readonly gone: readonly TaskId[];
  /** How many tasks are as they were. */
  readonly unchanged: number;
}

export interface AffectedTask {
  readonly task: TaskId;
  readonly module: string;
  /** `new`: there was no such task; `unknown`: the base could not be analysed. */
  readonly status: 'changed' | 'new' | 'unknown';
  /** Only where it changed. */
  readonly changes: readonly Change[];
}

/** Of each task so many changes are told. */
const MOST_CHANGES = 20;

/** The answer of `skein affected` for a person. */
export function renderAffected(report: AffectedReport, style: Style): string {
  const gone = report.gone.map((it) => `${it} is gone`);
  return [
    headline(report, style),
    ...report.tasks.flatMap((it) => ['', style.strong(it.task), ...linesOf(it, style)]),
    ...(gone.length === 0 ? [] : ['', ...gone]),
  ].join('\n');
}

function headline({ base, head, tasks, unchanged }: AffectedReport, style: Style): string {
  const since = head === null ? `since "${base}"` : `between "${base}" and "${head}"`;
  const changed =
    tasks.length === 0
      ? style.good('no task changed')
      : style.warn(`${formatAmount(tasks.length, 'task')} changed`);
  if (unchanged === 0) return `${changed} ${since}`;
  const same = unchanged === 1 ? '1 is as it was' : `${formatCount(unchanged)} are as they were`;
  return `${changed} ${since}, ${same}`;
}

function linesOf({ status, changes }: AffectedTask, style: Style): readonly string[] {
  if (status === 'new') return ['  is new'];
  if (status === 'unknown') return ['  counts as changed: the base cannot be analysed'];
  const shown = changes.slice(0, MOST_CHANGES).map((it) => `  ${describeChange(it)}`);
  const more = changes.length - shown.length;
  return more > 0 ? [...shown, style.faint(`  … ${formatCount(more)} more`)] : shown;
}

/** The object of `skein affected --json`. */
export function affectedJson(report: AffectedReport): JsonObject {
  const { base, head, tasks, gone, unchanged } = report;
  return {
    base,
    head,
    tasks: tasks.map(({ task, module, status, changes }) => ({
      task,
      module,
      status,
      changes: changes.map(plainJson),
    })),
    gone: [...gone],
    unchanged,
  };
}
