import { posix } from 'node:path';
import { addProjectConfiguration, type ProjectConfiguration, type Tree } from '@nx/devkit';
import { addToJson, readJsonFile } from '../edit-json.ts';
import { Refusal } from '../refusal.ts';
import type { Place } from './place.ts';

interface Manifest {
  readonly type?: string;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const PNPM = 'pnpm-workspace.yaml';

/** Whether the projects of the workspace are packages of its package manager. */
export function hasPackages(tree: Tree): boolean {
  return rootManifest(tree).workspaces !== undefined || tree.exists(PNPM);
}

/** Declares the project the way the workspace's others are. */
export function declareProject(tree: Tree, place: Place, tags: readonly string[]): void {
  if (hasPackages(tree)) writePackage(tree, place, tags);
  else writeProject(tree, place, tags);
}

/** A test runner, or any other package that the workspace asks for. */
export function hasDependency(tree: Tree, name: string): boolean {
  const { dependencies, devDependencies } = rootManifest(tree);
  return name in { ...dependencies, ...devDependencies };
}

function writeProject(tree: Tree, { root, name }: Place, tags: readonly string[]): void {
  const project: ProjectConfiguration = {
    root,
    projectType: 'application',
    sourceRoot: posix.join(root, 'src'),
    ...(tags.length === 0 ? {} : { tags: [...tags] }),
  };
  addProjectConfiguration(tree, name, project);
  // Node takes modules for ES modules only where the manifest around them says so.
  if (rootManifest(tree).type === 'module') return;
  tree.write(posix.join(root, 'package.json'), json({ name, private: true, type: 'module' }));
}

function writePackage(tree: Tree, { root, name }: Place, tags: readonly string[]): void {
  const { dependencies, devDependencies } = rootManifest(tree);
  const range = dependencies?.['skein'] ?? devDependencies?.['skein'];
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    // A file is named from its own folder on: this one's is another.
    ...(range === undefined || range.startsWith('file:') ? {} : { dependencies: { skein: range } }),
    ...(tags.length === 0 ? {} : { nx: { tags } }),
  };
  tree.write(posix.join(root, 'package.json'), json(manifest));
  if (tree.exists(PNPM)) joinPnpm(tree, root);
  else joinWorkspaces(tree, root);
}

function joinWorkspaces(tree: Tree, root: string): void {
  const { workspaces = [] } = rootManifest(tree);
  const isList = Array.isArray(workspaces);
  const patterns = isList ? workspaces : ((workspaces as PackagesField).packages ?? []);
  if (covers(patterns, root)) return;
  const at = isList ? ['workspaces'] : ['workspaces', 'packages'];
  addToJson(tree, { path: 'package.json', at, value: root });
}

interface PackagesField {
  readonly packages?: readonly string[];
}

/** Its list is a few lines of YAML: a line is added, and everything else stays. */
function joinPnpm(tree: Tree, root: string): void {
  const text = tree.read(PNPM, 'utf-8') ?? '';
  const list = /^packages:[ \t]*\r?\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?\r?\n?)*)/m.exec(text);
  if (list === null) {
    throw new Refusal(
      `"${PNPM}" has no list of packages that can be added to`,
      [['folder', `"${root}"`]],
      'add the folder to "packages" there first, one pattern a line',
    );
  }
  const [whole, lines = ''] = list;
  const items = [...lines.matchAll(/^([ \t]*)-[ \t]*(['"]?)(.*?)\2[ \t]*(?:#.*)?$/gm)];
  if (
    covers(
      items.map(([, , , pattern = '']) => pattern),
      root,
    )
  )
    return;
  const indent = items[0]?.[1] ?? '  ';
  const added = whole.replace(/^packages:[ \t]*\r?\n/, (head) => `${head}${indent}- '${root}'\n`);
  tree.write(
    PNPM,
    text.replace(whole, () => added),
  );
}

function covers(patterns: readonly string[], root: string): boolean {
  return patterns.some((pattern) => {
    const plain = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
    return !plain.startsWith('!') && posix.matchesGlob(root, plain);
  });
}

function rootManifest(tree: Tree): Manifest {
  return readJsonFile(tree, 'package.json') ?? {};
}

function json(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
