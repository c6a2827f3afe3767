import { isTest, lineAt, parse, walk, type SourceFile, type SyntaxNode } from './source.ts';

/** A test that says in its title which rules it proves: `O4: a file saved while …`. */
export interface RuleTest {
  readonly rules: readonly string[];
  readonly path: string;
  readonly line: number;
  readonly title: string;
}

const LEADING = /^((?:[A-Z]{1,6} ?\d+)(?:,? (?:and )?(?:[A-Z]{1,6} ?\d+))*):/;
const NAME = /[A-Z]{1,6} ?\d+/g;
const DECLARES = new Set(['test', 'it', 'describe']);

/** Every test of these files whose title begins with the names of rules. */
export function ruleTests(files: readonly SourceFile[]): readonly RuleTest[] {
  return files.filter(({ path }) => isTest(path)).flatMap(testsIn);
}

function testsIn(file: SourceFile): readonly RuleTest[] {
  const syntax = parse(file);
  if (syntax === undefined) return [];
  const found: RuleTest[] = [];
  walk(syntax.program, (node) => {
    if (node.type !== 'CallExpression') return;
    const call = node as SyntaxNode & { callee: SyntaxNode; arguments: readonly SyntaxNode[] };
    const [first] = call.arguments;
    if (first === undefined || !DECLARES.has(calledName(call.callee))) return;
    const title = textOf(first, file.text);
    const rules = rulesIn(title);
    if (rules.length === 0) return;
    found.push({ rules, path: file.path, line: lineAt(file.text, node.start), title });
  });
  return found;
}

/** The rules that a title names at its beginning; a row of a table is a rule of two words. */
export function rulesIn(title: string): readonly string[] {
  const [, names] = LEADING.exec(title) ?? [];
  return names?.match(NAME) ?? [];
}

/** `test` of `test(…)`, `test.each(…)(…)`, `describe.skipIf(…)(…)`. */
function calledName(callee: SyntaxNode): string {
  const node = callee as SyntaxNode & {
    name?: string;
    object?: SyntaxNode;
    callee?: SyntaxNode;
    tag?: SyntaxNode;
  };
  const inner = node.object ?? node.callee ?? node.tag;
  return node.name ?? (inner === undefined ? '' : calledName(inner));
}

/** Without its quotes; of a template, as it is written. */
function textOf(node: SyntaxNode, source: string): string {
  const quoted = source.slice(node.start, node.end);
  return /^['"`]/.test(quoted) ? quoted.slice(1, -1) : '';
}
