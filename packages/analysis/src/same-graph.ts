import { effectFreeTeller } from './effect-free.ts';
import type { ModuleFacts } from './facts.ts';
import type { KeptSources } from './link-record.ts';
import type { Recheck } from './recheck.ts';
import type { KeptSource } from './record.ts';
import type { Resolved } from './resolved.ts';
import { asksTheSame } from './same-requests.ts';
import type { SummarisedModule } from './summarise-modules.ts';

/** What was kept of an analysis, all of the same one. */
export interface Known {
  readonly check: Recheck;
  readonly sources: KeptSources;
  readonly facts: ReadonlyMap<string, ModuleFacts>;
}

/**
 * The quick way after an edit: if resolution is as it was and the edited modules ask for the same
 * specifiers, every import leads where it led. `undefined`: they have to be followed again.
 */
export function withSameGraph(
  known: Known,
  summarised: readonly SummarisedModule[],
  root: string,
): Resolved | undefined {
  const { check, sources, facts } = known;
  const edited = new Map<string, KeptSource>();
  for (const it of summarised) {
    const old = sources.find(it.path);
    if (old === undefined || !asksTheSame(old, it.summary, sources)) return undefined;
    edited.set(it.path, { ...it, imports: old.imports, globs: old.globs });
  }
  const { modules, data, graphDigest, watched } = check.record;
  const isFree = effectFreeTeller(root);
  return {
    modules: modules.map((it) => edited.get(it.path) ?? it),
    data: data.map((it) => it.path),
    graphDigest,
    watched,
    find: (path) => edited.get(path) ?? sources.find(path),
    edited,
    effectFree: (path) => facts.get(path)?.effectFree ?? isFree(path),
  };
}
