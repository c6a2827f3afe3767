import type { ActionState, CallGroup, RunIndex } from '@skein/journal';
import type { ActionNumber } from '@skein/model';
import { formatAmount, formatCount } from './amount.ts';
import { renderActionLines, type ActionView } from './action-line.ts';
import { formatDuration } from './duration.ts';
import { renderFailure } from './failure.ts';
import { renderLogLines } from './logs.ts';
import { taskName } from './tally.ts';
import { renderHead } from './tree-head.ts';

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
const WARNINGS = 10;
/** Lines that processes printed, at the end. */
const PRINTED = 10;

/** A run as the tree of its calls, each with its verdict, time, inputs and outcome. */
export function renderTree(index: RunIndex, request: TreeRequest): string {
  const { style } = request;
  const shown = index.warnings.slice(0, WARNINGS);
  const more = index.warnings.length - shown.length;
  const branches = index.roots.flatMap((root) => layOut(index, root, request));
  const numbers = branches.flatMap((line) => (typeof line === 'string' ? [] : [line.number]));
  const details = index.details(numbers);
  return [
    renderHead(index, request),
    ...shown.map(({ warning }) => renderFailure(warning, style)),
    ...(more > 0 ? [style.warn(`${formatAmount(more, 'warning')} more`)] : []),
    ...branches.flatMap((line) =>
      typeof line === 'string' ? [line] : renderBranch(line, details.get(line.number), request),
    ),
    ...renderPrinted(index, request),
  ].join('\n');
}

/** What no single action printed. */
function renderPrinted(index: RunIndex, { style }: TreeRequest): readonly string[] {
  const lines: string[] = [];
  for (const printed of index.logs({ action: 0 })) {
    lines.push(...renderLogLines(printed, { style, startedAt: index.overview.startedAt }));
    if (lines.length > PRINTED) break;
  }
  if (lines.length === 0) return [];
  const more = lines.length > PRINTED ? [style.faint('… more with "skein logs"')] : [];
  return ['', ...lines.slice(0, PRINTED), ...more];
}

/** The lines of one action, known where they stand before what they say is read. */
interface Branch {
  readonly number: ActionNumber;
  /** What stands before the first line of the branch, and before all others. */
  readonly first: string;
  readonly rest: string;
  readonly hasCalls: boolean;
}

function renderBranch(
  { first, rest, hasCalls }: Branch,
  action: ActionState | undefined,
  request: TreeRequest,
): readonly string[] {
  if (action === undefined) return [];
  const [head = '', ...details] = renderActionLines(action, request);
  const bar = request.style.faint(hasCalls ? '│ ' : '  ');
  return [`${first}${head}`, ...details.map((line) => `${rest}${bar}${line}`)];
}

/** Depth first, with a stack of its own: trees may be deeper than the call stack. */
function layOut(index: RunIndex, root: ActionNumber, request: TreeRequest): (Branch | string)[] {
  const lines: (Branch | string)[] = [];
  const stack: (Omit<Branch, 'hasCalls'> | string)[] = [{ number: root, first: '', rest: '' }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') {
      lines.push(next);
      continue;
    }
    const items = arrange(index, next.number, request);
    lines.push({ ...next, hasCalls: items.length > 0 });
    stack.push(...branches(items, { rest: next.rest, request }).toReversed());
  }
  return lines;
}

type Item =
  | { readonly kind: 'action'; readonly number: ActionNumber }
  | { readonly kind: 'alike'; readonly group: CallGroup };

function branches(
  items: readonly Item[],
  { rest, request }: { rest: string; request: TreeRequest },
): (Omit<Branch, 'hasCalls'> | string)[] {
  const { style } = request;
  return items.map((item, index) => {
    const last = index === items.length - 1;
    const first = `${rest}${style.faint(last ? '└─' : '├─')} `;
    if (item.kind === 'alike') return `${first}${renderAlike(item.group, request)}`;
    const deeper = `${rest}${style.faint(last ? '  ' : '│ ')} `;
    return { number: item.number, first, rest: deeper.length > WIDEST_INDENT ? rest : deeper };
  });
}

/** Children in the order of their calls; many of one task become one line, failed ones apart. */
function arrange(index: RunIndex, parent: ActionNumber, { all }: TreeRequest): readonly Item[] {
  if (all) {
    return Array.from(index.childrenOf(parent), (number) => ({ kind: 'action', number }));
  }
  const placed = index.groupsOf(parent).flatMap(itemsOf);
  return placed.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

interface Placed {
  /** The number of the action that it stands in the place of. */
  readonly at: ActionNumber;
  readonly item: Item;
}

function itemsOf(group: CallGroup): readonly Placed[] {
  const { actions, firstFailed } = group;
  if (actions.length <= ALIKE) {
    return Array.from(actions, (number) => ({ at: number, item: { kind: 'action', number } }));
  }
  const at = actions[0] ?? 0;
  const failed = firstFailed.slice(0, FAILED);
  return [
    { at, item: { kind: 'alike', group } },
    ...failed.map((number): Placed => ({ at, item: { kind: 'action', number } })),
  ];
}

/** `features × 10,000  9,998 executed, 2 reused, 41.2 s, actions 535 to 10,534`. */
function renderAlike(group: CallGroup, { style }: TreeRequest): string {
  const { actions, verdicts, failed, unfinished, executedMs, beneath } = group;
  const amount = (count: number, word: string): readonly string[] =>
    count === 0 ? [] : [`${formatCount(count)} ${word}`];
  const parts = [
    ...amount(verdicts.execute, 'executed'),
    ...amount(verdicts.reuse, 'reused'),
    ...amount(verdicts.adopt, 'adopted'),
    ...amount(failed, 'failed'),
    ...amount(unfinished, 'unfinished'),
    ...(executedMs > 0 ? [formatDuration(executedMs)] : []),
    ...(beneath > 0 ? [`${formatAmount(beneath, 'call')} beneath`] : []),
  ];
  const name = style.strong(taskName(group.task));
  const range = `actions ${actions[0] ?? 0} to ${actions[actions.length - 1] ?? 0}`;
  return `${name} × ${formatCount(actions.length)}  ${parts.join(', ')}  ${style.faint(range)}`;
}
