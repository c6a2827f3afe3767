import type { JsonObject } from './json.ts';
import { type GroupLink, type LineageGroup, groupLineage } from './lineage-groups.ts';
import type { LineageGraph, LineageReport } from './lineage.ts';

/** The object of `skein lineage --json`. */
export function lineageJson(
  { subject, up, down }: LineageReport,
  { all }: { readonly all: boolean },
): JsonObject {
  const { asked, kind, digest, places, more } = subject;
  return {
    subject: {
      asked,
      kind,
      digest,
      places: places.map(({ run, action, task, path }) => ({ run, action, task, path })),
      more,
    },
    ...(up === undefined ? {} : { up: graphJson(up, all) }),
    ...(down === undefined ? {} : { down: graphJson(down, all) }),
  };
}

function graphJson(graph: LineageGraph, all: boolean): JsonObject {
  const { groups, links, cut } = groupLineage(graph, { all });
  return { nodes: groups.map(nodeJson), edges: links.map(edgeJson), cut };
}

function nodeJson({ node, count }: LineageGroup): JsonObject {
  const { id, kind, run, action, task, place } = node;
  return {
    id,
    kind,
    run,
    action,
    task,
    declared: place ?? null,
    count,
    ...(node.kind === 'action' ? { verdict: node.verdict, ended: node.ended ?? null } : {}),
    ...(node.kind === 'input' ? { parameter: node.parameter } : {}),
  };
}

function edgeJson({ from, to, edge, source, target, count }: GroupLink): JsonObject {
  return { from, to, link: edge.link, source: source || null, target: target || null, count };
}
