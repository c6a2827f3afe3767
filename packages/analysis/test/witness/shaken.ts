import { build, transform } from 'esbuild';
import type { Plugin } from 'esbuild';
import type { Edit } from './edit.ts';

/** What esbuild keeps for one export each when everything unused is shaken off. */
export interface Shaken {
  readonly text: string;
  /** As small as it gets without changing what is done. */
  readonly small: string;
  /** Its statements in no order, for edits that only move them. */
  readonly sorted: string;
}

export interface ShakenRequest {
  readonly folder: string;
  /** Module below the folder. */
  readonly entry: string;
  readonly names: readonly string[];
}

/** `undefined`: the code cannot be bundled. */
export async function shakenBundles(
  { folder, entry, names }: ShakenRequest,
  renames?: Edit['renames'],
): Promise<readonly Shaken[] | undefined> {
  try {
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: names.map((it) => ({ in: `only:${it}`, out: it })),
      outdir: 'out',
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      keepNames: true,
      logLevel: 'silent',
      plugins: [onlyPlugin(folder, entry)],
    });
    return await Promise.all(outputFiles.map(({ text }) => shakenOf(text, renames)));
  } catch {
    return undefined;
  }
}

/**
 * Names are made small behind shaking: esbuild chooses them by all letters that it reads, those of
 * what it drops too.
 */
async function shakenOf(found: string, renames: Edit['renames']): Promise<Shaken> {
  const [to = '', from = ''] = renames ?? [];
  const text =
    to === ''
      ? found
      : found.replaceAll(new RegExp(`\\b${to.replace('$', '\\$')}(?![\\w$])`, 'g'), () => from);
  const options = { minifyIdentifiers: true, minifyWhitespace: true, format: 'esm' } as const;
  const { code } = await transform(text, options);
  const lines = text.split('\n').filter((it) => !it.startsWith('//'));
  return { text, small: code, sorted: lines.sort().join('\n') };
}

/** An entry that passes on one name. */
function onlyPlugin(folder: string, entry: string): Plugin {
  return {
    name: 'only',
    setup: (builder) => {
      builder.onResolve({ filter: /^only:/ }, ({ path }) => ({ path, namespace: 'only' }));
      builder.onLoad({ filter: /./, namespace: 'only' }, ({ path }) => ({
        contents: `export { ${path.slice('only:'.length)} as it } from './${entry}';`,
        resolveDir: folder,
        loader: 'ts',
      }));
    },
  };
}
