import type { ActionState } from '@skein/journal';
import type { Impurity, MadeElsewhere, Observation, Reason, StatAspect } from '@skein/model';
import { describeCall, type ActionView } from './action-line.ts';
import { formatAmount, formatCount } from './amount.ts';
import { formatAge } from './duration.ts';
import { alignFacts } from './facts.ts';
import { describeImpurity } from './impurity.ts';
import { describeMaker } from './made-elsewhere.ts';
import { oneLine } from './one-line.ts';
import { reasonLines } from './reason-lines.ts';
import { introduceReason, nameVerdict } from './reason.ts';
import { taskName } from './tally.ts';
import { clip } from './value.ts';
import type {
  ActionWhy,
  ActionsWhy,
  Counted,
  Explained,
  RunWhy,
  WhyGroup,
  WhyReport,
} from './why.ts';

export interface WhyRequest extends ActionView {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The answer of `skein why` for a person. */
export function renderWhy(report: WhyReport, request: WhyRequest): string {
  return report.kind === 'run' ? renderRun(report, request) : renderOne(report, request);
}

const EXAMPLES = 4;
const NUMBERS = 6;

function renderRun(report: RunWhy, request: WhyRequest): string {
  const { state, groups, reused, elsewhere } = report;
  const { style } = request;
  const { run, task, counts } = state.overview;
  const executed = groups.reduce((sum, { actions }) => sum + actions.length, 0);
  const others = [...reused.values()].reduce((sum, count) => sum + count, 0);
  const head = `${formatCount(executed)} executed, ${formatCount(others)} reused`;
  const open = [...state.actions.values()].filter(isOpen).length;
  const first = groups[0]?.actions[0];
  const facts: (readonly [string, string])[] = [
    ...(others === 0 ? [] : [['reused', describeReused(reused)] as const]),
    ...(elsewhere.length === 0 ? [] : [['of these', describeMakers(elsewhere)] as const]),
    ...(open === 0 ? [] : [['open', `${formatAmount(open, 'action')} not finished`] as const]),
    ...(counts.adopted === 0 ? [] : [['adopted', formatCount(counts.adopted)] as const]),
    ...(first === undefined ? [] : [['next', `skein why ${run} ${first}`] as const]),
  ];
  return [
    `run ${style.strong(run)} ${task}: ${head}`,
    ...groups.flatMap((group) => ['', ...renderGroup(group, request)]),
    ...(facts.length === 0 ? [] : ['', ...alignFacts(facts, style)]),
  ].join('\n');
}

function renderGroup(group: WhyGroup, request: WhyRequest): readonly string[] {
  const { style, width } = request;
  const { actions, first, others, task } = group;
  const room = { ...request, width: width - 6 };
  const name = style.strong(taskName(task));
  const examples = others.slice(0, EXAMPLES).map((text) => `  ${clip(text, width - 2)}`);
  return [
    `${name}, ${listNumbers(actions)}`,
    `  ${introduceReason(first.reason)}`,
    ...reasonLines(first, room).map((line) => `    ${line}`),
    ...examples,
    ...(others.length > EXAMPLES ? ['  …'] : []),
    ...countedLines(group.untraced, group, (why) => describeUntraced(why, first.reason)),
    ...countedLines(group.impurities, group, (one) => `impure: ${describeImpurity(one)}`),
  ];
}

/** What the reason says already is not said again. */
function describeUntraced(why: string, reason: Reason): string {
  const isKnown = reason.kind === 'untraced' && reason.why === why;
  return isKnown ? 'left no trace again' : `left no trace: ${why}`;
}

/** How many of the group it is true of, unless of all. These lines are whole: they name a place. */
function countedLines<T>(
  all: readonly Counted<T>[],
  { actions }: WhyGroup,
  describe: (of: T) => string,
): readonly string[] {
  const lines = all.slice(0, EXAMPLES).map((one) => {
    const some = one.actions < actions.length ? `${formatCount(one.actions)} of them ` : '';
    return `  ${some}${describe(one.of)}`;
  });
  return all.length > EXAMPLES ? [...lines, '  …'] : lines;
}

function listNumbers(actions: readonly number[]): string {
  if (actions.length === 1) return `action ${actions[0]}`;
  const shown = actions.slice(0, NUMBERS).join(', ');
  const more = actions.length > NUMBERS ? ' …' : '';
  return `${formatAmount(actions.length, 'action')}: ${shown}${more}`;
}

function describeReused(reused: ReadonlyMap<string, number>): string {
  return [...reused].map(([task, count]) => `${formatCount(count)} × ${taskName(task)}`).join(', ');
}

const MAKERS = 6;

function describeMakers(elsewhere: RunWhy['elsewhere']): string {
  const lines = elsewhere
    .slice(0, MAKERS)
    .map(({ of, actions }) => `${formatCount(actions)} made ${describeMaker(of)}`);
  return [...lines, ...(elsewhere.length > MAKERS ? ['…'] : [])].join('\n');
}

function renderOne({ state, answer }: ActionsWhy, request: WhyRequest): string {
  const { style } = request;
  const { action } = answer;
  const room = { ...request, width: request.width - 14 };
  const why = [introduceReason(answer.reason, action.finishedAt), ...reasonLines(answer, room)];
  const caller = state.actions.get(action.parent);
  const facts: (readonly [string, string])[] = [
    ['run', state.overview.run],
    ['task', action.task],
    ['called by', caller === undefined ? 'the run' : `${caller.task}, action ${caller.action}`],
    ['verdict', `${nameVerdict(action.verdict)}: ${why.join('\n')}`],
    ...(isOpen(action) ? [['open', 'not finished'] as const] : []),
    ...becauseFact(answer.because, room),
    ...madeFact(answer, request),
    ...(action.key === null ? [] : [['key', action.key] as const]),
    ...observedFact(action.waves.flat()),
    ...impureFact(action.impurities),
    ...(action.untraced === undefined ? [] : [['not kept', action.untraced] as const]),
    ...callsFact({ state, answer }),
  ];
  const head = `action ${style.strong(String(action.action))} ${describeCall(action, request)}`;
  return [head, ...alignFacts(facts, style)].join('\n');
}

/** Of a run that goes on, or that was interrupted. */
function isOpen({ finishedAt }: ActionState): boolean {
  return finishedAt === undefined;
}

type Facts = readonly (readonly [string, string])[];

function becauseFact(because: readonly Explained[], request: WhyRequest): Facts {
  if (because.length === 0) return [];
  const lines = because.flatMap((step) => [
    `${taskName(step.action.task)}, action ${step.action.action}, ` +
      `${nameVerdict(step.action.verdict)}: ${introduceReason(step.reason)}`,
    ...reasonLines(step, request).map((line) => `  ${line}`),
  ]);
  return [['because', lines.join('\n')]];
}

function madeFact({ made, reason }: ActionWhy, { now }: WhyRequest): Facts {
  if (reason.kind === 'found' && reason.elsewhere !== undefined) {
    return elsewhereFacts(reason.elsewhere, now);
  }
  if (made === undefined) return [];
  return [['made by', `run ${made.run}, action ${made.action}, ${formatAge(now - made.at)}`]];
}

/** The run is one of theirs: nothing here knows it. */
function elsewhereFacts({ provenance, run, action }: MadeElsewhere, now: number): Facts {
  const { writer, ref, skein, at } = provenance;
  const key = writer === undefined ? 'not signed' : `signed by key ${oneLine(writer).slice(0, 12)}`;
  return [
    ['made by', `run ${oneLine(clip(run, RUN))}, action ${action}, of another state`],
    ['shared', `${formatAge(now - at)}, by skein ${oneLine(skein)}, ${key}`],
    ...(ref === undefined ? [] : [['ref', oneLine(ref)] as const]),
  ];
}

const RUN = 60;

const OBSERVED = 12;

/** What it saw of the world outside; calls are listed apart. */
function observedFact(observations: readonly Observation[]): Facts {
  const seen = observations.flatMap((one) => describeObservation(one) ?? []);
  if (seen.length === 0) return [];
  const more = seen.length - OBSERVED;
  const rest = more > 0 ? [`… ${formatCount(more)} more`] : [];
  return [['observed', [...seen.slice(0, OBSERVED), ...rest].join('\n')]];
}

function describeObservation(seen: Observation): string | undefined {
  switch (seen.kind) {
    case 'file':
      return `file ${seen.path}${absent(seen.digest, 'absent')}`;
    case 'listing':
      return `folder ${seen.path}${absent(seen.digest, 'absent')}`;
    case 'stat':
      return `${ASPECTS[seen.aspect]} ${seen.path}${absent(seen.digest, 'absent')}`;
    case 'variable':
      return `variable ${seen.name}${absent(seen.digest, 'not set')}`;
    case 'module':
      return `module "${seen.specifier}" from ${seen.from}${absent(seen.digest, 'not found')}`;
    case 'call':
    case 'map':
      return undefined;
  }
}

const ASPECTS: Readonly<Record<StatAspect, string>> = {
  exists: 'existence of',
  stat: 'type and size of',
  lstat: 'type and size of',
  mode: 'permissions of',
  link: 'link',
  real: 'links on the way to',
};

function absent(digest: string | null, word: string): string {
  return digest === null ? `, ${word}` : '';
}

function impureFact(impurities: readonly Impurity[]): Facts {
  if (impurities.length === 0) return [];
  return [['impure', impurities.map(describeImpurity).join('\n')]];
}

function callsFact({ state, answer }: Pick<ActionsWhy, 'state' | 'answer'>): Facts {
  const children = answer.action.children.flatMap((number) => state.actions.get(number) ?? []);
  if (children.length === 0) return [];
  const lines = [...Map.groupBy(children, ({ task }) => task)].map(([task, all]) => {
    const verdicts = [...Map.groupBy(all, ({ verdict }) => nameVerdict(verdict))];
    const parts = verdicts.map(([name, some]) => `${formatCount(some.length)} ${name}`);
    return `${formatCount(all.length)} × ${task}: ${parts.join(', ')}`;
  });
  return [['calls', lines.join('\n')]];
}
