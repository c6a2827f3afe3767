import type { ActionState, AttemptState, RunIndex } from '@skein/journal';
import type { Observation, Outcome } from '@skein/model';
import { describeCall, type ActionView } from './action-line.ts';
import { formatAmount, formatCount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { describeCauses } from './error.ts';
import { alignFacts } from './facts.ts';
import { describeImage } from './image.ts';
import { describeImpurity } from './impurity.ts';
import { explainReason, nameVerdict } from './reason.ts';
import {
  describeRecorded,
  recordedError,
  recordedInput,
  recordedResult,
  type Recorded,
} from './recorded.ts';
import { taskName } from './tally.ts';
import { authorFrames } from './thrown.ts';
import { clip, shorten, unfold } from './value.ts';

const CHECKPOINTS = 50;

/** Everything that is recorded about one action. */
export function renderAction(index: RunIndex, action: ActionState, view: ActionView): string {
  const { style } = view;
  const facts: (readonly [string, string])[] = [
    ['run', index.overview.run],
    ['task', action.task],
    ['called by', describeCaller(index, action)],
    ['verdict', `${nameVerdict(action.verdict)}: ${describeReason(action)}`],
    ['time', describeTime(index, action)],
    ...(action.image === undefined ? [] : [['image', describeImage(action.image)] as const]),
    ...(action.key === null ? [] : [['key', action.key] as const]),
    ...action.groups.map((group) => ['group', group] as const),
    ...inputFacts(action, view),
    ...overrideFacts(action, view),
    ...outcomeFacts(action, view),
    ...attemptFacts(action, view),
    ...savedFacts(action, view),
    ...keepingFacts(action),
    ...callFacts(index, action),
    ...logFacts(action),
  ];
  const head = `action ${style.strong(String(action.action))} ${describeCall(action, view)}`;
  return [head, ...alignFacts(facts, style)].join('\n');
}

type Facts = readonly (readonly [string, string])[];

function describeReason({ verdict, finishedAt }: ActionState): string {
  return explainReason(verdict.reason, finishedAt);
}

function describeCaller(index: RunIndex, { parent }: ActionState): string {
  const caller = index.at(parent);
  return caller === undefined ? 'the run' : `${caller.task}, action ${caller.action}`;
}

function describeTime({ started }: RunIndex, action: ActionState): string {
  if (action.finishedAt === undefined) return 'not finished';
  const end = `finished ${formatDuration(action.finishedAt - started.at)} after the run began`;
  if (action.durationMs === undefined || action.verdict.kind !== 'execute') return end;
  return `${formatDuration(action.durationMs)}, ${end}`;
}

function inputFacts({ inputs }: ActionState, view: ActionView): Facts {
  return inputs.map((input, index) => {
    return [`input ${index + 1}`, describeWhole(recordedInput(input, view.read), view)] as const;
  });
}

function outcomeFacts({ outcome }: ActionState, view: ActionView): Facts {
  if (outcome === undefined) return [];
  const result = recordedResult(outcome, view.read);
  if (result !== undefined) return [['result', describeWhole(result, view)]];
  const error = recordedError(outcome, view.read);
  if (error === undefined) return [];
  const causes = describeCauses(error.cause, view.width - 16);
  return [['error', [error.text, ...authorFrames(error.stack), ...causes].join('\n')]];
}

function describeWhole(found: Recorded, { width }: ActionView): string {
  if (found.kind === 'omitted') return 'omitted';
  if (found.kind === 'digest') return `kept elsewhere, ${found.digest}`;
  return unfold(found.value, { width: Math.max(40, width - 16), lines: 200 }).join('\n');
}

function attemptFacts({ attempts, startedAt = 0 }: ActionState, { read }: ActionView): Facts {
  const describe = (attempt: AttemptState): string => {
    const { outcome, retryInMs } = attempt;
    const error = outcome === undefined ? undefined : recordedError(outcome, read);
    const { endedAt } = attempt;
    const took =
      endedAt === undefined ? [] : [`took ${formatDuration(endedAt - attempt.startedAt)}`];
    return [
      `${attempt.attempt}: on ${attempt.worker}`,
      `after ${formatDuration(attempt.startedAt - startedAt)}`,
      ...took,
      ...(error === undefined ? [] : [error.text]),
      ...(retryInMs === undefined ? [] : [`next in ${formatDuration(retryInMs)}`]),
    ].join(', ');
  };
  return attempts.length === 0 ? [] : [['attempts', attempts.map(describe).join('\n')]];
}

/** Options that the call gave. */
function overrideFacts({ override }: ActionState, { read, width }: ActionView): Facts {
  if (override === undefined) return [];
  const options = read.value(override);
  return options.ok ? [['override', shorten(options.value, width - 16)]] : [];
}

/** Checkpoints with what they came to, and what the action saved of its progress. */
function savedFacts({ checkpoints, snapshot }: ActionState, view: ActionView): Facts {
  const shown = checkpoints.slice(0, CHECKPOINTS).map(({ checkpoint, count, outcome }) => {
    const again = count === 0 ? '' : `, call ${count + 1}`;
    return `${taskName(checkpoint)}${again} ${describeOutcome(outcome, view)}`;
  });
  const more = checkpoints.length - shown.length;
  const rest = more > 0 ? [`… ${formatAmount(more, 'checkpoint')} more`] : [];
  return [
    ...(shown.length === 0 ? [] : [['checkpoints', [...shown, ...rest].join('\n')] as const]),
    ...(snapshot === undefined
      ? []
      : [['snapshot', describeOutcome(snapshot.value, view)] as const]),
  ];
}

function describeOutcome(outcome: Outcome, { read, width }: ActionView): string {
  const result = recordedResult(outcome, read);
  if (result !== undefined) return `→ ${describeRecorded(result, width - 40)}`;
  return `✗ ${clip(recordedError(outcome, read)?.text ?? 'an error', width - 40)}`;
}

/** What it observed, what makes it irreproducible, and whether it is kept for other runs. */
function keepingFacts({ waves, impurities, traced, untraced }: ActionState): Facts {
  const seen = Map.groupBy(waves.flat(), ({ kind }) => kind);
  const observed = [...seen].map(([kind, list]) => formatAmount(countOf(list), nounOf(kind)));
  const impure = impurities.map(describeImpurity);
  return [
    ...(observed.length === 0 ? [] : [['observed', observed.join(', ')] as const]),
    ...(impure.length === 0 ? [] : [['impure', impure.join('\n')] as const]),
    ...(traced ? [['kept', 'as a trace, for other runs'] as const] : []),
    ...(untraced === undefined ? [] : [['not kept', untraced] as const]),
  ];
}

/** A `map` is one observation of many calls; 40 bytes are one digest. */
function countOf(observations: readonly Observation[]): number {
  return observations.reduce(
    (sum, seen) => sum + (seen.kind === 'map' ? seen.inputs.length / 40 : 1),
    0,
  );
}

function nounOf(kind: Observation['kind']): string {
  return kind === 'map' ? 'mapped call' : kind;
}

function callFacts(index: RunIndex, { action }: ActionState): Facts {
  const calls = index
    .groupsOf(action)
    .map(({ task, actions }) => `${formatCount(actions.length)} × ${task}`);
  return calls.length === 0 ? [] : [['calls', calls.join('\n')]];
}

function logFacts({ logs }: ActionState): Facts {
  if (logs.length === 0) return [];
  return [['printed', logs.map(({ text }) => text.replace(/\n$/, '')).join('\n')]];
}
