import type { ActionState } from '@skein/journal';
import { formatAmount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { describeImpurity } from './impurity.ts';
import { explainReason, nameVerdict } from './reason.ts';
import {
  describeRecorded,
  recordedError,
  recordedInput,
  recordedResult,
  type Reader,
} from './recorded.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';
import { clip } from './value.ts';

export interface ActionView {
  readonly style: Style;
  readonly width: number;
  readonly read: Reader;
}

const LOG_LINES = 3;

/** An action in a tree: the call with verdict and time, then what came out and what it printed. */
export function renderActionLines(action: ActionState, view: ActionView): readonly string[] {
  const { style } = view;
  const why = explainReason(action.verdict.reason, action.finishedAt);
  const facts = [
    `${nameVerdict(action.verdict)}: ${clip(why, view.width)}`,
    ...describeTime(action),
    ...(action.attempts.length > 1 ? [formatAmount(action.attempts.length, 'attempt')] : []),
    ...action.groups.map((group) => `in "${group}"`),
  ];
  const call = `${style.faint(String(action.action))} ${describeCall(action, view)}`;
  return [
    `${call}  ${style.faint(facts.join(', '))}`,
    ...describeOutcome(action, view),
    ...describeImpurities(action, view),
    ...describeLogs(action, view),
  ];
}

/** `features("a.html", 3)`; an omitted argument is not there. */
export function describeCall(action: ActionState, { style, width, read }: ActionView): string {
  const room = Math.max(16, Math.floor(width / 2 / Math.max(1, action.inputs.length)));
  const inputs = action.inputs.map((input) => recordedInput(input, read));
  while (inputs.at(-1)?.kind === 'omitted') inputs.pop();
  const texts = inputs.map((input) => describeRecorded(input, room));
  return `${style.strong(taskName(action.task))}(${texts.join(', ')})`;
}

function describeTime({ durationMs, finishedAt, verdict }: ActionState): readonly string[] {
  if (finishedAt === undefined) return ['not finished'];
  if (verdict.kind !== 'execute' || durationMs === undefined) return [];
  return [formatDuration(durationMs)];
}

function describeOutcome({ outcome }: ActionState, { style, width, read }: ActionView) {
  if (outcome === undefined) return [];
  const result = recordedResult(outcome, read);
  if (result !== undefined) return [`→ ${describeRecorded(result, width - 20)}`];
  const error = recordedError(outcome, read);
  return error === undefined ? [] : [style.bad(`✗ ${clip(error.text, width - 20)}`)];
}

/** What makes it irreproducible (O8). */
function describeImpurities({ impurities }: ActionState, { style, width }: ActionView) {
  const [first] = impurities;
  if (first === undefined) return [];
  const more = impurities.length > 1 ? ` and ${impurities.length - 1} more` : '';
  return [style.warn(`~ ${clip(describeImpurity(first), width - 30)}${more}`)];
}

function describeLogs({ logs }: ActionState, { style, width }: ActionView): readonly string[] {
  const lines = logs.flatMap(({ text }) => text.replace(/\n$/, '').split('\n'));
  const shown = lines.slice(0, LOG_LINES).map((line) => style.faint(`| ${clip(line, width - 20)}`));
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, style.faint(`| … ${formatAmount(more, 'line')} more`)] : shown;
}
