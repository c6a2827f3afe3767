import type { Plan, PlanCounts, PlannedAction, PlannedTask, Prospect, TaskId } from '@skein/model';
import { formatAmount, formatCount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { alignFacts } from './facts.ts';
import type { JsonObject } from './json.ts';
import { explainReason } from './reason.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';
import { clip } from './value.ts';

export interface PlanRequest {
  readonly style: Style;
  readonly width: number;
}

/** Different reasons that are told of one task. */
const REASONS = 4;

/** The answer of `skein plan` for a person: how much, then each task with its reasons. */
export function renderPlan(plan: Plan, { style, width }: PlanRequest): string {
  const byTask = Map.groupBy(plan.actions, ({ task }) => task);
  const groups = [...byTask].flatMap(([task, actions]) => {
    const planned = plan.tasks.find((one) => one.task === task);
    return planned === undefined ? [] : [renderTask(planned, actions, { style, width })];
  });
  const facts = [...reusedFact(plan, byTask), ...mayCallFact(plan), ...timeFacts(plan)];
  return [
    headline(plan, style),
    ...groups.flatMap((lines) => ['', ...lines]),
    ...(facts.length === 0 ? [] : ['', ...alignFacts(facts, style)]),
  ].join('\n');
}

function headline({ task, counts, time }: Plan, style: Style): string {
  const about = time.expectedMs > 0 ? `; about ${formatDuration(time.expectedMs)}` : '';
  return `${style.strong(task)}: ${describeCounts(counts)}${about}`;
}

/** `would execute 12, reuse 16,327, unknown 3`. */
function describeCounts({ execute, reuse, unknown }: PlanCounts): string {
  const parts = [`would execute ${formatCount(execute)}`, `reuse ${formatCount(reuse)}`];
  if (unknown > 0) parts.push(`unknown ${formatCount(unknown)}`);
  return parts.join(', ');
}

function renderTask(
  { task, counts, expectedMs }: PlannedTask,
  actions: readonly PlannedAction[],
  { style, width }: PlanRequest,
): readonly string[] {
  const parts = [
    ...(counts.execute > 0 ? [`executes ${formatCount(counts.execute)}`] : []),
    ...(counts.unknown > 0 ? [`may execute ${formatCount(counts.unknown)}`] : []),
    ...(counts.reuse > 0 ? [`reuses ${formatCount(counts.reuse)}`] : []),
    expectedMs === null ? 'time unknown' : formatDuration(expectedMs),
  ];
  const sentences = Map.groupBy(actions, ({ prospect }) => explainProspect(prospect));
  const shown = [...sentences].slice(0, REASONS).map(([sentence, alike]) => {
    const times = alike.length > 1 ? `${formatCount(alike.length)} × ` : '';
    return `  ${clip(`${times}${sentence}`, width - 2)}`;
  });
  const more = sentences.size - REASONS;
  return [
    `${style.strong(taskName(task))}: ${parts.join(', ')}`,
    ...shown,
    ...(more > 0 ? [`  … ${formatAmount(more, 'other reason')}`] : []),
  ];
}

/** Why an action would execute, or on what that depends. */
export function explainProspect(prospect: Prospect): string {
  if (prospect.kind === 'execute') return explainReason(prospect.reason);
  if ('ifCalled' in prospect) return `if it is called: ${explainReason(prospect.ifCalled)}`;
  if ('after' in prospect) return `unless it is called as before, after ${few(prospect.after)}`;
  return `unless ${few(prospect.unless)} comes to the same as before`;
}

function few(tasks: readonly TaskId[]): string {
  const [first = 'others', ...others] = new Set(tasks.map(taskName));
  return others.length === 0 ? first : `${first} and ${formatAmount(others.length, 'other task')}`;
}

type Facts = readonly (readonly [string, string])[];

/** Tasks of which nothing executes. */
function reusedFact({ tasks }: Plan, shown: ReadonlyMap<TaskId, unknown>): Facts {
  const others = tasks.filter(({ task, counts }) => counts.reuse > 0 && !shown.has(task));
  if (others.length === 0) return [];
  const parts = others.map(
    ({ task, counts }) => `${formatCount(counts.reuse)} × ${taskName(task)}`,
  );
  return [['reused', parts.join(', ')]];
}

function mayCallFact({ mayCall }: Plan): Facts {
  if (mayCall.length === 0) return [];
  const names = mayCall.map(taskName).join(', ');
  return [['may call', `${names}: how often and with what is not known`]];
}

function timeFacts({ counts, time }: Plan): Facts {
  const { expectedMs, atMostMs, unknown } = time;
  const facts: (readonly [string, string])[] = [];
  if (counts.unknown > 0 && atMostMs > expectedMs) {
    facts.push(['at most', `${formatDuration(atMostMs)}, if everything unknown executes`]);
  }
  if (unknown > 0) {
    facts.push(['no time', `${formatAmount(unknown, 'action')} of tasks that never executed`]);
  }
  return facts;
}

/** The object of `skein plan --json`. */
export function planJson({ task, counts, time, tasks, actions, mayCall }: Plan): JsonObject {
  return {
    task,
    actions: { ...counts },
    time: {
      expectedMs: Math.round(time.expectedMs),
      atMostMs: Math.round(time.atMostMs),
      unknown: time.unknown,
    },
    tasks: tasks.map((one) => ({
      task: one.task,
      ...one.counts,
      expectedMs: rounded(one.expectedMs),
    })),
    mayCall: [...mayCall],
    details: actions.map((action) => ({
      action: action.action,
      parent: action.parent,
      task: action.task,
      key: action.key,
      inputs: [...action.inputs],
      ...prospectJson(action.prospect),
      expectedMs: rounded(action.expectedMs),
    })),
  };
}

function prospectJson(prospect: Prospect): JsonObject {
  const sentence = explainProspect(prospect);
  if (prospect.kind === 'execute') {
    return { verdict: 'execute', why: { kind: prospect.reason.kind, sentence } };
  }
  if ('ifCalled' in prospect) {
    return { verdict: 'unknown', why: { kind: 'if-called', sentence } };
  }
  const [kind, tasks] =
    'after' in prospect ? ['as-before', prospect.after] : ['unless-same', prospect.unless];
  return { verdict: 'unknown', why: { kind, sentence, tasks: [...tasks] } };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
