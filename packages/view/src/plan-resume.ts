import type {
  ResumeCounts,
  ResumePlan,
  ResumedTask,
  ToExecute,
  Undecided,
  WhyLeft,
} from '@skein/model';
import { describeMade } from './adoption.ts';
import { formatAmount, formatCount } from './amount.ts';
import { alignFacts } from './facts.ts';
import { adoptionJson, reasonJson, thrownJson, type JsonObject } from './json.ts';
import { explainReason } from './reason.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';
import { readThrown } from './thrown.ts';
import { clip, shorten } from './value.ts';

export interface ResumePlanRequest {
  readonly style: Style;
  readonly width: number;
}

/** Different reasons that are told of one task. */
const REASONS = 4;
/** Actions that are named by their numbers, where several have one reason. */
const NUMBERS = 6;
/** Of a thrown value that is no error. */
const VALUE_WIDTH = 60;

/** The answer of `skein resume --dry-run` for a person (R2). */
export function renderResumePlan(plan: ResumePlan, request: ResumePlanRequest): string {
  const { style } = request;
  const byTask = Map.groupBy(plan.execute, ({ task }) => task);
  const groups = [...byTask].flatMap(([task, left]) => ['', ...renderTask(task, left, request)]);
  const facts = [...takenFacts(plan), ...openFacts(plan.undecided)];
  return [
    `${style.strong(plan.task)}: ${describeCounts(plan)}`,
    ...groups,
    ...(facts.length === 0 ? [] : ['', ...alignFacts(facts, style)]),
  ].join('\n');
}

/** `would adopt 846, reuse 0, execute 2 or more`. */
function describeCounts({ counts, undecided }: ResumePlan): string {
  const { adopt, reuse, execute } = counts;
  const more = undecided.length > 0 ? ' or more' : '';
  const parts = [
    `would adopt ${formatCount(adopt)}`,
    `reuse ${formatCount(reuse)}`,
    `execute ${formatCount(execute)}${more}`,
  ];
  return parts.join(', ');
}

function renderTask(
  task: string,
  left: readonly ToExecute[],
  { style, width }: ResumePlanRequest,
): readonly string[] {
  const sentences = Map.groupBy(left, ({ why }) => explainLeft(why));
  const shown = [...sentences].slice(0, REASONS).map(([sentence, alike]) => {
    const times = alike.length > 1 ? `${formatCount(alike.length)} × ` : '';
    return `  ${clip(`${times}${sentence}${numbersOf(alike)}`, width - 2)}`;
  });
  const more = sentences.size - REASONS;
  return [
    `${style.strong(taskName(task))}: executes ${formatCount(left.length)}`,
    ...shown,
    ...(more > 0 ? [`  … ${formatAmount(more, 'other reason')}`] : []),
  ];
}

/** Where `skein show` has more about them. */
function numbersOf(left: readonly ToExecute[]): string {
  const numbers = left.flatMap(({ earlier }) => earlier?.action ?? []);
  if (numbers.length === 0) return '';
  const more = numbers.length > NUMBERS ? ' …' : '';
  return ` (action ${numbers.slice(0, NUMBERS).join(', ')}${more})`;
}

/** Why something is left to execute, in a sentence. */
export function explainLeft(why: WhyLeft): string {
  switch (why.kind) {
    case 'failed':
      return `failed: ${readThrown(why.error, (value) => shorten(value, VALUE_WIDTH)).text}`;
    case 'unfinished':
      return 'had not come to its end';
    case 'never-started':
      return 'was not started yet';
    case 'new-inputs':
      return 'was not called with these inputs';
    case 'edited':
      return `is executed again as asked: ${explainReason(why.made)}`;
    case 'other':
      return explainReason(why.reason);
  }
}

type Facts = readonly (readonly [string, string])[];

function takenFacts({ run, status, adoption, tasks }: ResumePlan): Facts {
  const made = describeMade(adoption);
  const adopted = tasks.filter(({ counts }) => counts.adopt > 0);
  const reused = tasks.filter(({ counts }) => counts.reuse > 0);
  return [
    ...listed('adopts', adopted, 'adopt'),
    ...(made === undefined ? [] : [['of these', made] as const]),
    ...listed('reuses', reused, 'reuse'),
    ['from', `run ${run}, ${status}`],
  ];
}

function listed(name: string, tasks: readonly ResumedTask[], of: keyof ResumeCounts): Facts {
  if (tasks.length === 0) return [];
  const parts = tasks.map(({ task, counts }) => `${formatCount(counts[of])} × ${taskName(task)}`);
  return [[name, parts.join(', ')]];
}

const OPEN: Readonly<Record<Undecided['why'], string>> = {
  'ended-early': 'it ended before it had made all its calls',
  edited: 'its own code or data is other than then',
  'other-inputs': 'it has other inputs',
  'never-called': 'it was never called before',
  repeats: 'it is the same call as one that executes',
  'calls-decide': 'it executes unless its calls come to the same as before',
};

function openFacts(undecided: readonly Undecided[]): Facts {
  const lines = Map.groupBy(undecided, ({ task, why }) => `${taskName(task)}: ${OPEN[why]}`);
  if (lines.size === 0) return [];
  const told = [...lines].map(([line, alike]) =>
    alike.length > 1 ? `${formatCount(alike.length)} × ${line}` : line,
  );
  return [['not known', ['what these call is decided when they are called', ...told].join('\n')]];
}

/** The object of `skein resume --dry-run --json`. */
export function resumePlanJson(plan: ResumePlan): JsonObject {
  const { run, status, task, counts, adoption, tasks, execute, undecided } = plan;
  return {
    run,
    status,
    task,
    actions: { ...counts },
    resumed: { run, ...adoptionJson(adoption) },
    tasks: tasks.map((one) => ({ task: one.task, actions: { ...one.counts } })),
    execute: execute.map((one) => ({
      task: one.task,
      earlier: one.earlier === undefined ? null : { ...one.earlier },
      why: whyJson(one.why),
    })),
    undecided: undecided.map((one) => ({ task: one.task, why: one.why, sentence: OPEN[one.why] })),
  };
}

function whyJson(why: WhyLeft): JsonObject {
  const sentence = explainLeft(why);
  switch (why.kind) {
    case 'failed':
      return { kind: why.kind, error: thrownJson(why.error), sentence };
    case 'edited':
      return { kind: why.kind, reason: reasonJson(why.made), sentence };
    case 'other':
      return { kind: why.kind, reason: reasonJson(why.reason), sentence };
    default:
      return { kind: why.kind, sentence };
  }
}
