import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type OutputFile, type Plugin } from 'esbuild';
import { exportedSource, splitSpecifier, workspacePackages } from './workspace.ts';

/**
 * `folder` is the package's absolute path. `clean` removes what earlier builds left; otherwise old
 * chunks stay, because a command that is running may still import them.
 */
export interface BuildRequest {
  readonly folder: string;
  readonly clean: boolean;
}

const entries = ['node-version', 'index', 'cli', 'command', 'worker'];
/** What programs import: behind a module that first looks at the version of Node. */
const guarded = ['index', 'command'];

/** Bundles the published package: every `@skein/*` source goes in, every library stays outside. */
export async function buildCommand({ folder, clean }: BuildRequest): Promise<void> {
  const entryPoints = entries.map((name) => ({
    in: join(folder, 'src', `${name}.ts`),
    out: guarded.includes(name) ? `${name}-main` : name,
  }));
  const { outputFiles } = await build({
    entryPoints,
    absWorkingDir: folder,
    outdir: join(folder, 'dist'),
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    conditions: ['@skein/source'],
    plugins: [bundleWorkspace()],
    sourcemap: true,
    logLevel: 'error',
    write: false,
  });
  await writeDist(join(folder, 'dist'), outputFiles, clean);
  for (const name of guarded) {
    const text = `import './node-version.js';\nexport * from './${name}-main.js';\n`;
    await writeWhole(join(folder, 'dist', `${name}.js`), Buffer.from(text));
  }
}

/** Compiles the Nx plugin file by file to CommonJS, which Nx loads, and copies what is no code. */
export async function buildPlugin({ folder, clean }: BuildRequest): Promise<void> {
  const source = join(folder, 'src');
  const dist = join(folder, 'dist');
  const files = existsSync(source) ? await readdir(source, { recursive: true }) : [];
  const { outputFiles } = await build({
    entryPoints: files.filter(isPluginModule).map((file) => join(source, file)),
    absWorkingDir: folder,
    outbase: source,
    outdir: dist,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    plugins: [keepModules()],
    sourcemap: true,
    logLevel: 'error',
    write: false,
  });
  await writeDist(dist, outputFiles, clean);
  await writeWhole(join(dist, 'package.json'), Buffer.from('{ "type": "commonjs" }\n'));
  for (const file of files.filter((name) => /\.(?:json|template)$/.test(name))) {
    await mkdir(dirname(join(dist, file)), { recursive: true });
    await copyFile(join(source, file), join(dist, file));
  }
}

function isPluginModule(file: string): boolean {
  return file.endsWith('.ts') && !/\.(?:test|test-d|d|conformance|arbitrary)\.ts$/.test(file);
}

/** Sends `@skein/x` to its source; esbuild alone would leave it outside as a package. */
function bundleWorkspace(): Plugin {
  const packages = new Map(workspacePackages().map((it) => [it.manifest.name, it]));
  return {
    name: 'bundle-workspace',
    setup: (builder) => {
      builder.onResolve({ filter: /^@skein\// }, ({ path }) => {
        const { name, subpath } = splitSpecifier(path);
        const found = packages.get(name);
        const source = found && exportedSource(found.manifest, subpath);
        if (!found || source === undefined) return { errors: [{ text: `no source of "${path}"` }] };
        return { path: join(dirname(import.meta.dirname), found.folder, source) };
      });
    },
  };
}

/** Every import stays an import; a relative one names the file that is going to be there. */
function keepModules(): Plugin {
  return {
    name: 'keep-modules',
    setup: (builder) => {
      builder.onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        const target = path.startsWith('.') ? path.replace(/\.ts$/, '.js') : path;
        return { path: target, external: true };
      });
    },
  };
}

async function writeDist(
  dist: string,
  files: readonly OutputFile[],
  clean: boolean,
): Promise<void> {
  if (clean && existsSync(dist)) {
    const kept = new Set(files.map((file) => relative(dist, file.path)));
    for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !kept.has(relative(dist, path))) await rm(path);
    }
  }
  for (const file of files) await writeWhole(file.path, file.contents);
}

/** Two builds at once, and readers meanwhile, only ever see whole files. */
async function writeWhole(path: string, contents: Uint8Array): Promise<void> {
  if (existsSync(path) && (await readFile(path)).equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}
