import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { exportedSource, root, splitSpecifier, workspacePackages } from './workspace.ts';

const publicEntries = ['index', 'command'];
const specifier = /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"]+)\2/g;

/**
 * Writes the declarations of the published package to `dist/types`, laid out as in the workspace,
 * with relative imports only: a stranger's project has no `@skein/*` beside `skein`.
 */
export async function buildDeclarations(skein: string): Promise<void> {
  const out = join(skein, 'dist', 'types');
  const sources = publicEntries
    .map((name) => join(skein, 'src', `${name}.ts`))
    .filter((file) => existsSync(file));
  await rm(out, { recursive: true, force: true });
  await emit(sources, out);
  const reached = new Set<string>();
  for (const source of sources) await rewrite(declarationOf(out, source), out, reached);
  for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !reached.has(path)) await rm(path);
  }
}

async function emit(sources: readonly string[], outDir: string): Promise<void> {
  const project = join(outDir, '..', `tsconfig.${process.pid}.json`);
  const compilerOptions = {
    rootDir: root,
    outDir,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    types: ['node'],
    paths: sourcePaths(),
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  const config = { extends: join(root, 'tsconfig.base.json'), files: sources, compilerOptions };
  await writeFile(project, JSON.stringify(config));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '--project', project]);
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`no declarations:\n${output}`, { cause: error });
  } finally {
    await rm(project);
  }
}

/** Found through node_modules, sources would count as libraries, whose types are not emitted. */
function sourcePaths(): Readonly<Record<string, readonly string[]>> {
  const sources = workspacePackages().flatMap(({ folder, manifest }) =>
    Object.keys(manifest.exports ?? {}).flatMap((subpath) => {
      const source = exportedSource(manifest, subpath);
      if (source === undefined) return [];
      return [[`${manifest.name}${subpath.slice(1)}`, [join(root, folder, source)]] as const];
    }),
  );
  return Object.fromEntries(sources);
}

/** Rewrites one declaration file and those it imports; `reached` collects what is needed. */
async function rewrite(file: string, out: string, reached: Set<string>): Promise<void> {
  if (reached.has(file)) return;
  reached.add(file);
  const targets: string[] = [];
  const text = await readFile(file, 'utf8');
  const rewritten = text.replace(specifier, (whole, before, quote, target) => {
    const found = resolve(target, file, out);
    if (found === undefined) return whole;
    targets.push(found);
    const path = relative(dirname(file), found.replace(/\.d\.ts$/, '.js')).replaceAll(sep, '/');
    return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
  });
  await writeFile(file, rewritten);
  for (const target of targets) await rewrite(target, out, reached);
}

/** The declaration file behind a specifier; undefined for a library's. */
function resolve(target: string, from: string, out: string): string | undefined {
  if (target.startsWith('.')) return join(dirname(from), target.replace(/\.[jt]s$/, '.d.ts'));
  if (!target.startsWith('@skein/')) return undefined;
  const { name, subpath } = splitSpecifier(target);
  const found = workspacePackages().find((it) => it.manifest.name === name);
  const source = found && exportedSource(found.manifest, subpath);
  if (!found || source === undefined) throw new Error(`no source of "${target}" in "${from}"`);
  return declarationOf(out, join(root, found.folder, source));
}

function declarationOf(out: string, source: string): string {
  return join(out, relative(root, source).replace(/\.ts$/, '.d.ts'));
}
