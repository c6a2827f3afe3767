import type { ActionNumber, RunId, TaskId } from '@skein/model';
import { type LineageEdge, type LineageGraph, type LineageNode, commonPath } from '@skein/view';
import type { LineageRun } from './lineage-run.ts';

/** The steps that are still to be gone, nearest first, and what was found by them. */
export class GraphInTheMaking {
  readonly #depth: number;
  readonly #nodes = new Map<string, LineageNode>();
  readonly #edges = new Map<string, Writable<LineageEdge>>();
  #next: (() => Promise<void> | void)[] = [];
  #cut = false;

  constructor(depth = Infinity) {
    this.#depth = depth;
  }

  /** Whether the node is new: then it has to be followed. */
  add(node: LineageNode): boolean {
    if (this.#nodes.has(node.id)) return false;
    this.#nodes.set(node.id, node);
    return true;
  }

  /** Edges between the same nodes are one, with a count of places. */
  link(edge: LineageEdge): void {
    const name = `${edge.from} ${edge.to} ${edge.link}`;
    const known = this.#edges.get(name);
    if (known === undefined) this.#edges.set(name, { ...edge });
    else if (edge.target !== known.target || edge.source !== known.source) {
      const { source = '', target = '' } = edge;
      known.places = (known.places ?? 1) + 1;
      if (known.source !== undefined) known.source = commonPath(known.source, source);
      if (known.target !== undefined) known.target = commonPath(known.target, target);
    }
  }

  /** Goes on from a node, one step further away. */
  later(step: () => Promise<void> | void): void {
    this.#next.push(step);
  }

  async finish(): Promise<LineageGraph> {
    for (let depth = 0; this.#next.length > 0; depth += 1) {
      if (depth >= this.#depth) {
        this.#cut = true;
        break;
      }
      const steps = this.#next;
      this.#next = [];
      for (const step of steps) await step();
    }
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()], cut: this.#cut };
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function actionId(run: RunId, action: ActionNumber): string {
  return `${run}/${action}`;
}

/** What an action made; `undefined`: the run does not list it. */
export function actionNode(run: LineageRun, action: ActionNumber): LineageNode | undefined {
  const found = run.index.at(action);
  if (found === undefined) return undefined;
  const { verdict, ended } = found;
  return {
    ...basis(run, action, found.task),
    kind: 'action',
    verdict,
    ...(ended === undefined ? {} : { ended }),
  };
}

/** What an action put together for its calls. */
export function madeNode(run: LineageRun, action: ActionNumber): LineageNode | undefined {
  const found = run.index.at(action);
  if (found === undefined) return undefined;
  const own = basis(run, action, found.task);
  return { ...own, id: `${own.id}:made`, kind: 'made' };
}

/** What the entry of a run was given. */
export function inputNode(
  run: LineageRun,
  { action, place, bytes }: { action: ActionNumber; place: number; bytes: Uint8Array | undefined },
): LineageNode | undefined {
  const found = run.index.at(action);
  if (found === undefined) return undefined;
  const own = basis(run, action, found.task);
  return {
    ...own,
    id: `${own.id}:input[${place}]`,
    kind: 'input',
    parameter: run.parameterOf(action, place),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** Calls of one task that a caller made. */
export function callsNode(run: LineageRun, { first, last, count }: Block): LineageNode | undefined {
  const found = run.index.at(first);
  if (found === undefined) return undefined;
  const own = basis(run, first, found.task);
  return { ...own, id: `${own.id}:to:${last}`, kind: 'calls', last, count };
}

/** Calls of one task by one caller. */
export interface Block {
  readonly task: TaskId;
  readonly first: ActionNumber;
  readonly last: ActionNumber;
  readonly count: number;
  /** All of them, where they are few. */
  readonly few: readonly ActionNumber[];
}

function basis(
  run: LineageRun,
  action: ActionNumber,
  task: TaskId,
): Pick<LineageNode, 'id' | 'run' | 'action' | 'task' | 'place'> {
  const name = run.index.overview.run;
  const place = run.placeOf(task);
  return {
    id: actionId(name, action),
    run: name,
    action,
    task,
    ...(place === undefined ? {} : { place }),
  };
}
