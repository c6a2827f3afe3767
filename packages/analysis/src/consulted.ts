import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { ModuleGraph } from './graph.ts';
import { LOCK_FILES } from './lockfile.ts';
import type { Packages } from './packages.ts';
import { keyName, literalText } from './syntax.ts';
import type { Node } from './syntax.ts';
import { packagePlaces } from './package-places.ts';
import { joinPath, watchFile, watchFolder, watchPlace } from './watch.ts';
import type { Watched } from './watch.ts';
import { foldersAbove, toAbsolute, toRelative } from './workspace-path.ts';

interface ConsultedRequest {
  readonly root: string;
  readonly graph: ModuleGraph;
  readonly packages: Packages;
  readonly now: () => number;
}

/**
 * What esbuild's resolver looked at for a graph, in the terms of its own rules: listings of the
 * modules' folders and of those above, manifests and tsconfigs there, every place where a package
 * of a used name could lie, and the targets of `paths`.
 */
export function consultedBy({ root, graph, packages, now }: ConsultedRequest): Watched {
  const folders = new Set<string>();
  for (const path of graph.keys()) for (const it of foldersAbove(path)) folders.add(it);
  const above = parentsOf(root);
  const configs = [...folders, ...above].map((it) => joinPath(it, 'tsconfig.json'));
  const chain = configs.flatMap((it) => configChain(toAbsolute(root, it)));
  const bare = bareSpecifiers(graph);
  const places = packagePlaces({ root, graph, packages, above });
  for (const rule of chain.flatMap((it) => pathRules(it.file, it.content))) {
    for (const it of pathFolders(rule, bare)) folders.add(existingFolder(root, it));
  }
  const files = new Set([
    ...[...folders, ...above].map((it) => joinPath(it, 'package.json')),
    ...configs,
    ...chain.map((it) => toRelative(root, it.file)),
    ...LOCK_FILES,
    ...places.manifests,
  ]);
  for (const it of places.folders) folders.add(it);
  return {
    files: [...files].sort().map((it) => watchFile(root, it, now)),
    folders: [...folders].sort().map((it) => watchFolder(root, it, now)),
    places: places.places.map((it) => watchPlace(root, it)),
  };
}

/** Folders above the root, as `..`, `../..`; each could hold packages and configuration. */
function parentsOf(root: string): string[] {
  const parents: string[] = [];
  let at = root;
  while (dirname(at) !== at) {
    at = dirname(at);
    parents.push(parents.length === 0 ? '..' : `../${parents.at(-1) ?? ''}`);
  }
  return parents;
}

interface ConfigFile {
  readonly file: string;
  readonly content: Node;
}

/** A tsconfig with all it extends. JSON with comments and commas is an expression of JavaScript. */
function configChain(file: string, seen = new Set<string>()): ConfigFile[] {
  if (seen.has(file) || !existsSync(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  const statement = parseSync('tsconfig.js', `(${text}\n)`, { preserveParens: false }).program
    .body[0];
  if (statement?.type !== 'ExpressionStatement') return [];
  const content = statement.expression;
  const extended = field(content, 'extends');
  const names = extended?.type === 'ArrayExpression' ? extended.elements : [extended];
  const found: ConfigFile[] = [{ file, content }];
  for (const it of names) {
    const name = literalText(it);
    if (name !== null) found.push(...configChain(extendedFile(file, name), seen));
  }
  return found;
}

function extendedFile(file: string, name: string): string {
  if (name.startsWith('.') || name.startsWith('/')) {
    const plain = resolve(dirname(file), name);
    return existsSync(plain) && plain.endsWith('.json') ? plain : `${plain}.json`;
  }
  const find = createRequire(file);
  for (const it of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return find.resolve(it);
    } catch {
      // The next form of the name.
    }
  }
  return join(dirname(file), name);
}

function field(node: Node | null | undefined, name: string): Node | null {
  if (node?.type !== 'ObjectExpression') return null;
  for (const it of node.properties) {
    if (it.type === 'Property' && keyName(it) === name) return it.value;
  }
  return null;
}

/** One entry of `paths`: what is written before and after the `*`, and where it may lead. */
interface PathRule {
  readonly before: string;
  readonly after: string;
  readonly targets: readonly string[];
}

function pathRules(file: string, content: Node): PathRule[] {
  const options = field(content, 'compilerOptions');
  const base = resolve(dirname(file), literalText(field(options, 'baseUrl')) ?? '.');
  const rules: PathRule[] = [];
  if (field(options, 'baseUrl') !== null) {
    rules.push({ before: '', after: '', targets: [join(base, '*')] });
  }
  const paths = field(options, 'paths');
  if (paths?.type !== 'ObjectExpression') return rules;
  for (const it of paths.properties) {
    if (it.type !== 'Property' || it.value.type !== 'ArrayExpression') continue;
    const [before = '', after = ''] = (keyName(it) ?? '').split('*');
    const targets = it.value.elements.flatMap((target) => literalText(target) ?? []);
    rules.push({ before, after, targets: targets.map((target) => resolve(base, target)) });
  }
  return rules;
}

/** Folders in which a rule would look for one of the specifiers. */
function pathFolders(rule: PathRule, specifiers: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const specifier of specifiers) {
    if (!specifier.startsWith(rule.before) || !specifier.endsWith(rule.after)) continue;
    const star = specifier.slice(rule.before.length, specifier.length - rule.after.length);
    for (const target of rule.targets) {
      const file = target.replace('*', () => star);
      found.push(dirname(file), file);
    }
  }
  return found;
}

/** Every specifier that is no path. */
function bareSpecifiers(graph: ModuleGraph): Set<string> {
  const found = new Set<string>();
  for (const { imports } of graph.values()) {
    for (const [key, target] of imports) {
      if (target.kind === 'built-in' || target.kind === 'skein') continue;
      const specifier = key.replace(/^require /, '');
      if (!specifier.startsWith('.')) found.add(specifier);
    }
  }
  return found;
}

/** The folder itself, or the nearest one above it that exists, relative to the root. */
function existingFolder(root: string, folder: string): string {
  let at = folder;
  while (!isFolder(at) && dirname(at) !== at) at = dirname(at);
  return toRelative(root, at);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
