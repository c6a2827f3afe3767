import { fail, reach, storageFailure, succeed } from '@skein/model';
import type { Failure, Result } from '@skein/model';
import type { BuildFailure, Plugin } from 'esbuild';
import { build } from 'esbuild';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { bundlePath, isSealedBundle, sealBundle } from './bundle-path.ts';
import type { AnalysisContext } from './context.ts';
import { digestOf } from '@skein/values';
import { emitModules, emitOptions, loaderOf } from './emit.ts';
import { externalName, importKey } from './graph.ts';
import type { Target } from './graph.ts';
import { Emissions } from './emissions.ts';
import { identityOf, loadSources } from './link-record.ts';
import type { AnalysisRecord, KeptEmission, KeptSource } from './record.ts';
import { rewriteModule } from './rewrite.ts';
import { toAbsolute, toRelative } from './workspace-path.ts';

/**
 * Makes the worker bundle from the emitted code that was analysed, with the import map that was
 * recorded: nothing is resolved anew, so what runs is what was hashed (C5).
 */
export async function makeBundle(
  context: AnalysisContext,
  record: AnalysisRecord,
): Promise<Result<void>> {
  const modules = keptModules(context, record) ?? (await modulesAgain(context, record));
  if (modules === undefined) return fail(moved());
  const contents = await bundleContents(context, record, modules);
  if (!contents.ok) return contents;
  try {
    const { outputFiles } = await build({
      ...emitOptions(context.root, context.target),
      entryPoints: [toAbsolute(context.root, record.entry)],
      outfile: toAbsolute(context.root, 'bundle.mjs'),
      bundle: true,
      format: 'esm',
      ignoreAnnotations: true,
      sourcemap: 'linked',
      sourcesContent: false,
      banner: needsRequire(modules) ? { js: REQUIRE } : {},
      plugins: [bundlePlugin(context, modules, contents.value)],
    });
    writeBundle(
      bundlePath(context.state, record),
      (outputFiles ?? []).map((it) => ({ text: it.text, isMap: it.path.endsWith('.map') })),
    );
    return succeed(undefined);
  } catch (error) {
    const failure = storageFailure(error, context.state);
    if (failure !== undefined) return fail(failure);
    if (!(error instanceof Error && 'errors' in error)) throw error;
    return fail(notBundled(error as BuildFailure));
  }
}

/** `undefined` where they are of another analysis, damaged or gone. */
function keptModules(
  context: AnalysisContext,
  record: AnalysisRecord,
): readonly KeptSource[] | undefined {
  const kept = loadSources(context);
  return kept?.of === identityOf(record) ? kept.all() : undefined;
}

/** P4: what cannot be read is made again, if the files are still those that were analysed. */
async function modulesAgain(
  context: AnalysisContext,
  record: AnalysisRecord,
): Promise<readonly KeptSource[] | undefined> {
  const { derive } = await import('./derive.ts');
  const result = await derive(context, undefined);
  const isSame = result.ok && identityOf(result.record) === identityOf(record);
  return isSame ? keptModules(context, record) : undefined;
}

const REQUIRE =
  'import{createRequire as __skeinCreateRequire}from"node:module";' +
  'const require=__skeinCreateRequire(import.meta.url);';

/** CommonJS modules of the workspace may ask for packages at run time. */
function needsRequire(modules: readonly KeptSource[]): boolean {
  return (
    modules.some((it) => it.summary.commonjs) &&
    modules.every((it) => !it.summary.items.some((item) => item.names.includes('require')))
  );
}

/** Code of every module, and data as it was when it was analysed. */
async function bundleContents(
  context: AnalysisContext,
  record: AnalysisRecord,
  modules: readonly KeptSource[],
): Promise<Result<ReadonlyMap<string, string | Uint8Array>>> {
  const contents = new Map<string, string | Uint8Array>();
  const crowded = crowdedNames(modules);
  const missing: KeptSource[] = [];
  const emissions = new Emissions(context.keeper);
  for (const it of modules) {
    const emission = emissions.of(it);
    if (emission === undefined) missing.push(it);
    else contents.set(it.path, rewriteModule({ ...it, ...emission, crowded }));
  }
  for (const it of record.data) {
    const bytes = readWhole(toAbsolute(context.root, it.path));
    if (bytes === undefined || digestOf('blob', bytes) !== it.digest) return fail(moved());
    contents.set(it.path, bytes);
  }
  const again = await emitAgain(context, missing);
  if (again === undefined) return fail(moved());
  for (const it of missing) {
    const emission = again.get(it.path);
    if (emission === undefined) return fail(moved());
    contents.set(it.path, rewriteModule({ ...it, ...emission, crowded }));
  }
  return succeed(contents);
}

/** Emits modules whose kept code is gone, if their sources are still the same. */
async function emitAgain(
  context: AnalysisContext,
  missing: readonly KeptSource[],
): Promise<ReadonlyMap<string, KeptEmission> | undefined> {
  const sources = new Map<string, string>();
  for (const it of missing) {
    const bytes = readWhole(toAbsolute(context.root, it.path));
    if (bytes === undefined || digestOf('blob', bytes) !== it.source) return undefined;
    sources.set(it.path, new TextDecoder().decode(bytes));
  }
  const { root, target } = context;
  const emitted = await emitModules({ root, target, sources });
  return new Map(emitted.map((it) => [it.path, it]));
}

function readWhole(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Top-level names of more than one module: the bundler has to rename all but one. */
function crowdedNames(modules: readonly KeptSource[]): Set<string> {
  const seen = new Set<string>();
  const crowded = new Set<string>();
  for (const { summary } of modules) {
    for (const name of summary.scope.split(' ')) {
      if (seen.has(name)) crowded.add(name);
      else seen.add(name);
    }
  }
  return crowded;
}

function bundlePlugin(
  context: AnalysisContext,
  modules: readonly KeptSource[],
  contents: ReadonlyMap<string, string | Uint8Array>,
): Plugin {
  const { root } = context;
  const imports = new Map(modules.map((it) => [it.path, new Map<string, Target>(it.imports)]));
  return {
    name: 'skein-bundle',
    setup: (builder) => {
      builder.onResolve({ filter: /./ }, ({ path, importer, kind }) => {
        if (kind === 'entry-point') return { path };
        const required = kind === 'require-call' || kind === 'require-resolve';
        const known = imports.get(toRelative(root, importer));
        const target = known?.get(importKey(path, required)) ?? known?.get(path);
        if (target === undefined) return undefined;
        if (target.kind === 'module' || target.kind === 'data') {
          return { path: toAbsolute(root, target.path) };
        }
        return { path: externalName(target), external: true };
      });
      builder.onLoad({ filter: /./ }, ({ path }) => {
        const content = contents.get(toRelative(root, path));
        if (content === undefined) {
          return { errors: [{ text: `${toRelative(root, path)} was not analysed` }] };
        }
        const loader = typeof content === 'string' ? 'js' : loaderOf(path);
        return { contents: content, loader, resolveDir: dirname(path) };
      });
    },
  };
}

interface Output {
  readonly text: string;
  readonly isMap: boolean;
}

/** Puts the bundle into place whole; if another process was quicker, its bundle is the same. */
function writeBundle(path: string, outputs: readonly Output[]): void {
  const folder = dirname(path);
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = mkdtempSync(`${folder}.`);
  try {
    // As any other folder: a worker in a container may be another user.
    chmodSync(temporary, 0o777 & ~process.umask());
    for (const { text, isMap } of outputs) {
      if (isMap) writeFileSync(join(temporary, 'bundle.mjs.map'), text);
      else writeFileSync(join(temporary, 'bundle.mjs'), sealBundle(text));
    }
    // A folder that is there is a damaged bundle, or one that another process has just made.
    if (!isSealedBundle(path)) rmSync(folder, { recursive: true, force: true });
    reach('bundle-before-rename');
    renameSync(temporary, folder);
    reach('bundle-after-rename');
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!isSealedBundle(path)) throw error;
  }
}

function moved(): Failure {
  return {
    code: 'code-moved',
    kind: 'environment',
    headline: 'source files changed while they were being bundled',
    facts: [],
    hint: 'run the command again',
  };
}

function notBundled(error: BuildFailure): Failure {
  const facts = error.errors.map((it) => ['bundler', it.text] as const);
  return {
    code: 'bundle-failed',
    kind: 'diagnostic',
    headline: 'the code cannot be bundled',
    facts,
  };
}
