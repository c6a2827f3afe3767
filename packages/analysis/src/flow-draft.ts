import type { Edge, FlowKind, Sink, Slot } from './conduct.ts';
import { isInner, writeEdges } from './conduct.ts';

/** A sink whose place is still an offset of the emitted text. */
export interface DraftSink extends Omit<Sink, 'at'> {
  readonly offset: number;
}

/** The flow of one piece while it is collected. */
export class FlowDraft {
  readonly #edges: Edge[] = [];
  readonly #sinks: DraftSink[] = [];
  #next = 0;

  slot(): Slot {
    return `${this.#next++}`;
  }

  edge(from: Slot | null, kind: FlowKind, to: Slot | null): void {
    if (from !== null && to !== null && from !== to) this.#edges.push([from, kind, to]);
  }

  sink(sink: DraftSink): void {
    this.#sinks.push(sink);
  }

  /** One slot for what may come from several. */
  join(slots: readonly (Slot | null)[]): Slot | null {
    const found = [...new Set(slots.filter((it) => it !== null))];
    if (found.length < 2) return found[0] ?? null;
    const joined = this.slot();
    for (const it of found) this.edge(it, '=', joined);
    return joined;
  }

  /** A new slot that an edge leads to; nothing comes of nothing. */
  derive(from: Slot | null, kind: FlowKind): Slot | null {
    if (from === null) return null;
    const slot = this.slot();
    this.edge(from, kind, slot);
    return slot;
  }

  /** Everything that some of these slots may flow to, themselves included. */
  reachedFrom(starts: Iterable<Slot>): Set<Slot> {
    return spread(starts, byEnd(this.#edges, 0), 2);
  }

  /** Slots known outside of the piece from which one of these is reached. */
  outerAbove(slots: Iterable<Slot>): Slot[] {
    const above = spread(slots, byEnd(this.#edges, 2), 0);
    return [...above].filter((it) => !isInner(it)).sort();
  }

  sinks(): readonly DraftSink[] {
    return this.#sinks;
  }

  /** Without what begins and ends inside the piece: nothing outside can notice it. */
  settle(): { edges: string; sinks: readonly DraftSink[] } {
    const outer = new Set<Slot>();
    for (const [from, , to] of this.#edges) {
      if (!isInner(from)) outer.add(from);
      if (!isInner(to)) outer.add(to);
    }
    const isClosed = outer.size === 0 && this.#sinks.every((it) => isInner(it.slot));
    if (isClosed) return { edges: '', sinks: [] };
    const sinkSlots = this.#sinks.map((it) => it.slot);
    for (const it of sinkSlots) if (!isInner(it)) outer.add(it);
    const fed = this.reachedFrom(outer);
    const told = spread([...outer, ...sinkSlots], byEnd(this.#edges, 2), 0);
    const edges = new Map<string, Edge>();
    for (const it of this.#edges) {
      if (fed.has(it[0]) && told.has(it[2])) edges.set(it.join(' '), it);
    }
    return {
      edges: writeEdges([...edges.values()]),
      sinks: this.#sinks.filter((it) => fed.has(it.slot)),
    };
  }
}

function byEnd(edges: readonly Edge[], end: 0 | 2): Map<Slot, Edge[]> {
  const found = new Map<Slot, Edge[]>();
  for (const it of edges) {
    const list = found.get(it[end]);
    if (list === undefined) found.set(it[end], [it]);
    else list.push(it);
  }
  return found;
}

function spread(starts: Iterable<Slot>, edges: ReadonlyMap<Slot, Edge[]>, end: 0 | 2): Set<Slot> {
  const found = new Set(starts);
  for (const slot of found) for (const it of edges.get(slot) ?? []) found.add(it[end]);
  return found;
}
