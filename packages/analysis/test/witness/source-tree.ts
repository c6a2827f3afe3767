import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

/** Sources of an installed package, to be taken for an author's. */
export interface SourceTree {
  readonly package: string;
  /** Folder of the sources in the package. */
  readonly folder: string;
  /** Module whose exports tasks use, below that folder. */
  readonly entry: string;
}

/** Packages that ship the TypeScript they were made of. */
export const SOURCE_TREES: readonly SourceTree[] = [
  { package: 'immer', folder: 'src', entry: 'immer.ts' },
  { package: 'entities', folder: 'src', entry: 'index.ts' },
  { package: '@noble/hashes', folder: 'src', entry: 'sha3-addons.ts' },
  { package: '@noble/hashes', folder: 'src', entry: 'argon2.ts' },
  { package: 'rxjs', folder: 'src', entry: 'index.ts' },
  { package: 'zod', folder: 'src', entry: 'v3/external.ts' },
  { package: 'zod', folder: 'src', entry: 'v4/mini/external.ts' },
];

/** Copies the sources into a folder, without their tests. */
export function copyTree(tree: SourceTree, to: string): void {
  const from = join(packageFolder(tree.package), tree.folder);
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !/(?:^|\/)(?:__tests__|tests?|benchmarks)(?:\/|$)/.test(relative(from, path)),
  });
}

/** The folder of a package, which need not say where its manifest is. */
function packageFolder(name: string): string {
  const find = createRequire(import.meta.url);
  for (const folder of find.resolve.paths(name) ?? []) {
    const found = join(folder, name);
    try {
      readFileSync(join(found, 'package.json'));
      return found;
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${name} is not installed near ${dirname(fileURLToPath(import.meta.url))}`);
}

/** TypeScript modules below a folder, sorted. */
export function modulesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.ts') && !it.endsWith('.d.ts'))
    .sort();
}

/** Names of values that a module exports by itself; what it passes on comes from others. */
export function exportedNames(path: string, source: string): string[] {
  const { program } = parseSync(path, source);
  const names: string[] = [];
  for (const it of program.body) {
    if (it.type !== 'ExportNamedDeclaration' || it.exportKind === 'type') continue;
    const { declaration } = it;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id)
      names.push(declaration.id.name);
    if (declaration?.type === 'ClassDeclaration' && declaration.id) names.push(declaration.id.name);
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations)
        if (id.type === 'Identifier') names.push(id.name);
    }
    for (const specifier of it.specifiers) {
      if (specifier.exportKind === 'type' || specifier.exported.type !== 'Identifier') continue;
      if (specifier.exported.name !== 'default') names.push(specifier.exported.name);
    }
  }
  return names;
}
