import type { BuildFailure, Message, Metafile, Plugin, PluginBuild } from 'esbuild';
import { build } from 'esbuild';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { emitOptions, loaderOf } from './emit.ts';
import { isSkein } from './module-links.ts';
import { PACKAGE_PREFIX } from './package-prefix.ts';
import { isCode } from './settings.ts';
import type { SourceReader } from './sources.ts';
import { isInstalled, toRelative } from './workspace-path.ts';

/** Where an import leads. */
export type Target =
  | { readonly kind: 'module'; readonly path: string }
  /** JSON, text, wasm: counts by content (C7). */
  | { readonly kind: 'data'; readonly path: string }
  /** A file of an installed package, relative to the root; `specifier` as written. */
  | { readonly kind: 'package'; readonly path: string; readonly specifier: string }
  | { readonly kind: 'built-in'; readonly specifier: string }
  | { readonly kind: 'skein'; readonly specifier: string }
  /** Not there, and the author said that this is all right (`try { require(…) }`). */
  | { readonly kind: 'absent'; readonly specifier: string };

export interface GraphModule {
  readonly path: string;
  /** Targets of code modules by `importKey`; empty for data. */
  readonly imports: ReadonlyMap<string, Target>;
  /** Folder prefixes of files that a computed `import()` may name, relative to the root. */
  readonly globs: readonly string[];
}

/** Modules by path, each reachable from the entry, in no particular order. */
export type ModuleGraph = ReadonlyMap<string, GraphModule>;

export type GraphResult =
  | { readonly ok: true; readonly graph: ModuleGraph }
  | { readonly ok: false; readonly errors: readonly Message[] };

export interface GraphRequest {
  readonly root: string;
  readonly entry: string;
  readonly target: string;
  readonly sources: SourceReader;
  /** Called with each module when it is found, while others are still looked for. */
  readonly found?: (path: string) => void;
}

/** `import` and `require` of one specifier may lead to different files. */
export function importKey(specifier: string, required: boolean): string {
  return required ? `require ${specifier}` : specifier;
}

/**
 * Follows every import from the entry with esbuild's resolver: the one resolver there is (C5).
 * What esbuild would print is thrown away; the bundle is made later, from emitted code.
 */
export async function followImports(request: GraphRequest): Promise<GraphResult> {
  const outside = new Map<string, Target>();
  try {
    const { metafile } = await build({
      ...emitOptions(request.root, request.target),
      entryPoints: [join(request.root, request.entry)],
      outfile: join(request.root, '.skein-graph.mjs'),
      bundle: true,
      format: 'esm',
      metafile: true,
      treeShaking: true,
      ignoreAnnotations: true,
      plugins: [followPlugin(request, outside)],
    });
    return { ok: true, graph: readMetafile(metafile, outside) };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { ok: false, errors: error.errors };
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function followPlugin(request: GraphRequest, outside: Map<string, Target>): Plugin {
  const { root, sources } = request;
  return {
    name: 'skein-follow',
    setup: (builder) => {
      builder.onResolve({ filter: /^[^./]|node_modules/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === FOLLOWING) return undefined;
        const required = args.kind === 'require-call' || args.kind === 'require-resolve';
        const target = await resolveOutside(builder, root, args);
        if (target === undefined) return undefined;
        const importer = toRelative(root, args.importer);
        outside.set(`${importer}\n${importKey(args.path, required)}`, target);
        return { path: externalName(target), external: true };
      });
      builder.onLoad({ filter: /./ }, ({ path }) => {
        const found = toRelative(root, path);
        const contents = sources.read(found);
        if (contents === undefined) return undefined;
        if (isCode(found)) request.found?.(found);
        return { contents, loader: loaderOf(path) };
      });
    },
  };
}

const FOLLOWING = Symbol('following');

interface ResolveArguments {
  readonly path: string;
  readonly importer: string;
  readonly resolveDir: string;
  readonly kind: Parameters<PluginBuild['resolve']>[1] extends (infer Options) | undefined
    ? Options extends { kind?: infer Kind }
      ? NonNullable<Kind>
      : never
    : never;
}

/** A target outside the bundle, or `undefined`: esbuild goes on by itself. */
async function resolveOutside(
  builder: PluginBuild,
  root: string,
  args: ResolveArguments,
): Promise<Target | undefined> {
  const { path: specifier, importer, resolveDir, kind } = args;
  if (isSkein(specifier)) return { kind: 'skein', specifier };
  if (isBuiltin(specifier)) return { kind: 'built-in', specifier: withNode(specifier) };
  const found = await builder.resolve(specifier, {
    importer,
    resolveDir,
    kind,
    pluginData: FOLLOWING,
  });
  if (found.errors.length > 0 || found.namespace !== 'file' || found.external) return undefined;
  const path = toRelative(root, found.path);
  if (!isInstalled(path) || path.endsWith('.json')) return undefined;
  return { kind: 'package', path, specifier };
}

function withNode(specifier: string): string {
  return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
}

/** How the bundle names something that stays outside of it. */
export function externalName(target: Target): string {
  if (target.kind === 'package') return `${PACKAGE_PREFIX}${target.path}`;
  return 'specifier' in target ? target.specifier : target.path;
}

function readMetafile(metafile: Metafile, outside: ReadonlyMap<string, Target>): ModuleGraph {
  const graph = new Map<string, GraphModule>();
  for (const [key, input] of Object.entries(metafile.inputs)) {
    const path = cleanPath(key);
    const imports = new Map<string, Target>();
    const globs: string[] = [];
    if (isCode(path)) {
      for (const it of input.imports) {
        const required = it.kind === 'require-call' || it.kind === 'require-resolve';
        if (it.original !== undefined && it.external !== true) {
          const found = cleanPath(it.path);
          const kind = isCode(found) ? 'module' : 'data';
          imports.set(importKey(it.original, required), { kind, path: found });
        } else if (it.path.includes('*')) globs.push(globPrefix(path, it.path));
        else if (it.external === true && it.original !== undefined) {
          const specifier = it.original;
          imports.set(importKey(specifier, required), { kind: 'absent', specifier });
        }
      }
    }
    graph.set(path, { path, imports, globs });
  }
  for (const [key, target] of outside) {
    const [importer = '', name = ''] = key.split('\n');
    const known = graph.get(importer);
    if (known !== undefined) (known.imports as Map<string, Target>).set(name, target);
  }
  return graph;
}

/** Inputs with import attributes carry them in their name. */
function cleanPath(key: string): string {
  const end = key.indexOf(' with {');
  return end < 0 ? key : key.slice(0, end);
}

function globPrefix(module: string, pattern: string): string {
  const folder = module.split('/').slice(0, -1);
  for (const part of pattern.slice(0, pattern.indexOf('*')).split('/').slice(0, -1)) {
    if (part === '..') folder.pop();
    else if (part !== '.') folder.push(part);
  }
  return folder.map((it) => `${it}/`).join('');
}
