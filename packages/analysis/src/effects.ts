import type { PieceCode } from './facts.ts';
import type { Program } from './program.ts';

/** A top-level piece that does something when its module is evaluated. */
export interface Effect {
  readonly module: number;
  readonly piece: number;
  readonly code: PieceCode;
}

/** What counts for every task of an entry (C2). */
export interface Evaluation {
  /** Evaluated modules in order; those imported at run time follow. */
  readonly order: readonly number[];
  readonly effects: readonly Effect[];
  /**
   * Effects of modules whose package says `sideEffects: false`. Such a module may be left out where
   * nothing of it is used; where something is, what it does to itself counts.
   */
  readonly confined: ReadonlyMap<number, readonly Effect[]>;
  /** Files of packages imported only for what they do: `import 'x'`. */
  readonly bare: readonly string[];
}

/** Finds the effects of every evaluated module, in the order of evaluation. */
export function evaluateModules(program: Program, entry: string): Evaluation {
  const order = evaluationOrder(program, entry);
  const effects: Effect[] = [];
  const own = new Map<number, readonly Effect[]>();
  const bare = new Set<string>();
  for (const module of order) {
    const facts = program.module(module);
    for (const it of facts.bare) bare.add(it);
    const found = effectsOf(program, module);
    if (facts.effectFree) own.set(module, found);
    else effects.push(...found);
  }
  const confined = new Map([...own.keys()].map((it) => [it, withBareImports(program, own, it)]));
  return { order, effects, confined, bare: [...bare] };
}

function effectsOf(program: Program, module: number): Effect[] {
  const found: Effect[] = [];
  const [first, end] = program.range(module);
  for (let piece = first; piece < end; piece++) {
    const { acts, code, options } = program.piece(piece);
    if (acts === undefined) continue;
    found.push({ module, piece, code: acts === 'options' ? (options ?? code) : code });
  }
  return found;
}

/** A module's own effects, and those of what it imports only for them. */
function withBareImports(
  program: Program,
  own: ReadonlyMap<number, readonly Effect[]>,
  module: number,
): Effect[] {
  const reached = new Set([module]);
  for (const it of reached) {
    for (const path of program.module(it).evaluatesBare) reached.add(program.index(path));
  }
  return [...reached].flatMap((it) => own.get(it) ?? []);
}

/** Imports come before their importer, in source order, each once. */
function evaluationOrder(program: Program, entry: string): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (start: number): void => {
    const stack = [{ module: start, next: 0 }];
    seen.add(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const path = program.module(top.module).evaluates[top.next++];
      if (path === undefined) {
        order.push(top.module);
        stack.pop();
        continue;
      }
      const target = program.index(path);
      if (seen.has(target)) continue;
      seen.add(target);
      stack.push({ module: target, next: 0 });
    }
  };
  visit(program.index(entry));
  for (const module of program.modules.keys()) if (!seen.has(module)) visit(module);
  return order;
}
