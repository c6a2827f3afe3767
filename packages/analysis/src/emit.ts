import type { BuildOptions, Loader } from 'esbuild';
import { build } from 'esbuild';
import { join } from 'node:path';
import { mayHoldComments, withoutComments } from './plain-source.ts';

/** A module's source, and the JavaScript that stands for it everywhere: digest and bundle. */
export interface EmittedModule {
  /** Workspace-relative, with `/`. */
  readonly path: string;
  readonly source: string;
  readonly code: string;
  /** Source map of `code`, without the source's content. */
  readonly map: string;
}

export interface EmitRequest {
  readonly root: string;
  readonly target: string;
  /** Sources by workspace-relative path: the bytes that are analysed. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Options that decide what is emitted, the same for every use of esbuild (C5). */
export function emitOptions(root: string, target: string): BuildOptions {
  return {
    absWorkingDir: root,
    platform: 'node',
    target,
    // Node 24 has it; lowering would put its machinery into every digest.
    supported: { using: true },
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    write: false,
  };
}

/** Emits modules one by one; comments of the author's leave no trace in the code. */
export async function emitModules(request: EmitRequest): Promise<EmittedModule[]> {
  const emitted = await emitOnce(request);
  const plain = new Map<string, string>();
  for (const { path, source, code } of emitted) {
    if (mayHoldComments(code)) plain.set(path, withoutComments(path, source));
  }
  const again = await emitOnce({ ...request, sources: plain });
  const better = new Map(again.map((it) => [it.path, it]));
  return emitted.map((it) => {
    const { code, map } = better.get(it.path) ?? it;
    return { ...it, code, map };
  });
}

/** Without bundling: esbuild finds the tsconfig of each module by itself. */
async function emitOnce(request: EmitRequest): Promise<EmittedModule[]> {
  const { root, target, sources } = request;
  const paths = [...sources.keys()];
  if (paths.length === 0) return [];
  const { outputFiles } = await build({
    ...emitOptions(root, target),
    entryPoints: paths.map((path, index) => ({ in: join(root, path), out: `${index}` })),
    outdir: join(root, '.skein-emit'),
    sourcemap: 'external',
    sourcesContent: false,
    treeShaking: false,
    plugins: [
      {
        name: 'skein-sources',
        setup: (builder) => {
          const byFile = new Map(paths.map((path) => [join(root, path), path]));
          builder.onLoad({ filter: /./ }, ({ path }) => {
            const known = byFile.get(path);
            const contents = known === undefined ? undefined : sources.get(known);
            return contents === undefined ? undefined : { contents, loader: loaderOf(path) };
          });
        },
      },
    ],
  });
  const outputs = new Map((outputFiles ?? []).map((it) => [baseName(it.path), it.text]));
  return paths.map((path, index) => ({
    path,
    source: sources.get(path) ?? '',
    code: outputs.get(`${index}.js`) ?? '',
    map: outputs.get(`${index}.js.map`) ?? '{"version":3,"sources":[],"names":[],"mappings":""}',
  }));
}

/** esbuild's loader for a source file, by its extension. */
export function loaderOf(path: string): Loader {
  const extension = /\.[cm]?([jt]s)(x?)$/.exec(path);
  if (extension === null) return path.endsWith('.json') ? 'json' : dataLoader(path);
  return `${extension[1] ?? 'js'}${extension[2] ?? ''}` as Loader;
}

/** Data is imported as text or bytes, by what Node and other bundlers have agreed on. */
function dataLoader(path: string): Loader {
  return /\.(txt|md|html|css|svg|csv|tsv|sql|ya?ml|graphql)$/.test(path) ? 'text' : 'binary';
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
