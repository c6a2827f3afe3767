import type { Impurity, Retention, TaskBehaviour, TaskId } from '@skein/model';
import { conductOf } from './conduct.ts';
import type { Judge } from './judge.ts';
import type { ItemAt, ItemClosure, PieceItems } from './piece-items.ts';
import type { NameResolver } from './resolve-names.ts';
import type { SourceReader } from './sources.ts';
import { StateKeeping } from './state-keeping.ts';
import type { Item } from './summary.ts';

/** A task by its item. */
export interface ItemTask extends ItemAt {
  readonly id: TaskId;
}

export interface BehaviourRequest {
  readonly entry: string;
  readonly tasks: readonly ItemTask[];
  readonly names: NameResolver;
  readonly judge: Judge;
  readonly pieces: PieceItems;
  /** Pieces with effects. */
  readonly effects: ReadonlyMap<Item, ItemAt>;
  readonly closures: ReadonlyMap<TaskId, ItemClosure>;
  /** What the effects reach, which counts for every task. */
  readonly always: ItemClosure;
  /** Tasks whose code each task may run by `.forward`. */
  readonly forwards: ReadonlyMap<TaskId, readonly TaskId[]>;
  readonly sources: SourceReader;
  /** Packages that keep nothing. */
  readonly passThrough: readonly string[];
}

/** What analysis says of every task's executions (O3, O8). */
export function behavioursOf(request: BehaviourRequest): TaskBehaviour[] {
  if (request.tasks.length === 0) return [];
  const reader = new BehaviourReader(request);
  return request.tasks.map((it) => reader.behaviour(it));
}

/** The code that runs in the actions of one task: its own, and what it forwards to. */
class Reach {
  readonly #roots: ReadonlySet<Item>;
  readonly #closures: ItemClosure[];

  constructor(roots: ReadonlySet<Item>, closures: readonly ItemClosure[]) {
    this.#roots = roots;
    this.#closures = [...closures];
  }

  has(item: Item): boolean {
    return this.#roots.has(item) || this.#closures.some((it) => it.items.has(item));
  }

  hasData(path: string): boolean {
    return this.#closures.some((it) => it.data.has(path));
  }

  add(closure: ItemClosure): void {
    this.#closures.push(closure);
  }
}

class BehaviourReader {
  readonly #request: BehaviourRequest;
  readonly #keeping: StateKeeping;
  /** Effects that may have put functions into something shared, with what those reach. */
  readonly #patches: readonly ItemAt[];
  /** Code that imports modules while it runs. */
  readonly #loading: readonly Item[];

  constructor(request: BehaviourRequest) {
    this.#request = request;
    const { effects, always, closures } = request;
    this.#patches = [...effects.values()].filter(({ item }) => conductOf(item).changes.length > 0);
    const items = new Map([...effects, ...always.items]);
    for (const closure of closures.values()) {
      for (const [item, at] of closure.items) items.set(item, at);
    }
    for (const { module, item } of request.tasks) items.set(item, { module, item });
    this.#loading = [...items.keys()].filter((it) => it.computedImport || it.requests.length > 0);
    this.#keeping = new StateKeeping({ ...request, items: [...items.values()] });
  }

  behaviour(task: ItemTask): TaskBehaviour {
    const { value } = task.item;
    // What runs in its actions is Skein's own; what it refers to was evaluated with its module.
    if (value.kind === 'task' && value.command) {
      return { task: task.id, retains: null, impurities: [] };
    }
    const reach = this.#reach(task);
    return {
      task: task.id,
      retains: this.#retention(task, reach),
      impurities: this.#impurities(reach),
    };
  }

  #reach(task: ItemTask): Reach {
    const { forwards, closures: known, tasks } = this.#request;
    const forwarded = new Set<TaskId>([task.id]);
    for (const it of forwarded) for (const to of forwards.get(it) ?? []) forwarded.add(to);
    const roots = tasks.filter((it) => forwarded.has(it.id)).map((it) => it.item);
    const closures = [...forwarded].flatMap((it) => known.get(it) ?? []);
    const reach = new Reach(new Set(roots), closures);
    this.#addPatches(reach);
    return reach;
  }

  /** What changed a global, or an object that the task refers to, may have put functions there. */
  #addPatches(reach: Reach): void {
    const open = new Set(this.#patches);
    for (let grown = true; grown;) {
      grown = false;
      for (const at of open) {
        if (!this.#concerns(at, reach)) continue;
        open.delete(at);
        const reached = this.#request.pieces.reachedFrom(at.item);
        reach.add({ ...reached, items: new Map([...reached.items, [at.item, at]]) });
        grown = true;
      }
    }
  }

  #concerns({ module, item }: ItemAt, reach: Reach): boolean {
    const { names } = this.#request;
    return conductOf(item).changes.some((slot) => {
      if (slot.startsWith('^')) return true;
      const found = names.local(module, slot.replace(/[.(%)].*$/s, ''));
      if (found?.kind !== 'item') return false;
      return names.items(found.module, found.name).some((it) => reach.has(it));
    });
  }

  /** The first thing that can keep what the task observes, its own module first. */
  #retention(task: ItemTask, reach: Reach): Retention | null {
    const found = this.#keeping.retentions.filter(([{ item }]) => reach.has(item));
    const own = found.find(([{ module }]) => module === task.module) ?? found[0];
    if (own !== undefined) return own[1];
    for (const [item, retention] of this.#keeping.foreign) {
      if (reach.has(item) || this.#runsForAll(item)) return retention;
    }
    const data = [...this.#keeping.data].sort().find((it) => reach.hasData(it));
    if (data !== undefined) return { what: data, at: `${data}:1:1` };
    return this.#loading.some((it) => reach.has(it)) ? this.#late() : null;
  }

  #runsForAll(item: Item): boolean {
    const { effects, always } = this.#request;
    return effects.has(item) || always.items.has(item);
  }

  /** A module that an action loads: what it observes on the way stays in it. */
  #late(): Retention | null {
    const { names } = this.#request;
    const early = evaluatedModules(this.#request);
    for (const module of names.paths) {
      if (early.has(module)) continue;
      const { items } = names.module(module).summary;
      const asking = items.find((it) => conductOf(it).asks);
      if (asking !== undefined) {
        return this.#keeping.declared({ module, item: asking }, asking.names[0] ?? 'import()');
      }
    }
    return null;
  }

  #impurities(reach: Reach): Impurity[] {
    const isRun = (item: Item): boolean => reach.has(item) || this.#runsForAll(item);
    const found = this.#keeping.changes.filter(
      ({ by, of }) => isRun(by) && (of === null || reach.has(of)),
    );
    const byPlace = new Map(
      found.map(({ impurity }) => [`${impurity.at} ${impurity.what}`, impurity]),
    );
    return [...byPlace.values()].sort((a, b) => comparePlaces(a.at ?? '', b.at ?? ''));
  }
}

/** Modules that are evaluated before any task runs. */
function evaluatedModules({ entry, names }: BehaviourRequest): Set<string> {
  const found = new Set([entry]);
  for (const module of found) {
    const { evaluates, commonjs, items } = names.module(module).summary;
    const required = commonjs ? items.flatMap((it) => it.requests) : [];
    for (const it of [...evaluates, ...required]) {
      const target = names.target(module, it.replace(/^require /, ''));
      if (target.kind === 'module') found.add(target.path);
    }
  }
  return found;
}

function comparePlaces(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}

function partsOf(at: string): { path: string; line: number; column: number } {
  const [, path = at, line = '0', column = '0'] = /^(.*):(\d+):(\d+)$/.exec(at) ?? [];
  return { path, line: Number(line), column: Number(column) };
}
