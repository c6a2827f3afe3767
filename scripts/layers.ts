import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { findCycles } from './cycles.ts';
import { report, type Finding } from './finding.ts';
import { importsOf, type Import } from './imports.ts';
import { isCode, isTest, readSources, type SourceFile } from './source.ts';
import {
  exportedSource,
  root,
  splitSpecifier,
  workspacePackages,
  type WorkspacePackage,
} from './workspace.ts';

/** A package imports lower layers only; ARCHITECTURE.md says what each one is. */
const layers: Readonly<Record<string, number>> = {
  'packages/values': 0,
  'packages/model': 1,
  'packages/sdk': 2,
  'packages/analysis': 2,
  'packages/tracking': 2,
  'packages/artifact': 2,
  'packages/store': 2,
  'packages/images': 2,
  'packages/journal': 2,
  'packages/executors': 3,
  'packages/remote': 3,
  'plugins/container': 4,
  'packages/engine': 4,
  'packages/view': 4,
  'packages/workspace': 5,
  'packages/server': 6,
  'packages/web': 6,
  'packages/skein': 7,
};

/** Plugins and pipelines see only what is published, so they stand above all packages. */
const published = 8;

export interface LayerInput {
  readonly packages: readonly WorkspacePackage[];
  /** All code of the workspace; `scripts`, `e2e` and `bench` belong to no package. */
  readonly files: readonly SourceFile[];
}

/** Everything wrong with who imports whom. */
export function checkLayers(input: LayerInput): readonly Finding[] {
  const findings: Finding[] = [];
  const graph = new Map<string, readonly string[]>();
  const paths = new Set(input.files.map((file) => file.path));
  for (const file of input.files) {
    const targets = importsOf(file).flatMap((found) => {
      const judged = judge(input, file.path, found);
      if ('message' in judged) findings.push({ path: file.path, line: found.line, ...judged });
      return 'file' in judged && paths.has(judged.file) ? [judged.file] : [];
    });
    graph.set(file.path, targets);
  }
  return [...findings, ...unknownLayers(input), ...bundled(input), ...cycles(graph)];
}

type Judgement =
  | { readonly file: string }
  | { readonly message: string; readonly hint: string }
  | { readonly outside: true };

function judge(input: LayerInput, path: string, found: Import): Judgement {
  const own = ownerOf(input.packages, path);
  if (found.specifier.startsWith('.')) return judgeRelative(input, path, found.specifier);
  if (isBuiltin(found.specifier)) return { outside: true };
  const { name, subpath } = splitSpecifier(found.specifier);
  const other = input.packages.find((it) => it.manifest.name === name);
  if (!other) return judgeLibrary(own, path, { name, typeOnly: found.typeOnly });
  const source = exportedSource(other.manifest, subpath);
  if (source === undefined) {
    return {
      message: `"${found.specifier}" is the inside of another package`,
      hint: `import a name that "${name}" exports, or export it there`,
    };
  }
  if (own && own !== other) {
    const refused = judgeLayers(own, other);
    if (refused) return refused;
  }
  return { file: posix.join(other.folder, source) };
}

function judgeRelative(input: LayerInput, path: string, specifier: string): Judgement {
  const file = posix.join(posix.dirname(path), specifier);
  const target = ownerOf(input.packages, file);
  if (target === undefined || target === ownerOf(input.packages, path)) return { file };
  // A fixture is a program of a user: who writes another one beside it names its files.
  if (target.folder.startsWith('fixtures/') && ownerOf(input.packages, path) === undefined) {
    return { file };
  }
  return {
    message: `"${specifier}" reaches into "${target.folder}"`,
    hint: `import from "${target.manifest.name}"`,
  };
}

function judgeLayers(own: WorkspacePackage, other: WorkspacePackage): Judgement | undefined {
  const [from, to] = [layerOf(own), layerOf(other)];
  if (to >= from) {
    return {
      message: `layer ${from} "${own.folder}" imports layer ${to} "${other.folder}"`,
      hint: 'a package imports lower layers only: move the code down, or pass it in as a port',
    };
  }
  if (from === published && other.manifest.name !== 'skein') {
    return {
      message: `"${own.folder}" imports "${other.manifest.name}", which is not published`,
      hint: 'import from "skein" or "skein/command"',
    };
  }
  return declared(own, other.manifest.name)
    ? undefined
    : {
        message: `"${other.manifest.name}" is missing from "${own.folder}/package.json"`,
        hint: 'add it to dependencies (of "packages/skein" to devDependencies)',
      };
}

function judgeLibrary(
  own: WorkspacePackage | undefined,
  path: string,
  library: { readonly name: string; readonly typeOnly: boolean },
): Judgement {
  if (!own || isTest(path) || library.typeOnly || declared(own, library.name)) {
    return { outside: true };
  }
  return {
    message: `"${library.name}" is missing from "${own.folder}/package.json"`,
    hint: `add it there, and to "packages/skein/package.json", since internal code is bundled`,
  };
}

function declared({ manifest }: WorkspacePackage, name: string): boolean {
  const all = { ...manifest.devDependencies, ...manifest.peerDependencies };
  return name in { ...all, ...manifest.dependencies };
}

/** Libraries of an internal package have to be installed with the published one. */
function bundled({ packages }: LayerInput): readonly Finding[] {
  const skein = packages.find((it) => it.manifest.name === 'skein');
  if (!skein) return [];
  return packages
    .filter((it) => it.manifest.name in (skein.manifest.devDependencies ?? {}))
    .flatMap((it) =>
      Object.entries(it.manifest.dependencies ?? {})
        .filter(([name, range]) => isLibrary(packages, name) && range !== rangeIn(skein, name))
        .map(([name, range]) => ({
          path: `${skein.folder}/package.json`,
          line: 1,
          message: `"${name}": "${range}" in "${it.folder}", here ${quoted(rangeIn(skein, name))}`,
          hint: `write "${name}": "${range}" into dependencies`,
        })),
    );
}

function rangeIn({ manifest }: WorkspacePackage, name: string): string | undefined {
  return manifest.dependencies?.[name];
}

function quoted(range: string | undefined): string {
  return range === undefined ? 'missing' : `"${range}"`;
}

function isLibrary(packages: readonly WorkspacePackage[], name: string): boolean {
  return packages.every((it) => it.manifest.name !== name);
}

function unknownLayers({ packages }: LayerInput): readonly Finding[] {
  return packages
    .filter((it) => it.folder.startsWith('packages/') && layers[it.folder] === undefined)
    .map(({ folder }) => ({
      path: `${folder}/package.json`,
      line: 1,
      message: `"${folder}" has no layer`,
      hint: 'add it to the table in scripts/layers.ts and in ARCHITECTURE.md',
    }));
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly Finding[] {
  return findCycles(graph).map((cycle) => ({
    path: cycle[0] ?? '',
    line: 1,
    message: `import cycle: ${cycle.join(' -> ')}`,
    hint: 'move what both sides need into a file of its own; types count too',
  }));
}

function layerOf({ folder }: WorkspacePackage): number {
  return layers[folder] ?? published;
}

function ownerOf(
  packages: readonly WorkspacePackage[],
  path: string,
): WorkspacePackage | undefined {
  return packages.find((it) => path.startsWith(`${it.folder}/`));
}

if (import.meta.main) {
  const files = readSources(root).filter((file) => isCode(file.path));
  report(checkLayers({ packages: workspacePackages(), files }), 'layer breaches');
}
