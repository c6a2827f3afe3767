import type { TaskId } from '@skein/model';
import { reachedFrom } from './closure.ts';
import type { Closure, ConfinedEffects, Start } from './closure.ts';
import type { Dependency, ItemAt } from './dependencies.ts';
import type { Judge } from './judge.ts';

interface ThrownRequest {
  readonly dependency: Dependency;
  readonly judge: Judge;
  readonly confined: ConfinedEffects;
}

/**
 * An error crosses as an instance of its class, and its outcome says only which class that is. What
 * a caller sees of it (`error.describe()`, `error instanceof Base`) is code: so the error classes
 * that a task may be thrown by what it calls are code of its own, though the task names none.
 */
export function withThrownClasses(
  closures: ReadonlyMap<TaskId, Closure>,
  request: ThrownRequest,
): Map<TaskId, Closure> {
  const thrown = new Map([...closures].map(([id, it]) => [id, errorClasses(it, request)]));
  const widened = new Map<TaskId, Closure>();
  for (const [id, closure] of closures) {
    const called = new Set(closure.tasks.keys());
    for (const it of called) for (const to of closures.get(it)?.tasks.keys() ?? []) called.add(to);
    const starts = [...called].flatMap((it) => thrown.get(it) ?? []);
    widened.set(id, starts.length === 0 ? closure : withCode(closure, starts, request));
  }
  return widened;
}

function errorClasses({ items }: Closure, { judge }: ThrownRequest): ItemAt[] {
  return [...items.values()].filter(({ module, item }) => {
    const [name] = item.names;
    return name !== undefined && judge.isErrorClass(module, name);
  });
}

/** The closure with the code that the classes reach; what they call stays theirs. */
function withCode(closure: Closure, classes: readonly ItemAt[], request: ThrownRequest): Closure {
  const starts = classes.map(({ module, item }): Start => ({ module, code: item }));
  const { items, packages, data, wholes } = reachedFrom(
    request.dependency,
    starts,
    request.confined,
  );
  const own = classes.map((it) => [it.item, it] as const);
  return {
    ...closure,
    items: new Map([...closure.items, ...own, ...items]),
    packages: new Set([...closure.packages, ...packages]),
    data: new Set([...closure.data, ...data]),
    wholes: new Map([...closure.wholes, ...wholes]),
  };
}
