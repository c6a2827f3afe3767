import type { TaskId } from '@skein/model';
import { USE } from './summary.ts';

export type CallKind = 'call' | 'override' | 'map' | 'forward' | 'reference';

/** One task may call another. */
export interface CallEdge {
  readonly from: TaskId;
  readonly to: TaskId;
  /** Every way in which the code names it, in a fixed order. */
  readonly kinds: readonly CallKind[];
  /** False where the task only flows through a value: whether it is called is unknown. */
  readonly certain: boolean;
}

/** Which tasks each task can reach, as its code says without running it. */
export interface CallGraph {
  readonly tasks: readonly TaskId[];
  /** Sorted by `from`, then `to`. */
  readonly edges: readonly CallEdge[];
}

const KINDS: readonly (readonly [CallKind, number])[] = [
  ['call', USE.call],
  ['override', USE.override],
  ['map', USE.map],
  ['forward', USE.forward],
  ['reference', USE.value | USE.computed],
];

/** The uses of one task by another, as bits of `USE`. */
export type TaskUse = readonly [from: TaskId, to: TaskId, uses: number];

export function makeCallGraph(tasks: readonly TaskId[], uses: readonly TaskUse[]): CallGraph {
  const edges = uses.map(([from, to, bits]): CallEdge => {
    const kinds = KINDS.filter(([, bit]) => (bits & bit) !== 0).map(([kind]) => kind);
    return { from, to, kinds, certain: kinds.some((it) => it !== 'reference') };
  });
  edges.sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
  return { tasks: [...tasks].sort(), edges };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
