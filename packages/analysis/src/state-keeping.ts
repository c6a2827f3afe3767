import type { Impurity, Retention } from '@skein/model';
import { conductOf } from './conduct.ts';
import { declarationPlaces } from './declaration-place.ts';
import type { Judge } from './judge.ts';
import type { ItemAt, PieceItems } from './piece-items.ts';
import type { NameResolver } from './resolve-names.ts';
import { SharedState } from './shared-state.ts';
import type { SourceReader } from './sources.ts';
import type { Item } from './summary.ts';

export interface KeepingRequest {
  readonly names: NameResolver;
  readonly judge: Judge;
  readonly pieces: PieceItems;
  readonly sources: SourceReader;
  /** All code that any task may run. */
  readonly items: readonly ItemAt[];
  /** Packages that keep nothing. */
  readonly passThrough: readonly string[];
}

/** A change of state: it happens where this piece runs, to what another one declares. */
export interface StateChange {
  readonly by: Item;
  /** `null`: something of a package, of Node, of the piece itself. */
  readonly of: Item | null;
  readonly impurity: Impurity;
}

/** What each piece of code may keep beyond an action (O3), and what it does to that (O8). */
export class StateKeeping {
  /** Pieces with state, in order of path and place. */
  readonly retentions: readonly (readonly [ItemAt, Retention])[];
  /** Pieces that change something outside of the author's modules. */
  readonly foreign: ReadonlyMap<Item, Retention>;
  readonly changes: readonly StateChange[];
  /** Data files whose content is changed or handed to a package. */
  readonly data: ReadonlySet<string>;
  readonly #request: KeepingRequest;
  readonly #state: SharedState;
  readonly #places = new Map<string, ReadonlyMap<string, string>>();

  constructor(request: KeepingRequest) {
    this.#request = request;
    this.#state = new SharedState(request);
    const sorted = [...request.items].sort((a, b) => {
      if (a.module !== b.module) return a.module < b.module ? -1 : 1;
      return a.item.text.start - b.item.text.start;
    });
    const { changes, packaged, foreign } = this.#state;
    this.retentions = sorted.flatMap((at) => {
      const found = this.#keeps(at);
      return found === null ? [] : [[at, found] as const];
    });
    this.foreign = new Map(
      sorted.flatMap(({ module, item }) => {
        const [first] = foreign.get(item) ?? [];
        if (first === undefined) return [];
        return [[item, { what: first.what, at: `${module}:${first.at}` }] as const];
      }),
    );
    this.changes = sorted.flatMap((at) => [...this.#ownChanges(at), ...this.#changesOf(at)]);
    this.data = new Set(
      [...changes.keys(), ...packaged].flatMap((it) => /^data (.*)$/.exec(it)?.[1] ?? []),
    );
  }

  #keeps(at: ItemAt): Retention | null {
    const { module, item } = at;
    // Of a task the function counts: the rest is not run by its actions.
    const { whole } = item.root ?? item;
    if (whole !== null) return this.declared(at, whole);
    const [first] = conductOf(item).hidden;
    if (first !== undefined) return { what: first.what, at: `${module}:${first.at}` };
    for (const name of item.names) {
      const slot = this.#state.slots.itemSlot({ module, name });
      const isOpen = this.#state.changes.has(slot) || this.#state.packaged.has(slot);
      if (isOpen || this.#holdsOther(at)) return this.declared(at, name);
    }
    return null;
  }

  #holdsOther({ module, item }: ItemAt): boolean {
    const { names, judge } = this.#request;
    const { value } = item;
    if (value.kind === 'task') {
      const { environment } = value;
      return environment !== null && !judge.isEnvironment(names.local(module, environment));
    }
    const { holds } = conductOf(item);
    if (holds.kind === 'still') return false;
    const [name] = item.names;
    if (value.kind === 'result' && name !== undefined) {
      if (judge.isEnvironment(names.local(module, name))) return false;
    }
    return holds.kind === 'other' || !judge.holds(module, holds.verdict);
  }

  /** What a piece changes that no name of a module stands for. */
  #ownChanges({ module, item }: ItemAt): StateChange[] {
    const foreign = (this.#state.foreign.get(item) ?? []).filter((it) => !it.filling);
    const hidden = conductOf(item).hidden.filter((it) => it.impure);
    return [...foreign, ...hidden].map((it) => {
      return { by: item, of: null, impurity: stateOf(it.what, `${module}:${it.at}`) };
    });
  }

  /** Who changes what a piece declares. */
  #changesOf(at: ItemAt): StateChange[] {
    const { module, item } = at;
    const found = item.names.flatMap((name) => {
      const slot = this.#state.slots.itemSlot({ module, name });
      const changes = (this.#state.changes.get(slot) ?? []).filter((it) => !it.sink.filling);
      return changes.map(({ sink, ...by }): StateChange => {
        return { by: by.item, of: item, impurity: stateOf(name, `${by.module}:${sink.at}`) };
      });
    });
    return item.names.length > 0 && this.#holdsOther(at)
      ? [...found, ...this.#closureChanges(at)]
      : found;
  }

  /** Variables of closures and instances that are kept in a name. */
  #closureChanges(kept: ItemAt): StateChange[] {
    const { item } = kept;
    const { items } = this.#request.pieces.reachedFrom(item);
    return [kept, ...items.values()].flatMap((at) =>
      conductOf(at.item).captured.map((it): StateChange => {
        return { by: item, of: item, impurity: stateOf(it.what, `${at.module}:${it.at}`) };
      }),
    );
  }

  /** The place of a declaration in the author's source. */
  declared({ module, item }: ItemAt, what: string): Retention {
    let places = this.#places.get(module);
    if (places === undefined) {
      const source = new TextDecoder().decode(this.#request.sources.read(module));
      places = declarationPlaces(module, source);
      this.#places.set(module, places);
    }
    const names = [what, ...item.names, ...item.adds];
    const place = names.flatMap((it) => places.get(it) ?? [])[0] ?? '1:1';
    return { what, at: `${module}:${place}` };
  }
}

function stateOf(what: string, at: string): Impurity {
  return { kind: 'module-state', what, at };
}
