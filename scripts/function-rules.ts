import type { Breach, Rule, Subject } from './rule.ts';
import { isCode, lineAt, walk, type SyntaxNode } from './source.ts';

const functionLines = 70;
const positional = 3;

/** Rules about functions. */
export const functionRules: readonly Rule[] = [
  {
    name: 'function-length',
    applies: isCode,
    check: (subject) =>
      functionsOf(subject).flatMap(({ node, line }) => {
        const own = linesOf(node, subject.text) - testLines(node, subject.text);
        if (own <= functionLines) return [];
        const message = `a function of ${own} lines, at most ${functionLines}`;
        return [{ line, message, hint: 'give its steps names of their own' }];
      }),
  },
  {
    name: 'parameters',
    applies: isCode,
    check: (subject) =>
      functionsOf(subject).flatMap(({ node, line, passed }) => {
        const count = 'params' in node && Array.isArray(node.params) ? node.params.length : 0;
        if (count <= positional || passed) return [];
        const message = `${count} positional parameters, at most ${positional}`;
        return [{ line, message, hint: 'take one object whose fields name them' }];
      }),
  },
];

interface FunctionSite {
  readonly node: SyntaxNode;
  readonly line: Breach['line'];
  /** An argument of a call: who is called decides how many parameters it gets. */
  readonly passed: boolean;
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function functionsOf({ syntax, text }: Subject): readonly FunctionSite[] {
  const sites: FunctionSite[] = [];
  if (!syntax) return sites;
  walk(syntax.program, (node, ancestors) => {
    if (!functions.has(node.type)) return;
    const passed = ancestors.at(-1)?.type === 'CallExpression';
    sites.push({ node, line: lineAt(text, node.start), passed });
  });
  return sites;
}

/** Lines of tests inside: `describe` and conformance suites are lists of measured tests. */
function testLines(within: SyntaxNode, text: string): number {
  let lines = 0;
  let until = -1;
  walk(within, (node) => {
    if (node.start < until || !isTestCall(node)) return;
    lines += linesOf(node, text);
    until = node.end;
  });
  return lines;
}

function isTestCall(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression' || !('callee' in node)) return false;
  let callee: unknown = node.callee;
  while (typeof callee === 'object' && callee !== null) {
    if ('name' in callee) return ['test', 'it', 'describe'].includes(String(callee.name));
    if ('object' in callee) callee = callee.object;
    else if ('callee' in callee) callee = callee.callee;
    else return false;
  }
  return false;
}

function linesOf(node: SyntaxNode, text: string): number {
  return lineAt(text, node.end) - lineAt(text, node.start) + 1;
}
