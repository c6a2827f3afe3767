/** What each node points at. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** One cycle for each group of nodes that reach one another, as the path around it. */
export function findCycles(graph: Graph): readonly (readonly string[])[] {
  return components(graph).flatMap((group) => {
    const [start] = group.toSorted();
    if (start === undefined) return [];
    const cycle = shortestCycle(graph, start, new Set(group));
    return cycle === undefined ? [] : [cycle];
  });
}

/** Tarjan's strongly connected components (SIAM J. Comput. 1(2), 1972). */
function components(graph: Graph): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const open = new Set<string>();
  const found: string[][] = [];

  function visit(node: string): number {
    const index = order.size;
    order.set(node, index);
    stack.push(node);
    open.add(node);
    let low = index;
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.has(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === index) found.push(close(node));
    return low;
  }

  function close(node: string): string[] {
    const group = stack.splice(stack.lastIndexOf(node));
    for (const member of group) open.delete(member);
    return group;
  }

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

function shortestCycle(
  graph: Graph,
  start: string,
  within: ReadonlySet<string>,
): readonly string[] | undefined {
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return [...path, start];
      if (!within.has(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}
