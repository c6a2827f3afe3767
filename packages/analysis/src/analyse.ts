import { fail, succeed } from '@skein/model';
import { createRequire } from 'node:module';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { AnalyseRequest, Analysis, AnalysisResult } from './analysis.ts';
import { bundlePath, isSealedBundle } from './bundle-path.ts';
import { makeCallGraph } from './call-graph.ts';
import type { AnalysisContext } from './context.ts';
import { recordName } from './context.ts';
import { entryNotFound } from './diagnose.ts';
import { Keeper } from './keep.ts';
import { ManifestTable } from './manifest-table.ts';
import { Packages } from './packages.ts';
import { Emissions } from './emissions.ts';
import type { AnalysisRecord } from './record.ts';
import { recheck } from './recheck.ts';
import { KEPT_VERSION, NODE_TARGET, summaryKey } from './settings.ts';
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
  const kept = found.keeper.load(recordName(found, 'record')) as AnalysisRecord | undefined;
  const usable = kept?.key === found.key ? kept : undefined;
  const check = usable === undefined ? undefined : recheck(found, usable);
  if (check?.unchanged === true) {
    if (check.renewed) found.keeper.save(recordName(found, 'record'), check.record);
    return { ok: true, analysis: toAnalysis(found, check.record) };
  }
  const { derive } = await import('./derive.ts');
  const result = await derive(found, check);
  if (!result.ok) return result;
  return { ok: true, analysis: toAnalysis(found, result.record) };
}

function contextOf(request: AnalyseRequest): AnalysisContext | undefined {
  const { state, nodeTarget: target = NODE_TARGET, now = Date.now } = request;
  if (!existsSync(request.entry)) return undefined;
  const root = realpathSync(request.root);
  const entry = toRelative(root, realpathSync(request.entry));
  if (isInstalled(entry)) return undefined;
  const keeper = new Keeper(join(state, 'analysis', KEPT_VERSION));
  const packages = new Packages(root, keeper, now);
  const key = summaryKey(target, toolVersions());
  return { root, entry, target, key, state, keeper, packages, now };
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

/** A kept record as what callers see. */
function toAnalysis(context: AnalysisContext, record: AnalysisRecord): Analysis {
  const { root, entry, state } = context;
  const { bundleDigest, sourceDigest } = record;
  const emissions = new Emissions(context.keeper);
  return {
    root,
    state,
    entry,
    modules: record.modules.map(({ path, source, emitted }) => ({ path, source, emitted })),
    tasks: record.tasks,
    manifests: new ManifestTable(record.manifests, record.parts),
    bundleDigest,
    sourceDigest,
    warnings: record.warnings,
    symbolText: (digest) => symbolText(record, emissions, digest),
    ensureBundle: async () => {
      const path = bundlePath(context.state, record);
      if (isSealedBundle(path)) return succeed({ path });
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

function symbolText(
  record: AnalysisRecord,
  emissions: Emissions,
  digest: string,
): string | undefined {
  const index = record.parts.findIndex((it) => 'digest' in it && it.digest === digest);
  const text = record.texts[index];
  if (text === undefined || text === null) return undefined;
  const module = record.modules.find((it) => it.path === text.module);
  if (module === undefined) return undefined;
  const emission = emissions.of(module);
  return emission?.code.slice(text.start, text.end);
}
