import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type Comment, type Program } from 'oxc-parser';

/** A text file of the workspace; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What the house rules look at in a syntax tree. */
export interface Syntax {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

/** Any node of a syntax tree. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

const generated = new Set(['node_modules', 'dist', 'coverage', '.git', '.nx', '.skein', 'results']);
const textFile = /(?:\.(?:[cm]?[jt]s|json|jsonc|md|ya?ml|sh|sql|html|css|txt)|\/run|\.npmrc)$/;

/** Wrong on purpose: what diagnostics are tested on. */
const broken = 'fixtures/broken';

/** Every text file that could be committed, in a stable order. */
export function readSources(root: string, folder = ''): readonly SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === broken || generated.has(entry.name)) return [];
      if (entry.isDirectory()) return readSources(root, path);
      if (!entry.isFile() || !textFile.test(path)) return [];
      return [{ path, text: readFileSync(join(root, path), 'utf8') }];
    });
}

/** TypeScript or JavaScript. */
export function isCode(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}

/** A test, or what only tests import. */
export function isTest(path: string): boolean {
  const named = /\.(?:test|test-d|conformance|arbitrary)\.ts$/.test(path);
  return named || path.startsWith('e2e/') || /^(?:packages|plugins)\/[^/]+\/test\//.test(path);
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}

/** The syntax tree, or undefined where the file does not parse: that is the compiler's to say. */
export function parse({ path, text }: SourceFile): Syntax | undefined {
  const { program, comments, errors } = parseSync(path, text);
  return errors.length > 0 ? undefined : { program, comments };
}

/** Calls `enter` for every node with its ancestors, outermost first. */
export function walk(
  node: SyntaxNode,
  enter: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  enter(node, ancestors);
  const inside = [...ancestors, node];
  for (const child of childrenOf(node)) walk(child, enter, inside);
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
