import { type LineageEdge, type LineageGraph, type LineageNode, commonPath } from './lineage.ts';

/** Nodes that are shown as one, and links between them. */
export interface GroupedLineage {
  readonly groups: readonly LineageGroup[];
  readonly links: readonly GroupLink[];
  readonly cut: boolean;
}

export interface LineageGroup {
  readonly id: string;
  /** An example, if there are more: the first. */
  readonly node: LineageNode;
  readonly count: number;
}

export interface GroupLink {
  readonly from: string;
  readonly to: string;
  /** One of those it stands for: the first. */
  readonly edge: LineageEdge;
  readonly count: number;
  /** Paths with every index as `[*]` where they differ. */
  readonly source?: string;
  readonly target?: string;
}

/** Actions of one task in one run are alike; more than this are one. */
const ALIKE = 4;

/** Every node for itself with `all`; otherwise many that are alike as one, with an example. */
export function groupLineage(
  { nodes, edges, cut }: LineageGraph,
  { all }: { readonly all: boolean },
): GroupedLineage {
  const alike = Map.groupBy(nodes, nameOf);
  const groupOf = new Map<string, string>();
  const groups: LineageGroup[] = [];
  for (const members of alike.values()) {
    const [first] = members;
    if (first === undefined) continue;
    const calls = members.filter(({ kind }) => kind === 'calls');
    const isOne = !all && (members.length > ALIKE || (calls.length > 0 && members.length > 1));
    if (isOne) {
      const own = members.length - calls.length;
      const count = Math.max(own, ...calls.map(countOf));
      groups.push({ id: first.id, node: first, count });
    }
    for (const node of members) {
      groupOf.set(node.id, isOne ? first.id : node.id);
      if (!isOne) groups.push({ id: node.id, node, count: countOf(node) });
    }
  }
  return { groups, links: linksBetween(edges, groupOf), cut };
}

function nameOf(node: LineageNode): string {
  const { run, task } = node;
  // What stands for many actions is one with those of them that are there themselves.
  const kind = node.kind === 'calls' ? 'action' : node.kind;
  return `${run} ${task} ${kind} ${node.kind === 'input' ? node.parameter : ''}`;
}

function countOf(node: LineageNode): number {
  return node.kind === 'calls' ? node.count : 1;
}

type Open = { -readonly [Key in keyof GroupLink]: GroupLink[Key] };

function linksBetween(
  edges: readonly LineageEdge[],
  groupOf: ReadonlyMap<string, string>,
): readonly GroupLink[] {
  const links = new Map<string, Open>();
  for (const edge of edges) {
    const from = groupOf.get(edge.from) ?? edge.from;
    const to = groupOf.get(edge.to) ?? edge.to;
    // Among those that stand as one it tells nothing.
    if (from === to) continue;
    const { source, target, places = 1 } = edge;
    const known = links.get(`${from} ${to}`);
    // What is sure stands for what is not.
    if (known !== undefined && edge.link === 'perhaps' && known.edge.link !== 'perhaps') continue;
    if (known === undefined || (known.edge.link === 'perhaps' && edge.link !== 'perhaps')) {
      const paths = {
        ...(source === undefined ? {} : { source }),
        ...(target === undefined ? {} : { target }),
      };
      links.set(`${from} ${to}`, { from, to, edge, count: places, ...paths });
      continue;
    }
    known.count += places;
    if (known.source !== undefined) known.source = commonPath(known.source, source ?? known.source);
    if (known.target !== undefined) known.target = commonPath(known.target, target ?? known.target);
  }
  return [...links.values()];
}
