import type { Style } from './style.ts';
import { taskName } from './tally.ts';

/** Which task may call which, as the source says. */
export interface TaskGraph {
  readonly tasks: readonly string[];
  readonly edges: readonly TaskEdge[];
}

export interface TaskEdge {
  readonly from: string;
  readonly to: string;
  /** `call`, `map` …: every way in which the code names the other task. */
  readonly kinds: readonly string[];
  /** False where the task only flows through a value, so that nobody knows. */
  readonly certain: boolean;
}

/** A tree for each task that no other one calls; what was drawn before is not drawn again. */
export function renderGraph(graph: TaskGraph, style: Style): string {
  const below = Map.groupBy(graph.edges, ({ from }) => from);
  const called = new Set(graph.edges.filter(({ from, to }) => from !== to).map(({ to }) => to));
  const drawn = new Set<string>();
  const lines: string[] = [];
  const draw = (task: string, indent: string): void => {
    drawn.add(task);
    const edges = below.get(task) ?? [];
    for (const [index, edge] of edges.entries()) {
      const last = index === edges.length - 1;
      const again = drawn.has(edge.to);
      const name = describeEdge(edge, { style, again: again && below.has(edge.to) });
      lines.push(`${indent}${style.faint(last ? '└─' : '├─')} ${name}`);
      if (!again) draw(edge.to, `${indent}${style.faint(last ? '  ' : '│ ')} `);
    }
  };
  const roots = graph.tasks.filter((task) => !called.has(task));
  // Tasks that only call each other have no root; each that is left over begins a tree.
  for (const root of [...roots, ...graph.tasks]) {
    if (drawn.has(root)) continue;
    lines.push(style.strong(root));
    draw(root, '');
  }
  return lines.length === 0 ? 'the file declares no task' : lines.join('\n');
}

function describeEdge(edge: TaskEdge, { style, again }: { style: Style; again: boolean }): string {
  const notes = [...notesOf(edge), ...(again ? ['see above'] : [])];
  const note = notes.length === 0 ? '' : `  ${style.faint(`(${notes.join(', ')})`)}`;
  return `${taskName(edge.to)}${note}`;
}

/** A plain call needs no word. */
function notesOf({ kinds, certain }: TaskEdge): readonly string[] {
  if (!certain) return ['perhaps'];
  return kinds.filter((kind) => kind !== 'call' && kind !== 'reference');
}

/** A flowchart by https://mermaid.js.org. */
export function renderMermaid({ tasks, edges }: TaskGraph): string {
  const ids = new Map(tasks.map((task, index) => [task, `t${index + 1}`]));
  const nodes = tasks.map((task) => `  ${ids.get(task)}["${task.replaceAll('"', '#quot;')}"]`);
  const arrows = edges.map((edge) => {
    const note = notesOf(edge).join(', ');
    const label = note === '' ? '' : `|${note}|`;
    return `  ${ids.get(edge.from)} ${edge.certain ? '-->' : '-.->'}${label} ${ids.get(edge.to)}`;
  });
  return ['flowchart TD', ...nodes, ...arrows].join('\n');
}
