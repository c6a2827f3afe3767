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
  /** Of which run the node is that it leads on from: another is told. */
  readonly nearer: string | undefined;
  readonly first: string;
  readonly rest: string;
}

/** Depth first, with a stack of its own; what was drawn before is not drawn again. */
function section(title: string, graph: LineageGraph, drawing: Drawing): readonly string[] {
  const { view, direction, run } = drawing;
  const { style } = view;
  const { groups, links, cut } = groupLineage(graph, view);
  const byId = new Map(groups.map((group) => [group.id, group]));
  const near = direction === 'up' ? 'to' : 'from';
  const far = direction === 'up' ? 'from' : 'to';
  const shown = direction === 'up' ? links : once(links);
  const next = Map.groupBy(shown, (link) => link[near]);
  const sure = reached(next, far);
  const drawn = new Set<string>();
  const lines: string[] = [];
  const stack = branches(next.get(SUBJECT) ?? [], { rest: '', nearer: run, style }).toReversed();
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const { link, first, rest } = branch;
    const group = byId.get(link[far]);
    if (group === undefined) continue;
    const all = (next.get(group.id) ?? []).filter((one) => one[far] !== group.id);
    const asides = all.filter((one) => isAside(one) && (sure.has(one[far]) || !next.has(one[far])));
    const below = all.filter((one) => !asides.includes(one));
    const again = drawn.has(group.id);
    const seen = again && below.length > 0 ? `  ${style.faint('(see above)')}` : '';
    lines.push(`${first}${describe(group, branch, drawing)}${seen}`);
    if (again) continue;
    drawn.add(group.id);
    const aside = describeAsides(asides, byId, view);
    if (aside !== undefined) lines.push(`${rest}${style.faint(`·  ${aside}`)}`);
    stack.push(...branches(below, { rest, nearer: group.node.run, style }).toReversed());
  }
  if (lines.length === 0) lines.push(`  ${style.faint('nothing on record')}`);
  if (cut) lines.push(style.faint('  … more with a larger --depth'));
  return ['', style.strong(title), ...lines];
}

/** What surely has to do with the value: nothing of it is told again where it perhaps had. */
function reached(
  next: ReadonlyMap<string, readonly GroupLink[]>,
  far: 'from' | 'to',
): ReadonlySet<string> {
  const found = new Set<string>([SUBJECT]);
  for (const id of found) {
    for (const link of next.get(id) ?? []) if (!isAside(link)) found.add(link[far]);
  }
  return found;
}

function isAside({ edge }: GroupLink): boolean {
  return edge.link === 'perhaps';
}

/** `paragraphs[0] perhaps also of what declarations, train came to`. */
function describeAsides(
  asides: readonly GroupLink[],
  groups: ReadonlyMap<string, LineageGroup>,
  { width }: LineageView,
): string | undefined {
  const names = asides.flatMap(({ from }) => taskName(groups.get(from)?.node.task ?? ''));
  if (names.length === 0) return undefined;
  const targets = [...new Set(asides.map(({ target = '' }) => target))].join(', ');
  return clip(`${targets}: perhaps also of what ${names.join(', ')} came to`, width);
}

/** Every action hands its result to its caller: that is told once of each caller. */
function once(links: readonly GroupLink[]): readonly GroupLink[] {
  const last = new Map(links.filter(isHandedUp).map((link) => [link.to, link]));
  return links.filter((link) => !isHandedUp(link) || last.get(link.to) === link);
}

function isHandedUp({ edge }: GroupLink): boolean {
  return edge.link === 'call';
}

function branches(
  links: readonly GroupLink[],
  { rest, nearer, style }: { rest: string; nearer: string | undefined; style: Style },
): readonly Branch[] {
  return links.map((link, index) => {
    const last = index === links.length - 1;
    const deeper = `${rest}${style.faint(last ? '  ' : '│ ')} `;
    return {
      link,
      nearer,
      first: `${rest}${style.faint(last ? '└─' : '├─')} `,
      rest: deeper.length > WIDEST_INDENT ? rest : deeper,
    };
  });
}

/** `features × 12,896  result → examples[*].articles[*], such as 544  src/features.ts:9`. */
function describe(group: LineageGroup, { link, nearer }: Branch, drawing: Drawing): string {
  const { view } = drawing;
  const { style } = view;
  const { node } = group;
  const facts = [
    ...(node.place === undefined ? [] : [node.place]),
    ...(node.kind === 'action' && node.verdict !== 'execute' ? [verdictWord(node.verdict)] : []),
    ...(node.kind === 'action' && node.ended === 'error' ? ['failed'] : []),
    ...(node.run === nearer ? [] : [`run ${node.run}`]),
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
