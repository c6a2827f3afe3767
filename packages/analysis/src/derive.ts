import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import { failed } from './derived.ts';
import type { Derived } from './derived.ts';
import type { KeptFacts } from './kept-facts.ts';
import { link } from './link.ts';
import { DamagedSource, identityOf, loadSources, saveEdits, saveSources } from './link-record.ts';
import { FactFinder } from './module-facts.ts';
import { pruneSeldom } from './prune.ts';
import type { Recheck } from './recheck.ts';
import type { AnalysisRecord } from './record.ts';
import { refreshFacts } from './refresh-facts.ts';
import type { Resolved } from './resolved.ts';
import { withSameGraph } from './same-graph.ts';
import type { Known } from './same-graph.ts';
import { isCode } from './settings.ts';
import { SourceReader } from './sources.ts';
import { summariseModules } from './summarise-modules.ts';
import type { SummarisedModule } from './summarise-modules.ts';
import { suspicionFailures } from './suspect.ts';
import { watchDigest } from './watch.ts';

/** A kept analysis, and how it compares with the files of today. */
export interface Earlier {
  readonly check: Recheck;
  readonly facts: KeptFacts;
}

/** Analyses what changed since `earlier`, or everything, and keeps the result. */
export async function derive(
  context: AnalysisContext,
  earlier: Earlier | undefined,
): Promise<Derived> {
  try {
    return await deriveFrom(context, earlier);
  } catch (error) {
    if (!(error instanceof DamagedSource)) throw error;
    return await deriveFrom(context, undefined);
  }
}

async function deriveFrom(
  context: AnalysisContext,
  earlier: Earlier | undefined,
): Promise<Derived> {
  const sources = new SourceReader(context.root, context.now);
  // Emission is another process's work: it goes on while what was kept is read.
  const summarising = editedModules(context, sources, earlier?.check);
  const known = earlier === undefined ? undefined : loadKnown(context, earlier);
  const edits = await summarising;
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
  const before = earlier?.check;
  const linked = await link(context, sources, {
    ...resolved,
    facts,
    before,
    keptFacts: earlier?.facts,
    finder,
    sameStructure: quick !== undefined && sameStructure,
  });
  keep(context, { record: linked.record, resolved, known, quick: quick !== undefined });
  return linked;
}

/** The modules whose content changed, or `undefined` where that is not all there is to do. */
async function editedModules(
  context: AnalysisContext,
  sources: SourceReader,
  before: Recheck | undefined,
): Promise<readonly SummarisedModule[] | undefined> {
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

/** What was kept beside the record, unless it is of another analysis. */
function loadKnown(context: AnalysisContext, earlier: Earlier): Known | undefined {
  const { check, facts } = earlier;
  const sources = loadSources(context);
  if (sources === undefined || sources.of !== identityOf(check.record)) return undefined;
  return { check, sources, facts: new Map(facts.modules().map((it) => [it.path, it])) };
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
