import { formatAmount, formatCount } from './amount.ts';
import { alignFacts } from './facts.ts';
import { type GroupLink, type LineageGroup, groupLineage } from './lineage-groups.ts';
import {
  type LineageGraph,
  type LineageNode,
  type LineageReport,
  type LineageSubject,
  SUBJECT,
} from './lineage.ts';
import type { Reader } from './recorded.ts';
import type { Style } from './style.ts';
import { taskName } from './tally.ts';
import { clip, shorten } from './value.ts';

export interface LineageView {
  readonly style: Style;
  readonly width: number;
  readonly read: Reader;
  /** Every action for itself. */
  readonly all: boolean;
}

/** Places of the value that are told. */
const PLACES = 6;
const WIDEST_INDENT = 60;

/** What a value is, what it came from as a tree, and what it went into as another. */
export function renderLineage(report: LineageReport, view: LineageView): string {
  const { subject, up, down } = report;
  const run = subject.places[0]?.run;
  const trees = [
    ...(up === undefined ? [] : section('came from', up, { view, run, direction: 'up' })),
    ...(down === undefined ? [] : section('went into', down, { view, run, direction: 'down' })),
  ];
  return [...renderSubject(subject, view), ...trees].join('\n');
}

function renderSubject(subject: LineageSubject, view: LineageView): readonly string[] {
  const { style } = view;
  const { asked, digest, bytes, places, more } = subject;
  const shown = places.slice(0, PLACES);
  const left = places.length - shown.length + more;
  const facts: (readonly [string, string])[] = [
    ...valueFact(bytes, view),
    ['digest', digest],
    ...shown.map(
      ({ run, action, task, path }) =>
        ['at', `${run}/${action}/${path}  ${style.faint(taskName(task))}`] as const,
    ),
    ...(left > 0 ? [['', `and ${formatAmount(left, 'place')} more`] as const] : []),
  ];
  return [style.strong(asked), ...alignFacts(facts, style)];
}

function valueFact(
  bytes: Uint8Array | undefined,
  { read, width }: LineageView,
): readonly (readonly [string, string])[] {
  const decoded = bytes === undefined ? undefined : read.value(bytes);
  return decoded?.ok === true ? [['value', shorten(decoded.value, Math.max(40, width - 12))]] : [];
}

interface Drawing {
  readonly view: LineageView;
  readonly run: string | undefined;
  readonly direction: 'up' | 'down';
}

interface Branch {
  readonly link: GroupLink;
  readonly first: string;
  readonly rest: string;
}

/** Depth first, with a stack of its own; what was drawn before is not drawn again. */
function section(title: string, graph: LineageGraph, drawing: Drawing): readonly string[] {
  const { view, direction } = drawing;
  const { style } = view;
  const { groups, links, cut } = groupLineage(graph, view);
  const byId = new Map(groups.map((group) => [group.id, group]));
  const near = direction === 'up' ? 'to' : 'from';
  const far = direction === 'up' ? 'from' : 'to';
  const next = Map.groupBy(links, (link) => link[near]);
  const drawn = new Set<string>();
  const lines: string[] = [];
  const stack = branches(next.get(SUBJECT) ?? [], '', style).toReversed();
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const { link, first, rest } = branch;
    const group = byId.get(link[far]);
    if (group === undefined) continue;
    const below = (next.get(group.id) ?? []).filter((one) => one[far] !== group.id);
    const again = drawn.has(group.id);
    const seen = again && below.length > 0 ? `  ${style.faint('(see above)')}` : '';
    lines.push(`${first}${describe(group, link, drawing)}${seen}`);
    if (again) continue;
    drawn.add(group.id);
    stack.push(...branches(below, rest, style).toReversed());
  }
  if (lines.length === 0) lines.push(`  ${style.faint('nothing on record')}`);
  if (cut) lines.push(style.faint('  … more with a larger --depth'));
  return ['', style.strong(title), ...lines];
}

function branches(links: readonly GroupLink[], rest: string, style: Style): readonly Branch[] {
  return links.map((link, index) => {
    const last = index === links.length - 1;
    const deeper = `${rest}${style.faint(last ? '  ' : '│ ')} `;
    return {
      link,
      first: `${rest}${style.faint(last ? '└─' : '├─')} `,
      rest: deeper.length > WIDEST_INDENT ? rest : deeper,
    };
  });
}

/** `features × 12,896  result → examples[*].articles[*], such as 544  src/features.ts:9`. */
function describe(group: LineageGroup, link: GroupLink, drawing: Drawing): string {
  const { view, run } = drawing;
  const { style } = view;
  const { node } = group;
  const facts = [
    ...(node.place === undefined ? [] : [node.place]),
    ...(node.kind === 'action' && node.verdict !== 'execute' ? [verdictWord(node.verdict)] : []),
    ...(node.kind === 'action' && node.ended === 'error' ? ['failed'] : []),
    ...(node.run === run ? [] : [`run ${node.run}`]),
  ];
  const how = describeLink(link, drawing.direction);
  return [describeNode(group, view), ...(how === '' ? [] : [how]), style.faint(facts.join(', '))]
    .filter((part) => part !== '')
    .join('  ');
}

function describeNode({ node, count }: LineageGroup, { style, read, width }: LineageView): string {
  const name = style.strong(taskName(node.task));
  if (node.kind === 'input') return describeInput(node, { style, read, width });
  if (node.kind === 'made') return `made by ${name} ${node.action}`;
  if (count === 1) return `${name} ${node.action}`;
  return `${name} × ${formatCount(count)} ${style.faint(`such as ${node.action}`)}`;
}

function describeInput(
  node: Extract<LineageNode, { readonly kind: 'input' }>,
  { style, read, width }: Pick<LineageView, 'style' | 'read' | 'width'>,
): string {
  const decoded = node.bytes === undefined ? undefined : read.value(node.bytes);
  const room = Math.max(20, Math.floor(width / 2));
  const value = decoded?.ok === true ? ` ${style.faint(shorten(decoded.value, room))}` : '';
  return `input ${style.strong(node.parameter)} of ${taskName(node.task)} ${node.action}${value}`;
}

/** How the value went, as far as it is not plain. */
export function describeLink(
  { edge, source, target, count }: GroupLink,
  direction: 'up' | 'down',
): string {
  const times = count > 1 ? `, ${formatCount(count)} times` : '';
  switch (edge.link) {
    case 'subject':
      return source === 'result' || source === undefined ? '' : source;
    case 'call':
      return direction === 'up' ? 'called by it' : 'handed to its caller';
    case 'again':
      return 'executed it';
    case 'made':
      return `${target ?? ''}${times}`;
    case 'perhaps':
      return `perhaps → ${target ?? ''}`;
    default:
      return `${arrow(source, target)}${times}`;
  }
}

function arrow(source: string | undefined, target: string | undefined): string {
  return [source, target]
    .filter((path) => path !== undefined && path !== '')
    .map((path) => clip(path ?? '', 60))
    .join(' → ');
}

function verdictWord(verdict: 'reuse' | 'adopt' | 'execute'): string {
  return verdict === 'reuse' ? 'reused' : verdict === 'adopt' ? 'adopted' : 'executed';
}
