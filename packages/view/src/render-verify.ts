import type { ActionView } from './action-line.ts';
import { describeCall } from './action-line.ts';
import { formatAmount, formatCount } from './amount.ts';
import { describeFromTo } from './change.ts';
import { formatDuration } from './duration.ts';
import { alignFacts } from './facts.ts';
import { renderFailure } from './failure.ts';
import { describeImpurity } from './impurity.ts';
import { taskName } from './tally.ts';
import { clip } from './value.ts';
import type { Differing, VerifyReport } from './verify.ts';

/** Of each task so many are told whole. */
const ALIKE = 3;

/** The answer of `skein verify` for a person. */
export function renderVerify(report: VerifyReport, view: ActionView): string {
  const { style } = view;
  const { state, fatal } = report;
  const facts = countFacts(report);
  return [
    `run ${style.strong(state.overview.run)} ${state.overview.task}: ${headline(report, view)}`,
    ...(fatal === undefined ? [] : ['', renderFailure(fatal, style)]),
    ...renderAll(report, view),
    ...(facts.length === 0 ? [] : ['', ...alignFacts(facts, style)]),
  ].join('\n');
}

function renderAll(report: VerifyReport, view: ActionView): readonly string[] {
  const byTask = Map.groupBy(report.differing, ({ action }) => action.task);
  return [...byTask].flatMap(([task, all]) => {
    const shown = all.slice(0, ALIKE).flatMap((one) => ['', ...renderDiffering(report, one, view)]);
    const more = all.length - ALIKE;
    return more > 0 ? [...shown, '', `… ${formatCount(more)} × ${taskName(task)} more`] : shown;
  });
}

function headline(
  { compared, differing, durationMs }: VerifyReport,
  { style }: ActionView,
): string {
  const time = formatDuration(durationMs);
  const made = `${formatAmount(compared, 'action')} executed again in ${time}`;
  if (differing.length === 0) return `${made}, ${style.good('all came out the same')}`;
  const verb = differing.length === 1 ? 'differs' : 'differ';
  return `${made}, ${style.bad(`${formatCount(differing.length)} ${verb}`)}`;
}

function renderDiffering(
  { state }: VerifyReport,
  { action, run, changes, impurities, moved, observed, calls }: Differing,
  view: ActionView,
): readonly string[] {
  const { style } = view;
  const width = view.width - 12;
  const changed = changes.map((one) => clip(`${one.path} ${describeFromTo(one)}`, width));
  const elsewhere = run === state.overview.run ? '' : ` of run ${run}`;
  const called = calls.map((task) => `its call of ${taskName(task)} came out differently`);
  const nothing = impurities.length + moved.length + observed.length + calls.length === 0;
  const facts: (readonly [string, string])[] = [
    ['differs', changed.join('\n') || 'in what cannot be read any more'],
    ...listFact('impure', impurities.map(describeImpurity)),
    ...listFact('platform', moved),
    ...listFact('observed', observed),
    ...listFact('because', called),
    ...(nothing ? [['because', 'of nothing that is observed or recorded'] as const] : []),
  ];
  const head = `action ${style.strong(String(action.action))}${elsewhere}`;
  return [`${head} ${describeCall(action, view)}`, ...alignFacts(facts, style)];
}

type Facts = readonly (readonly [string, string])[];

function countFacts(report: VerifyReport): Facts {
  const { missing, added, changed, edited, platform } = report;
  const names = [...edited].map(taskName).join(', ');
  const since = [`code changed since: ${names}`, `so not compared: ${describeCounts(changed)}`];
  return [
    ...(edited.size === 0 ? [] : [['not compared', since.join('\n')] as const]),
    ...(missing.size === 0 ? [] : [['not made again', describeCounts(missing)] as const]),
    ...(added.size === 0 ? [] : [['newly made', describeCounts(added)] as const]),
    ...(platform === undefined ? [] : [['platform', describeFromTo(platform)] as const]),
    ...(report.otherOptions === true ? [['options', OTHER_OPTIONS] as const] : []),
  ];
}

const OTHER_OPTIONS =
  'the entry had others, which a program gave it, or declared variables had other values';

function describeCounts(counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return 'none';
  return [...counts].map(([task, count]) => `${formatCount(count)} × ${taskName(task)}`).join(', ');
}

function listFact(name: string, lines: readonly string[]): Facts {
  return lines.length === 0 ? [] : [[name, lines.join('\n')]];
}
