import { shortDigest } from '@skein/values';
import { formatCount } from './amount.ts';
import { type LineageGroup, groupLineage } from './lineage-groups.ts';
import { describeLink } from './lineage-text.ts';
import { type LineageGraph, type LineageReport, SUBJECT } from './lineage.ts';
import { taskName } from './tally.ts';
import { clip } from './value.ts';

/** A flowchart by https://mermaid.js.org, from what the value came from to what it went into. */
export function lineageMermaid(
  { subject, up, down }: LineageReport,
  { all }: { readonly all: boolean },
): string {
  const ids = new Map([[SUBJECT, SUBJECT]]);
  const label = `${clip(subject.asked, 60)} ${shortDigest(subject.digest)}`;
  const lines = [`  ${SUBJECT}(["${escape(label)}"])`];
  const draw = (graph: LineageGraph, direction: 'up' | 'down'): void => {
    const { groups, links } = groupLineage(graph, { all });
    for (const group of groups) {
      if (ids.has(group.id)) continue;
      const id = `n${ids.size}`;
      ids.set(group.id, id);
      lines.push(`  ${id}${boxed(group)}`);
    }
    for (const link of links) {
      const from = ids.get(link.from);
      const to = ids.get(link.to);
      if (from === undefined || to === undefined || from === to) continue;
      const said = describeLink(link, direction);
      const arrow = link.edge.link === 'perhaps' ? '-.->' : '-->';
      lines.push(`  ${from} ${arrow}${said === '' ? '' : `|"${escape(said)}"|`} ${to}`);
    }
  };
  if (up !== undefined) draw(up, 'up');
  if (down !== undefined) draw(down, 'down');
  return ['flowchart LR', ...lines].join('\n');
}

function boxed({ node, count }: LineageGroup): string {
  const name = taskName(node.task);
  if (node.kind === 'input') return `[/"${escape(`${node.parameter} of ${name}`)}"/]`;
  if (node.kind === 'made') return `("${escape(`made by ${name} ${node.action}`)}")`;
  const which = count > 1 ? `× ${formatCount(count)}` : String(node.action);
  return `["${escape(`${name} ${which}`)}"]`;
}

/** By https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters. */
function escape(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll('`', '#96;')
    .replaceAll('&', '#amp;')
    .replaceAll(/\s+/g, ' ');
}
