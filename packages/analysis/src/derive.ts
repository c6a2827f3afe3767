import type { AnalysisContext } from './context.ts';
import type { Derived } from './derived.ts';
import type { Earlier } from './earlier.ts';
import { DamagedSource, identityOf, loadSources } from './link-record.ts';
import type { Recheck } from './recheck.ts';
import type { Known } from './same-graph.ts';
import { isCode } from './settings.ts';
import { SourceReader } from './sources.ts';
import { summariseModules } from './summarise-modules.ts';
import type { SummarisedModule } from './summarise-modules.ts';

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
  // Emission is another process's work: it goes on while everything else is read and loaded.
  const edits = editedModules(context, sources, earlier?.check);
  const known = earlier === undefined ? undefined : loadKnown(context, earlier);
  const { relink } = await import('./relink.ts');
  return await relink(context, { sources, earlier, known, edits: await edits });
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
