import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import type { Earlier } from './earlier.ts';
import { failed } from './derived.ts';
import type { Derived } from './derived.ts';
import { link } from './link.ts';
import { identityOf, saveEdits, saveSources } from './link-record.ts';
import { FactFinder } from './module-facts.ts';
import { pruneSeldom } from './prune.ts';
import type { AnalysisRecord } from './record.ts';
import { refreshFacts } from './refresh-facts.ts';
import type { Resolved } from './resolved.ts';
import { withSameGraph } from './same-graph.ts';
import type { Known } from './same-graph.ts';
import type { SourceReader } from './sources.ts';
import type { SummarisedModule } from './summarise-modules.ts';
import { suspicionFailures } from './suspect.ts';
import { watchDigest } from './watch.ts';

interface RelinkRequest {
  readonly sources: SourceReader;
  readonly earlier: Earlier | undefined;
  readonly known: Known | undefined;
  /** Modules with another content; `undefined`: that is not all there is to do. */
  readonly edits: readonly SummarisedModule[] | undefined;
}

/** Resolves what has to be resolved anew, links everything, and keeps what was found. */
export async function relink(context: AnalysisContext, request: RelinkRequest): Promise<Derived> {
  const { sources, earlier, known, edits } = request;
  const quick =
    known === undefined || edits === undefined
      ? undefined
      : withSameGraph(known, edits, context.root);
  const found =
    quick === undefined
      ? await (await import('./follow-again.ts')).followAgain(context, sources, known?.sources)
      : { ok: true as const, resolved: quick };
  if (!found.ok) return found;
  const { resolved } = found;
  const finder = finderOf(resolved);
  const { facts, fresh, sameStructure } = refreshFacts({
    finder,
    known: known?.facts ?? new Map(),
    edited: new Set(resolved.edited.keys()),
    effectFree: resolved.effectFree,
  });
  const { names, judge } = finder;
  const failures = suspicionFailures({ names, judge, sources, fresh });
  if (failures.length > 0) return failed(failures);
  const linked = await link(context, sources, {
    ...resolved,
    facts,
    before: earlier?.check,
    keptFacts: earlier?.facts,
    finder,
    sameStructure: quick !== undefined && sameStructure,
  });
  keep(context, { record: linked.record, resolved, known, quick: quick !== undefined });
  return linked;
}

function finderOf({ modules, find }: Resolved): FactFinder {
  return new FactFinder({
    paths: modules.map((it) => it.path),
    find: (path) => {
      const found = find(path);
      return found === undefined ? undefined : { ...found, imports: new Map(found.imports) };
    },
  });
}

interface Findings {
  readonly record: AnalysisRecord;
  readonly resolved: Resolved;
  readonly known: Known | undefined;
  readonly quick: boolean;
}

/** The record comes last: what it names is there. */
function keep(context: AnalysisContext, { record, resolved, known, quick }: Findings): void {
  const of = identityOf(record);
  const edited = [...resolved.edited.values()];
  const isOver = quick && known !== undefined;
  if (!isOver || !saveEdits(context, of, { sources: known.sources, modules: edited })) {
    saveSources(context, of, {
      configuration: watchDigest(resolved.watched),
      modules: resolved.modules.flatMap((it) => resolved.find(it.path) ?? []),
    });
  }
  context.keeper.save(recordName(context, 'record'), record);
  pruneSeldom(context);
}
