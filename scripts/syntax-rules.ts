import { isCode, isTest, lineAt, walk, type SyntaxNode } from './source.ts';
import { commentRules } from './comment-rules.ts';
import { functionRules } from './function-rules.ts';
import type { Breach, Rule, Subject } from './rule.ts';

/** A file that has to have a default export, because a tool reads it. */
const defaultExports: readonly { readonly path: RegExp; readonly reason: string }[] = [
  { path: /^scripts\/count-reporter\.ts$/, reason: 'vitest calls the default of a reporter' },
  { path: /(?:^|\/)[\w.-]+\.config\.[cm]?ts$/, reason: 'vitest and its like load the default' },
  { path: /^plugins\/nx\/src\/executors\//, reason: 'Nx calls the default of an executor' },
  { path: /^plugins\/nx\/src\/generators\//, reason: 'Nx calls the default of a generator' },
];

/** Rules about the syntax tree. */
export const syntaxRules: readonly Rule[] = [
  ...functionRules,
  ...commentRules,
  {
    name: 'export-all',
    applies: isCode,
    check: onNodes('ExportAllDeclaration', () => ({
      message: '"export *" hides what a module offers',
      hint: 'list the names one by one',
    })),
  },
  {
    name: 'default-export',
    applies: (path) => isCode(path) && !defaultExports.some((it) => it.path.test(path)),
    check: onNodes('ExportDefaultDeclaration', () => ({
      message: 'a default export has no name of its own',
      hint: 'export it by name; files that a tool loads are listed in scripts/syntax-rules.ts',
    })),
  },
  {
    name: 'any',
    applies: isCode,
    check: onNodes('TSAnyKeyword', () => ({
      message: '"any" turns the types off',
      hint: 'use "unknown" and narrow it, a type parameter, or "never[]" for parameters',
    })),
  },
  {
    name: 'empty-catch',
    applies: isCode,
    check: (subject) => onNodes('CatchClause', (node) => judgeCatch(node, subject))(subject),
  },
  {
    name: 'skipped-test',
    applies: isTest,
    check: onNodes('MemberExpression', (node) => {
      const word = skipped(node);
      if (word === undefined) return undefined;
      const hint = 'delete it; a test that cannot run here calls "context.skip(reason)"';
      return { message: `".${word}" leaves tests out`, hint };
    }),
  },
];

type Judge = (node: SyntaxNode) => Omit<Breach, 'line'> | undefined;

function onNodes(type: string, judge: Judge): (subject: Subject) => readonly Breach[] {
  return ({ syntax, text }) => {
    const breaches: Breach[] = [];
    if (!syntax) return breaches;
    walk(syntax.program, (node) => {
      const found = node.type === type ? judge(node) : undefined;
      if (found) breaches.push({ line: lineAt(text, node.start), ...found });
    });
    return breaches;
  };
}

/** A comment in place of statements says why nothing has to be done: that is enough. */
function judgeCatch(node: SyntaxNode, { syntax }: Subject): Omit<Breach, 'line'> | undefined {
  const body = 'body' in node ? node.body : undefined;
  if (typeof body !== 'object' || body === null || !('body' in body)) return undefined;
  if (!Array.isArray(body.body) || body.body.length > 0) return undefined;
  const explained = syntax?.comments.some((it) => it.start > node.start && it.end < node.end);
  if (explained) return undefined;
  const hint = 'handle the expected code and rethrow the rest, or say why nothing has to be done';
  return { message: 'an empty catch hides bugs', hint };
}

function skipped(node: SyntaxNode): string | undefined {
  if (!('object' in node && 'property' in node)) return undefined;
  const [root, word] = [nameOf(node.object), nameOf(node.property)];
  if (!root || !['test', 'it', 'describe', 'suite'].includes(root)) return undefined;
  return word && ['skip', 'only', 'todo'].includes(word) ? word : undefined;
}

function nameOf(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || !('name' in node)) return undefined;
  return typeof node.name === 'string' ? node.name : undefined;
}
