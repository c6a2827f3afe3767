import type { ActionState, RunState } from '@skein/journal';
import { describePlatform, type ActionNumber } from '@skein/model';
import { formatAmount, formatCount } from './amount.ts';
import { renderActionLines, type ActionView } from './action-line.ts';
import { formatAge, formatDuration } from './duration.ts';
import { alignFacts } from './facts.ts';
import { renderFailure } from './failure.ts';
import { taskName } from './tally.ts';

export interface TreeRequest extends ActionView {
  /** Every action on its own line, however many siblings are alike. */
  readonly all: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Siblings of one task: so many are shown each, more are counted. */
const ALIKE = 6;
/** Deeper calls are not moved further to the right: a chain of 10,000 calls stays readable. */
const WIDEST_INDENT = 90;
/** Of those counted, so many failed ones are shown all the same. */
const FAILED = 3;

/** A run as the tree of its calls, each with its verdict, time, inputs and outcome. */
export function renderTree(state: RunState, request: TreeRequest): string {
  const { style } = request;
  const warnings = state.warnings.slice(0, 10).map(({ warning }) => renderFailure(warning, style));
  return [
    renderHead(state, request),
    ...warnings,
    ...state.roots.flatMap((root) => renderBranch(state, root, request)),
  ].join('\n');
}

function renderHead({ overview, started }: RunState, { style, now }: TreeRequest): string {
  const { counts, status } = overview;
  const paint = status === 'succeeded' ? style.good : status === 'running' ? style.name : style.bad;
  const labels = Object.entries(overview.labels).map(([name, value]) => `${name}=${value}`);
  const duration =
    overview.durationMs === undefined ? '' : ` in ${formatDuration(overview.durationMs)}`;
  const facts: (readonly [string, string])[] = [
    ['task', overview.task],
    ['started', `${formatAge(now - overview.startedAt)}${duration}, by ${started.initiator}`],
    ...(labels.length === 0 ? [] : [['labels', labels.join(', ')] as const]),
    ['platform', describePlatform(started.platform)],
    [
      'actions',
      `${formatCount(counts.total)}: ${formatCount(counts.executed)} executed, ` +
        `${formatCount(counts.reused)} reused, ${formatCount(counts.adopted)} adopted, ` +
        `${formatCount(counts.failed)} failed`,
    ],
  ];
  const head = `run ${style.strong(overview.run)} ${paint(status)}`;
  return [head, ...alignFacts(facts, style), ''].join('\n');
}

interface Branch {
  readonly number: ActionNumber;
  /** What stands before the first line of the branch, and before all others. */
  readonly first: string;
  readonly rest: string;
}

/** Depth first, with a stack of its own: trees may be deeper than the call stack. */
function renderBranch(state: RunState, root: ActionNumber, request: TreeRequest): string[] {
  const lines: string[] = [];
  const stack: (Branch | string)[] = [{ number: root, first: '', rest: '' }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') {
      lines.push(next);
      continue;
    }
    const action = state.actions.get(next.number);
    if (action === undefined) continue;
    const [head = '', ...details] = renderActionLines(action, request);
    const items = arrange(state, action, request);
    const bar = items.length > 0 ? '│ ' : '  ';
    lines.push(`${next.first}${head}`);
    lines.push(...details.map((line) => `${next.rest}${request.style.faint(bar)}${line}`));
    stack.push(...branches(items, { rest: next.rest, request }).toReversed());
  }
  return lines;
}

type Item =
  | { readonly kind: 'action'; readonly number: ActionNumber }
  | { readonly kind: 'alike'; readonly actions: readonly ActionState[] };

function branches(
  items: readonly Item[],
  { rest, request }: { rest: string; request: TreeRequest },
): (Branch | string)[] {
  const { style } = request;
  return items.map((item, index) => {
    const last = index === items.length - 1;
    const first = `${rest}${style.faint(last ? '└─' : '├─')} `;
    if (item.kind === 'alike') return `${first}${renderAlike(item.actions, request)}`;
    const deeper = `${rest}${style.faint(last ? '  ' : '│ ')} `;
    return { number: item.number, first, rest: deeper.length > WIDEST_INDENT ? rest : deeper };
  });
}

/** Children in the order of their calls; many of one task become one line, failed ones apart. */
function arrange(state: RunState, parent: ActionState, { all }: TreeRequest): readonly Item[] {
  const children = parent.children.flatMap((number) => state.actions.get(number) ?? []);
  if (all) return children.map(({ action }) => ({ kind: 'action', number: action }));
  const byTask = Map.groupBy(children, ({ task }) => task);
  const done = new Set<string>();
  return children.flatMap(({ action, task }): readonly Item[] => {
    const alike = byTask.get(task) ?? [];
    if (alike.length <= ALIKE) return [{ kind: 'action', number: action }];
    if (done.has(task)) return [];
    done.add(task);
    const failed = alike.filter((it) => it.outcome?.kind === 'error').slice(0, FAILED);
    const shown = failed.map((it): Item => ({ kind: 'action', number: it.action }));
    return [{ kind: 'alike', actions: alike }, ...shown];
  });
}

/** `features × 10,000  9,998 executed, 2 reused, 41.2 s, actions 535 to 10,534`. */
function renderAlike(actions: readonly ActionState[], { style }: TreeRequest): string {
  const [first] = actions;
  if (first === undefined) return '';
  const verdicts = Map.groupBy(actions, ({ verdict }) => verdict.kind);
  const failed = actions.filter(({ outcome }) => outcome?.kind === 'error').length;
  const unfinished = actions.filter(({ finishedAt }) => finishedAt === undefined).length;
  const totalMs = actions
    .filter(({ verdict }) => verdict.kind === 'execute')
    .reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
  const below = actions.reduce((sum, { children }) => sum + children.length, 0);
  const amount = (count: number, word: string): readonly string[] =>
    count === 0 ? [] : [`${formatCount(count)} ${word}`];
  const parts = [
    ...amount(verdicts.get('execute')?.length ?? 0, 'executed'),
    ...amount(verdicts.get('reuse')?.length ?? 0, 'reused'),
    ...amount(verdicts.get('adopt')?.length ?? 0, 'adopted'),
    ...amount(failed, 'failed'),
    ...amount(unfinished, 'unfinished'),
    ...(totalMs > 0 ? [formatDuration(totalMs)] : []),
    ...(below > 0 ? [`${formatAmount(below, 'call')} beneath`] : []),
  ];
  const name = style.strong(taskName(first.task));
  const range = `actions ${first.action} to ${actions.at(-1)?.action ?? first.action}`;
  return `${name} × ${formatCount(actions.length)}  ${parts.join(', ')}  ${style.faint(range)}`;
}
