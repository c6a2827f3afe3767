import type { Dependency } from './dependencies.ts';
import type { Judge } from './judge.ts';
import type { NameResolver } from './resolve-names.ts';
import type { Code, Item } from './summary.ts';

/** A top-level piece that does something when its module is evaluated. */
export interface Effect {
  readonly module: string;
  readonly item: Item;
  readonly code: Code;
}

/** What counts for every task of an entry (C2). */
export interface Evaluation {
  /** Evaluated modules in order; those imported at run time follow. */
  readonly order: readonly string[];
  readonly effects: readonly Effect[];
  /**
   * Effects of modules whose package says `sideEffects: false`. Such a module may be left out where
   * nothing of it is used; where something is, what it does to itself counts.
   */
  readonly confined: ReadonlyMap<string, readonly Effect[]>;
  /** Files of packages imported only for what they do: `import 'x'`. */
  readonly bare: readonly string[];
}

export interface EvaluationRequest {
  readonly entry: string;
  readonly names: NameResolver;
  readonly judge: Judge;
  readonly dependency: Dependency;
  /** Modules whose package says `sideEffects: false`. */
  readonly effectFree: ReadonlySet<string>;
}

/** Finds the effects of every evaluated module, in the order of evaluation. */
export function evaluateModules(request: EvaluationRequest): Evaluation {
  const { names, effectFree } = request;
  const order = evaluationOrder(request.entry, names);
  const effects: Effect[] = [];
  const own = new Map<string, readonly Effect[]>();
  const bare = new Set<string>();
  for (const module of order) {
    const { summary } = names.module(module);
    for (const specifier of summary.bare) {
      const target = names.target(module, specifier);
      if (target.kind === 'package') bare.add(target.path);
    }
    const found = summary.items.flatMap((item): Effect[] => {
      const code = effectOf(request, module, item);
      return code === null ? [] : [{ module, item, code }];
    });
    if (effectFree.has(module)) own.set(module, found);
    else effects.push(...found);
  }
  const confined = new Map([...own.keys()].map((it) => [it, withBareImports(names, own, it)]));
  return { order, effects, confined, bare: [...bare] };
}

/** A module's own effects, and those of what it imports only for them. */
function withBareImports(
  names: NameResolver,
  own: ReadonlyMap<string, readonly Effect[]>,
  module: string,
): Effect[] {
  const reached = new Set([module]);
  for (const it of reached) {
    for (const specifier of names.module(it).summary.bare) {
      const target = names.target(it, specifier);
      if (target.kind === 'module') reached.add(target.path);
    }
  }
  return [...reached].flatMap((it) => own.get(it) ?? []);
}

/** The part of an item that has effects. */
function effectOf({ judge, dependency }: EvaluationRequest, module: string, item: Item) {
  if (item.value.kind === 'task') {
    if (!dependency.isCertain(module, item.value.environment)) return item;
    return judge.holds(module, item.pure) ? null : (item.options ?? item);
  }
  return judge.holds(module, item.pure) ? null : item;
}

/** Imports come before their importer, in source order, each once. */
function evaluationOrder(entry: string, names: NameResolver): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (start: string): void => {
    const stack = [{ path: start, next: 0 }];
    seen.add(start);
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (top === undefined) break;
      const { evaluates } = names.module(top.path).summary;
      const specifier = evaluates[top.next++];
      if (specifier === undefined) {
        order.push(top.path);
        stack.pop();
        continue;
      }
      const target = names.target(top.path, specifier);
      if (target.kind === 'module' && !seen.has(target.path)) {
        seen.add(target.path);
        stack.push({ path: target.path, next: 0 });
      }
    }
  };
  visit(entry);
  for (const path of [...names.modules.keys()].sort()) if (!seen.has(path)) visit(path);
  return order;
}
