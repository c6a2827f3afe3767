import type { Failure } from '@skein/model';
import { digestOf } from '@skein/values';
import { consultedBy } from './consulted.ts';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import { failed } from './derived.ts';
import type { Derived } from './derived.ts';
import { fromMessage } from './diagnose.ts';
import { emitModules } from './emit.ts';
import { followImports } from './graph.ts';
import type { GraphModule, ModuleGraph } from './graph.ts';
import { link } from './link.ts';
import type { Recheck } from './recheck.ts';
import { identityOf, loadLinks, saveEdits, saveLinks } from './link-record.ts';
import type { Links } from './link-record.ts';
import type { LinkedSource } from './record.ts';
import { packName } from './record.ts';
import { isCode } from './settings.ts';
import { SourceReader } from './sources.ts';
import { summarise } from './summarise.ts';
import type { ModuleSummary } from './summary.ts';
import type { Watched } from './watch.ts';
import { watchDigest } from './watch.ts';

/** Modules with their summaries, and the graph that holds them together. */
interface Linkable {
  readonly graph: ModuleGraph;
  readonly modules: readonly LinkedSource[];
  readonly watched: Watched;
  /** Where the graph is the kept one: the modules that were summed up again. */
  readonly edited?: readonly LinkedSource[];
}

type LinkableResult =
  | { readonly ok: true; readonly linkable: Linkable }
  | { readonly ok: false; readonly failures: readonly [Failure, ...Failure[]] };

/** Analyses what changed since `before`, or everything, and keeps the result. */
export async function derive(
  context: AnalysisContext,
  before: Recheck | undefined,
): Promise<Derived> {
  const sources = new SourceReader(context.root, context.now);
  // Emission is another process's work: it goes on while what was kept is read.
  const edits = editedModules(context, sources, before);
  const kept = before === undefined ? undefined : loadLinks(context);
  const isSame = before !== undefined && kept?.of === identityOf(before.record);
  const links = isSame ? kept : undefined;
  const found =
    reuseGraph({ before, links, edited: await edits }) ??
    (await followAgain(context, sources, links));
  if (!found.ok) return found;
  const { graph, modules, watched, edited } = found.linkable;
  const linked = link(context, sources, { graph, modules, watched, before });
  if (!linked.ok) return linked;
  const of = identityOf(linked.record);
  context.keeper.save(recordName(context, 'record'), linked.record);
  if (links !== undefined && edited !== undefined) {
    if (saveEdits(context, of, { links, modules: edited })) return linked;
  }
  saveLinks(context, of, {
    configuration: watchDigest(watched),
    modules,
    graph: [...graph.values()].map((it) => ({ ...it, imports: [...it.imports] })),
  });
  return linked;
}

/** The modules whose content changed, or `undefined` where that is not all there is to do. */
async function editedModules(
  context: AnalysisContext,
  sources: SourceReader,
  before: Recheck | undefined,
): Promise<readonly LinkedSource[] | undefined> {
  if (before === undefined || !before.sameResolution) return undefined;
  const changed = [...before.changed];
  if (changed.some((it) => sources.read(it) === undefined)) return undefined;
  try {
    return await summariseModules(context, sources, changed.filter(isCode));
  } catch {
    // An error in the source: following the imports says which, and everything else too.
    return undefined;
  }
}

interface Before {
  readonly before: Recheck | undefined;
  readonly links: Links | undefined;
  readonly edited: readonly LinkedSource[] | undefined;
}

/**
 * The quick way after an edit: if resolution is as it was and the edited modules ask for the same
 * specifiers, the graph is the same. `undefined`: it has to be followed again.
 */
function reuseGraph({ before, links, edited }: Before): LinkableResult | undefined {
  if (before === undefined || links === undefined || edited === undefined) return undefined;
  const again = new Map(edited.map((it) => [it.path, it]));
  const modules = links.modules.map((it) => again.get(it.path) ?? it);
  const sameRequests = links.modules.every((it) => {
    const now = again.get(it.path);
    return now === undefined || asksTheSame(it.summary, now.summary);
  });
  if (!sameRequests) return undefined;
  const graph = new Map(
    links.graph.map((it): [string, GraphModule] => [
      it.path,
      { ...it, imports: new Map(it.imports) },
    ]),
  );
  return { ok: true, linkable: { graph, modules, watched: before.record.watched, edited } };
}

function asksTheSame(a: ModuleSummary, b: ModuleSummary): boolean {
  const hasGlobs = [a, b].some((it) => it.items.some((item) => item.computedImport));
  if (hasGlobs || a.commonjs !== b.commonjs) return false;
  const asked = (it: ModuleSummary) => JSON.stringify([it.requested, it.imports, it.exports]);
  return asked(a) === asked(b);
}

async function followAgain(
  context: AnalysisContext,
  sources: SourceReader,
  kept: Links | undefined,
): Promise<LinkableResult> {
  const { root, entry, target, now } = context;
  const followed = await followImports({ root, entry, target, sources });
  if (!followed.ok) return failed(followed.errors.map(fromMessage));
  const { graph } = followed;
  const watched = consultedBy({ root, graph, packages: context.packages, now });
  const isSameConfiguration = kept?.configuration === watchDigest(watched);
  const known = new Map(
    (isSameConfiguration ? (kept?.modules ?? []) : []).map((it) => [it.path, it]),
  );
  const paths = [...graph.keys()].filter(isCode);
  const open = paths.filter((it) => known.get(it)?.source !== sources.file(it)?.digest);
  const made = await summariseModules(context, sources, open);
  for (const it of made) known.set(it.path, it);
  const modules = paths.sort().flatMap((it) => known.get(it) ?? []);
  return { ok: true, linkable: { graph, modules, watched } };
}

/** Emits and sums up modules; their emitted code is kept for bundles and for people. */
async function summariseModules(
  context: AnalysisContext,
  sources: SourceReader,
  paths: readonly string[],
): Promise<LinkedSource[]> {
  const { root, target, keeper } = context;
  const contents = new Map(
    paths.map((it) => [it, new TextDecoder().decode(sources.read(it))] as const),
  );
  const emitted = await emitModules({ root, target, sources: contents });
  const content = JSON.stringify(
    Object.fromEntries(emitted.map(({ path, code, map }) => [path, { code, map }])),
  );
  const pack = digestOf('bundle', content);
  if (emitted.length > 0) keeper.saveText(packName(pack), content);
  return emitted.map((it) => {
    const source = sources.file(it.path)?.digest ?? digestOf('blob', it.source);
    return { path: it.path, source, pack, summary: summarise(it) };
  });
}
