import type { Failure } from '@skein/model';
import { digestOf } from '@skein/values';
import { consultedBy } from './consulted.ts';
import type { AnalysisContext } from './context.ts';
import { failed } from './derived.ts';
import { fromMessage } from './diagnose.ts';
import { effectFreeTeller } from './effect-free.ts';
import { followImports } from './graph.ts';
import type { GraphModule, ModuleGraph } from './graph.ts';
import type { KeptSources } from './link-record.ts';
import type { KeptSource } from './record.ts';
import type { Resolved } from './resolved.ts';
import { isCode } from './settings.ts';
import type { SourceReader } from './sources.ts';
import { Summariser } from './summarise-modules.ts';
import type { SummarisedModule } from './summarise-modules.ts';
import { watchDigest } from './watch.ts';

export type ResolvedResult =
  | { readonly ok: true; readonly resolved: Resolved }
  | { readonly ok: false; readonly failures: readonly [Failure, ...Failure[]] };

/** Follows every import; modules that are known as they are now are not read again. */
export async function followAgain(
  context: AnalysisContext,
  sources: SourceReader,
  kept: KeptSources | undefined,
): Promise<ResolvedResult> {
  const { root, entry, target, packages, now } = context;
  const summariser = new Summariser(context, sources);
  // Where nothing is known of any module, all that are found have to be summed up.
  const ahead = kept === undefined ? { found: (path: string) => summariser.add(path) } : {};
  const followed = await followImports({ root, entry, target, sources, ...ahead });
  if (!followed.ok) return failed(followed.errors.map(fromMessage));
  const { graph } = followed;
  const watched = consultedBy({ root, graph, packages, now });
  const isSameConfiguration = kept?.configuration === watchDigest(watched);
  const paths = [...graph.keys()].filter(isCode).sort();
  const old = new Map((isSameConfiguration ? (kept.all() ?? []) : []).map((it) => [it.path, it]));
  const open = paths.filter((it) => old.get(it)?.source !== sources.file(it)?.digest);
  for (const it of open) summariser.add(it);
  const made = await summariser.finish();
  const summarised = new Map<string, SummarisedModule>([...old, ...made.map(byPath)]);
  const all = new Map<string, KeptSource>();
  for (const path of paths) {
    const module = summarised.get(path);
    const { imports = new Map(), globs = [] } = graph.get(path) ?? {};
    if (module !== undefined) all.set(path, { ...module, imports: [...imports], globs });
  }
  return {
    ok: true,
    resolved: {
      modules: [...all.values()],
      data: [...graph.keys()].filter((it) => !isCode(it)).sort(),
      graphDigest: digestOf('manifest', graphLines(graph).join('\n')),
      watched,
      find: (path) => all.get(path),
      edited: editedModules(all, old),
      effectFree: effectFreeTeller(root),
    },
  };
}

function byPath(module: SummarisedModule): readonly [string, SummarisedModule] {
  return [module.path, module];
}

/** Modules that are not as they were, or that may import what was not there. */
function editedModules(
  all: ReadonlyMap<string, KeptSource>,
  old: ReadonlyMap<string, KeptSource>,
): Map<string, KeptSource> {
  const isSameSet = all.size === old.size && [...all.keys()].every((it) => old.has(it));
  const isSame = (now: KeptSource): boolean => {
    const before = old.get(now.path);
    if (before?.source !== now.source || (now.globs.length > 0 && !isSameSet)) return false;
    return (
      JSON.stringify([before.imports, before.globs]) === JSON.stringify([now.imports, now.globs])
    );
  };
  return new Map([...all].filter(([, it]) => !isSame(it)));
}

function graphLines(graph: ModuleGraph): string[] {
  return [...graph.values()]
    .flatMap(({ path, imports }: GraphModule) =>
      [...imports].map(([key, target]) => `${path} ${key} ${JSON.stringify(target)}`),
    )
    .sort();
}
