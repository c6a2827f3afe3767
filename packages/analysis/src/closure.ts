import type { TaskId } from '@skein/model';
import type { Dependencies, Dependency, ItemAt, Whole } from './dependencies.ts';
import type { Code, Item } from './summary.ts';

/** Everything that some code reaches, by symbol. */
export interface Closure {
  readonly items: ReadonlyMap<Item, ItemAt>;
  readonly tasks: ReadonlyMap<TaskId, number>;
  readonly packages: ReadonlySet<string>;
  readonly data: ReadonlySet<string>;
  readonly wholes: ReadonlyMap<string, Whole>;
  readonly forwards: boolean;
}

interface Draft {
  readonly items: Map<Item, ItemAt>;
  readonly tasks: Map<TaskId, number>;
  readonly packages: Set<string>;
  readonly data: Set<string>;
  readonly wholes: Map<string, Whole>;
  forwards: boolean;
}

export interface Start {
  readonly module: string;
  readonly code: Code;
}

/** Effects that count for whoever reaches something of their module. */
export type ConfinedEffects = ReadonlyMap<string, readonly (ItemAt & Start)[]>;

/** Follows dependencies from some code until nothing new is found. */
export function reachedFrom(
  dependency: Dependency,
  starts: readonly Start[],
  confined: ConfinedEffects,
): Closure {
  const draft: Draft = {
    items: new Map(),
    tasks: new Map(),
    packages: new Set(),
    data: new Set(),
    wholes: new Map(),
    forwards: false,
  };
  const open: ItemAt[] = [];
  const take = (found: Dependencies): void => {
    for (const [id, uses] of found.tasks) draft.tasks.set(id, (draft.tasks.get(id) ?? 0) | uses);
    for (const it of found.packages) draft.packages.add(it);
    for (const it of found.data) draft.data.add(it);
    for (const it of found.wholes) draft.wholes.set(`${it.module}\n${it.reason}`, it);
    draft.forwards ||= found.forwards;
    for (const it of found.items) {
      if (draft.items.has(it.item)) continue;
      draft.items.set(it.item, it);
      open.push(it);
    }
  };
  const entered = new Set<string>();
  const enter = (module: string): void => {
    if (entered.has(module)) return;
    entered.add(module);
    for (const { item, code, module: at } of confined.get(module) ?? []) {
      draft.items.set(item, { module: at, item });
      take(dependency.of(at, code));
    }
  };
  for (const { module, code } of starts) {
    enter(module);
    take(dependency.of(module, code));
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    enter(next.module);
    take(dependency.of(next.module, next.item));
  }
  return draft;
}
