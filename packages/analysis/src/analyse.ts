import { DURABLE_CHECKPOINTS, fail, succeed } from '@skein/model';
import type { CheckpointId } from '@skein/model';
import { digestOf } from '@skein/values';
import type { Digest } from '@skein/values';
import { createRequire } from 'node:module';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalyseRequest, Analysis, AnalysisResult } from './analysis.ts';
import { bundlePath, isSealedBundle } from './bundle-path.ts';
import { makeCallGraph } from './call-graph.ts';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import type { Earlier } from './earlier.ts';
import { entryNotFound } from './diagnose.ts';
import { Keeper } from './keep.ts';
import { loadFacts } from './kept-facts.ts';
import type { KeptFacts } from './kept-facts.ts';
import { manifestTable } from './manifest-table.ts';
import { PartTexts } from './part-texts.ts';
import { Packages } from './packages.ts';
import { Emissions } from './emissions.ts';
import { markUsed } from './last-use.ts';
import type { AnalysisRecord } from './record.ts';
import { recheck } from './recheck.ts';
import {
  BEHAVIOUR_VERSION,
  KEPT_FOLDER,
  KEPT_VERSION,
  NODE_TARGET,
  summaryKey,
} from './settings.ts';
import type { ToolVersions } from './settings.ts';
import { isInstalled, toRelative } from './workspace-path.ts';

/**
 * Analyses an entry and everything it imports. Where nothing changed since it was last analysed
 * with the same state directory, files are only looked at, not read, and no parser is loaded.
 */
export async function analyse(request: AnalyseRequest): Promise<AnalysisResult> {
  const found = contextOf(request);
  if (found === undefined) {
    return { ok: false, failures: [entryNotFound(toRelative(request.root, request.entry))] };
  }
  const earlier = loadEarlier(found);
  if (earlier?.check.unchanged === true) {
    const { check, facts } = earlier;
    if (check.renewed) found.keeper.save(recordName(found, 'record'), check.record);
    else markUsed(found.keeper.path(recordName(found, 'record')), found.now());
    return { ok: true, analysis: toAnalysis(found, check.record, facts) };
  }
  const { derive } = await import('./derive.ts');
  const result = await derive(found, earlier);
  if (!result.ok) return result;
  return { ok: true, analysis: toAnalysis(found, result.record, result.facts) };
}

/** The kept analysis compared with the files of today; both its files are there, or none counts. */
function loadEarlier(context: AnalysisContext): Earlier | undefined {
  const { keeper, key } = context;
  const record = keeper.load(recordName(context, 'record')) as AnalysisRecord | undefined;
  if (record?.key !== key) return undefined;
  const facts = loadFacts(keeper, record.facts);
  return facts === undefined ? undefined : { check: recheck(context, record), facts };
}

function contextOf(request: AnalyseRequest): AnalysisContext | undefined {
  const { state, nodeTarget: target = NODE_TARGET, now = Date.now } = request;
  if (!existsSync(request.entry)) return undefined;
  const root = realpathSync.native(request.root);
  const entry = toRelative(root, realpathSync.native(request.entry));
  if (isInstalled(entry)) return undefined;
  const keeper = new Keeper(join(state, KEPT_FOLDER, KEPT_VERSION));
  const packages = new Packages(root, keeper, now);
  const key = summaryKey(target, toolVersions());
  const passThrough = [...new Set(request.passThrough)].sort();
  return { root, entry, target, key, state, keeper, packages, now, passThrough };
}

let versions: ToolVersions | undefined;

/** Versions of the tools as installed, read from their manifests without loading them. */
function toolVersions(): ToolVersions {
  versions ??= { esbuild: versionOf('esbuild'), oxc: versionOf('oxc-parser') };
  return versions;
}

function versionOf(name: string): string {
  const manifest: unknown = createRequire(import.meta.url)(`${name}/package.json`);
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : '';
}

/** What is Skein's own counts as its behaviour version does (C4). */
function durableCode(): readonly (readonly [CheckpointId, Digest])[] {
  const digest = digestOf('code', `skein ${BEHAVIOUR_VERSION}`);
  return DURABLE_CHECKPOINTS.map((it) => [it, digest]);
}

/** A kept record as what callers see. */
function toAnalysis(context: AnalysisContext, record: AnalysisRecord, facts: KeptFacts): Analysis {
  const { root, entry, state } = context;
  const { bundleDigest, sourceDigest } = record;
  const texts = new PartTexts({ root, record, facts, emissions: new Emissions(context.keeper) });
  return {
    root,
    state,
    entry,
    modules: record.modules.map(({ path, source, emitted }) => ({ path, source, emitted })),
    data: record.data.map(({ path, digest }) => ({ path, source: digest })),
    packages: record.packages,
    tasks: record.tasks,
    manifests: manifestTable(facts, record.tasks),
    behaviours: new Map(record.behaviours.map((it) => [it.task, it])),
    checkpoints: new Map([...durableCode(), ...record.checkpoints]),
    bundleDigest,
    sourceDigest,
    warnings: record.warnings,
    symbolText: (digest) => texts.emitted(digest),
    symbolSource: (part) => texts.source(part),
    packageClosure: (part) => {
      if (part.kind !== 'package') return undefined;
      const found = record.packages.find(({ digest }) => digest === part.digest);
      return found === undefined ? undefined : context.packages.members(found.folder);
    },
    ensureBundle: async () => {
      const path = bundlePath(context.state, record);
      if (isSealedBundle(path)) {
        markUsed(path, context.now());
        return succeed({ path });
      }
      const { makeBundle } = await import('./bundle.ts');
      const made = await makeBundle(context, record);
      return made.ok ? succeed({ path }) : fail(made.failure);
    },
    callGraph: () =>
      makeCallGraph(
        record.tasks.map((it) => it.id),
        record.uses,
      ),
  };
}
