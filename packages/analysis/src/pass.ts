import type { CodeFacts } from './code-facts.ts';
import type { ModuleLinks } from './module-links.ts';
import type { PurityContext } from './purity-state.ts';
import type { Node, ParsedModule } from './syntax.ts';

/** Everything one pass over a module's top level carries around. */
export interface Pass {
  readonly parsed: ParsedModule;
  readonly links: ModuleLinks;
  readonly module: ReadonlySet<string>;
  readonly ownable: ReadonlyMap<string, Node | null>;
  readonly pureAt: ReadonlySet<number>;
  readonly facts: CodeFacts[];
  readonly names: Set<string>;
}

/** What purity has to know to judge code of this module. */
export function contextOf(pass: Pass, facts: CodeFacts): PurityContext {
  const { declarers, namespaces } = pass.links;
  return {
    module: pass.module,
    declarers,
    namespaces,
    locals: facts.locals,
    pureAt: pass.pureAt,
  };
}
