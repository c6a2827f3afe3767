import type { ActionState, AttemptState, RunState } from '@skein/journal';
import type { Observation } from '@skein/model';
import { describeCall, type ActionView } from './action-line.ts';
import { formatAmount, formatCount } from './amount.ts';
import { formatDuration } from './duration.ts';
import { describeCauses } from './error.ts';
import { alignFacts } from './facts.ts';
import { describeImpurity } from './impurity.ts';
import { explainReason, nameVerdict } from './reason.ts';
import { recordedError, recordedInput, recordedResult, type Recorded } from './recorded.ts';
import { authorFrames } from './thrown.ts';
import { unfold } from './value.ts';

/** Everything that is recorded about one action. */
export function renderAction(state: RunState, action: ActionState, view: ActionView): string {
  const { style } = view;
  const facts: (readonly [string, string])[] = [
    ['run', state.overview.run],
    ['task', action.task],
    ['called by', describeCaller(state, action)],
    ['verdict', `${nameVerdict(action.verdict)}: ${explainReason(action.verdict.reason)}`],
    ['time', describeTime(state, action)],
    ...(action.key === null ? [] : [['key', action.key] as const]),
    ...action.groups.map((group) => ['group', group] as const),
    ...inputFacts(action, view),
    ...outcomeFacts(action, view),
    ...attemptFacts(action, view),
    ...keepingFacts(action),
    ...callFacts(state, action),
    ...logFacts(action),
  ];
  const head = `action ${style.strong(String(action.action))} ${describeCall(action, view)}`;
  return [head, ...alignFacts(facts, style)].join('\n');
}

type Facts = readonly (readonly [string, string])[];

function describeCaller(state: RunState, { parent }: ActionState): string {
  const caller = state.actions.get(parent);
  return caller === undefined ? 'the run' : `${caller.task}, action ${caller.action}`;
}

function describeTime({ started }: RunState, action: ActionState): string {
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
    return [
      `${attempt.attempt}: on ${attempt.worker}`,
      `after ${formatDuration(attempt.startedAt - startedAt)}`,
      ...(error === undefined ? [] : [error.text]),
      ...(retryInMs === undefined ? [] : [`next in ${formatDuration(retryInMs)}`]),
    ].join(', ');
  };
  return attempts.length === 0 ? [] : [['attempts', attempts.map(describe).join('\n')]];
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

function callFacts(state: RunState, { children }: ActionState): Facts {
  const tasks = children.flatMap((number) => state.actions.get(number)?.task ?? []);
  const byTask = [...Map.groupBy(tasks, (task) => task)];
  if (byTask.length === 0) return [];
  return [
    ['calls', byTask.map(([task, all]) => `${formatCount(all.length)} × ${task}`).join('\n')],
  ];
}

function logFacts({ logs }: ActionState): Facts {
  if (logs.length === 0) return [];
  return [['printed', logs.map(({ text }) => text.replace(/\n$/, '')).join('\n')]];
}
