import { CLOSURE_SLOT, DEEP, SHALLOW, conductOf, readEdges } from './conduct.ts';
import type { Sink, Slot } from './conduct.ts';
import { FlowSolver } from './flow-solver.ts';
import type { Judge } from './judge.ts';
import type { ItemAt } from './piece-items.ts';
import { readReferences } from './reference-text.ts';
import type { Meaning, NameResolver } from './resolve-names.ts';
import { ANY_SLOT, PACKAGE_SLOT, SharedSlots, isForeign } from './shared-slots.ts';
import type { Item } from './summary.ts';
import { USE } from './summary.ts';
import { isStateful } from './stateful.ts';

/** Code that changes something shared. */
export interface Change extends ItemAt {
  readonly sink: Sink;
}

interface SharedStateRequest {
  readonly names: NameResolver;
  readonly judge: Judge;
  /** All code that any task may run. */
  readonly items: readonly ItemAt[];
  /** Packages that keep nothing. */
  readonly passThrough: readonly string[];
}

/** Most parameters that are told apart. */
const PARAMETERS = 7;

/** Which names of modules, and what of packages and Node, is changed or handed out, and where. */
export class SharedState {
  /** By slot of a name: assignments, writes into its object, and where a package gets it. */
  readonly changes = new Map<Slot, Change[]>();
  readonly packaged = new Set<Slot>();
  /** By piece: what it changes of a package, of Node, of a global. */
  readonly foreign = new Map<Item, Sink[]>();
  readonly slots: SharedSlots;
  readonly #names: NameResolver;
  readonly #judge: Judge;
  readonly #passThrough: ReadonlySet<string>;
  readonly #solver = new FlowSolver();
  /** Objects without methods of collections, with their depth. */
  readonly #plain = new Map<Slot, number>();
  /** Functions that see more than their arguments. */
  readonly #observing = new Set<Slot>([CLOSURE_SLOT]);
  readonly #numbers = new Map<Item, number>();

  constructor({ names, judge, items, passThrough }: SharedStateRequest) {
    this.#passThrough = new Set(passThrough);
    this.#names = names;
    this.#judge = judge;
    this.slots = new SharedSlots(names);
    for (const it of items) this.#numbers.set(it.item, this.#numbers.size);
    const changed = this.#changedAtLoad(items);
    for (const it of items) this.#addPiece(it, changed);
    this.#solver.solve();
    for (const it of items) for (const sink of conductOf(it.item).sinks) this.#drain(it, sink);
    this.#drainPackages();
  }

  #slot({ module, item }: ItemAt, slot: Slot): Slot | null {
    return this.slots.of(module, this.#numbers.get(item) ?? -1, slot);
  }

  /** Names whose objects are changed while modules are loaded, with the depth they have then. */
  #changedAtLoad(items: readonly ItemAt[]): Map<Slot, number> {
    const found = new Map<Slot, number>();
    for (const at of items) {
      const { changes, changedDepth } = conductOf(at.item);
      for (const it of changes) {
        const slot = this.#slot(at, it);
        if (slot !== null) found.set(slot, Math.max(changedDepth, found.get(slot) ?? 0));
      }
    }
    return found;
  }

  #addPiece(at: ItemAt, changed: ReadonlyMap<Slot, number>): void {
    const { item, module } = at;
    const { edges, sinks, observes } = conductOf(item);
    const closures = this.#slot(at, CLOSURE_SLOT);
    if (closures !== null) this.#solver.source(closures, CLOSURE_SLOT, SHALLOW);
    for (const name of item.names) {
      const slot = this.slots.itemSlot({ module, name });
      const depth = Math.max(changed.get(slot) ?? 0, this.#depthOf(at));
      if (depth > 0) this.#solver.source(slot, slot, depth);
      if (observes || item.value.kind === 'task') this.#observing.add(slot);
      const { holds } = conductOf(item);
      if (holds.kind === 'still' && holds.table === true) this.#plain.set(slot, depth);
      this.#solver.edge(slot, '[', `@${module}`);
    }
    for (const [from, kind, to] of readEdges(edges)) {
      const [start, end] = [this.#slot(at, from), this.#slot(at, to)];
      if (start === null || end === null || start === end) continue;
      this.#foreignSource(start);
      this.#solver.edge(start, kind, end);
    }
    for (const it of sinks) this.#foreignSource(this.#slot(at, it.slot));
    this.#addReferences(at);
  }

  #depthOf({ module, item }: ItemAt): number {
    const { holds } = conductOf(item);
    if (['task', 'environment', 'checkpoint'].includes(item.value.kind)) return SHALLOW;
    switch (holds.kind) {
      case 'still':
        return holds.depth;
      case 'proof':
        return this.#judge.holds(module, holds.verdict) ? DEEP : 0;
      case 'other':
        return 0;
    }
  }

  readonly #known = new Set<Slot>();

  #foreignSource(slot: Slot | null): void {
    const isSource = slot !== null && (isForeign(slot) || slot.startsWith('data '));
    if (!isSource || this.#known.has(slot)) return;
    this.#known.add(slot);
    this.#solver.source(slot, slot, DEEP);
  }

  /** Functions that are not only called may be called by anyone; a namespace holds its exports. */
  #addReferences({ module, item }: ItemAt): void {
    for (const { name, uses, members } of readReferences(item.references)) {
      const meaning = this.#names.local(module, name);
      if (meaning?.kind === 'namespace') {
        const exported = members ?? this.#names.exportNames(meaning.module).names;
        for (const it of exported) {
          const found = this.#names.exported(meaning.module, it);
          if (found !== null) this.#handOut(found);
          if (found?.kind === 'item') {
            this.#solver.edge(this.slots.itemSlot(found), '[', `@${meaning.module}`);
          }
        }
      } else if (meaning !== null && uses !== USE.call) this.#handOut(meaning);
    }
  }

  #handOut(meaning: Meaning): void {
    if (meaning.kind !== 'item') return;
    const { value } = this.#names.value(meaning.module, meaning.name);
    if (value.kind !== 'function' && value.kind !== 'class' && value.kind !== 'checkpoint') return;
    const slot = this.slots.itemSlot(meaning);
    if (this.#known.has(`${slot}(`)) return;
    this.#known.add(`${slot}(`);
    for (let at = 0; at < PARAMETERS; at++) this.#solver.edge(ANY_SLOT, '=', `${slot}(${at}`);
    this.#solver.edge(`${slot})`, '=', ANY_SLOT);
  }

  #drain(at: ItemAt, sink: Sink): void {
    const slot = this.#slot(at, sink.slot);
    if (slot === null) return;
    if (sink.how === 'hand') {
      if (this.#mayKeep(at.module, sink.of ?? '', slot)) this.#addForeign(at.item, sink);
      return;
    }
    if (sink.how === 'assign' || sink.how === 'keep') {
      if (isForeign(slot)) this.#addForeign(at.item, sink);
      else if (sink.how === 'assign') this.#addChange(slot, { ...at, sink });
      return;
    }
    for (const [source, depth] of this.#solver.in(slot)) {
      if (sink.how === 'method') {
        const isTable = slot !== ANY_SLOT && this.#plain.get(source) === depth;
        if (depth >= 1 && !isTable && !isForeign(source)) this.#addChange(source, { ...at, sink });
      } else if (sink.how === 'package') {
        if (depth >= 1 && !isForeign(source)) this.packaged.add(source);
      } else if (isForeign(source)) this.#addForeign(at.item, sink);
      else this.#addChange(source, { ...at, sink });
    }
  }

  /** Whether what an import gives may keep something that a task observes. */
  #mayKeep(module: string, name: string, given: Slot): boolean {
    const meaning = this.#names.local(module, name);
    switch (meaning?.kind) {
      case 'built-in':
        return isStateful(meaning.specifier, meaning.imported);
      case 'package':
        if (this.#passThrough.has(packageOf(meaning.specifier))) return false;
        break;
      case 'whole':
      case 'one-of':
        break;
      default:
        return false;
    }
    return this.#solver.within(given).some((it) => {
      return this.#observing.has(it) || /^!(?:node:)?fs\b/.test(it);
    });
  }

  #drainPackages(): void {
    for (const [source, depth] of this.#solver.in(PACKAGE_SLOT)) {
      if (depth >= 1 && !isForeign(source)) this.packaged.add(source);
    }
  }

  #addChange(source: Slot, change: Change): void {
    const list = this.changes.get(source);
    if (list === undefined) this.changes.set(source, [change]);
    else list.push(change);
  }

  #addForeign(item: Item, sink: Sink): void {
    const list = this.foreign.get(item);
    if (list === undefined) this.foreign.set(item, [sink]);
    else list.push(sink);
  }
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
