import { parseSync, visitorKeys } from 'oxc-parser';
import type {
  ArrowFunctionExpression,
  Class,
  Comment,
  MethodDefinition,
  Node,
  Program,
} from 'oxc-parser';
import type { Function as NamedFunction } from 'oxc-parser';

export type { Class as ClassNode, Comment, MethodDefinition, Node, Program };

/** Every form of a function with parameters and a body. */
export type FunctionNode = ArrowFunctionExpression | NamedFunction;

export interface ParsedModule {
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
}

/** Parses emitted JavaScript. It came out of esbuild, so an error in it is a bug of ours. */
export function parseEmitted(path: string, text: string): ParsedModule {
  const result = parseSync(`${path}.js`, text, {
    lang: 'js',
    sourceType: 'unambiguous',
    preserveParens: false,
  });
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`emitted code of ${path}: ${error.message}`);
  return { text, program: result.program, comments: result.comments };
}

/** Calls `visit` on every direct child, in source order. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  const keys = visitorKeys[node.type];
  if (keys === undefined) return;
  const fields = node as unknown as Record<string, unknown>;
  for (const key of keys) {
    const value = fields[key];
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) visit(element);
    } else if (isNode(value)) visit(value);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** A string literal's or placeholder-free template's text. */
export function literalText(node: Node | null | undefined): string | null {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? null;
  }
  return null;
}

/** The name of a member access, where it is written out: `a.b`, `a['b']`. */
export function memberName(node: Node): string | null {
  if (node.type !== 'MemberExpression') return null;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  return literalText(node.property);
}

/** The name of a property key where it is written out. */
export function keyName(node: { readonly key: Node; readonly computed: boolean }): string | null {
  if (!node.computed && node.key.type === 'Identifier') return node.key.name;
  return literalText(node.key);
}

/** True for a function or class that would take its name from what it is assigned to. */
export function takesName(node: Node | null | undefined): boolean {
  if (node?.type === 'ArrowFunctionExpression') return true;
  if (node?.type === 'FunctionExpression' || node?.type === 'ClassExpression') {
    return node.id === null;
  }
  return false;
}

/** `a?.b` and `a` without their wrappers. */
export function unwrap(node: Node): Node {
  let inner = node;
  while (inner.type === 'ChainExpression' || inner.type === 'ParenthesizedExpression') {
    inner = inner.expression;
  }
  return inner;
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}
