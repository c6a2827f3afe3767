import type { Node } from './syntax.ts';
import { eachChild } from './syntax.ts';

/** How a local variable gets a value; expressions are judged when it matters. */
export type Write =
  | { readonly from: 'expression'; readonly value: Node }
  | { readonly from: 'part'; readonly value: Node }
  | { readonly from: 'parameter' | 'declaration' | 'catch' };

/** One local variable of a piece of code. */
export interface Binding {
  readonly name: string;
  readonly index: number;
  /** The name can be observed (`f.name`), so it stays in the canonical text. */
  keepsName: boolean;
  /** Never assigned after it was declared. */
  readonly writes: Write[];
}

export class Scope {
  readonly parent: Scope | null;
  readonly #names = new Map<string, Binding>();
  readonly #counter: { next: number };

  constructor(parent: Scope | null) {
    this.parent = parent;
    this.#counter = parent === null ? { next: 0 } : parent.#counter;
  }

  declare(name: string, keepsName = false): Binding {
    const known = this.#names.get(name);
    if (known !== undefined) {
      known.keepsName ||= keepsName;
      return known;
    }
    const binding = { name, index: this.#counter.next++, keepsName, writes: [] };
    this.#names.set(name, binding);
    return binding;
  }

  find(name: string): Binding | null {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const binding = scope.#names.get(name);
      if (binding !== undefined) return binding;
    }
    return null;
  }
}

/** Names a pattern binds, in order. */
export function patternNames(pattern: Node, into: string[] = []): string[] {
  switch (pattern.type) {
    case 'Identifier':
      into.push(pattern.name);
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        patternNames(property.type === 'RestElement' ? property.argument : property.value, into);
      }
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) patternNames(element, into);
      break;
    case 'AssignmentPattern':
      patternNames(pattern.left, into);
      break;
    case 'RestElement':
      patternNames(pattern.argument, into);
      break;
    default:
  }
  return into;
}

/** Names of `var` declarations below a node, functions excluded. */
export function hoistedNames(node: Node, into: string[] = []): string[] {
  if (node.type === 'VariableDeclaration') {
    if (node.kind === 'var') for (const it of node.declarations) patternNames(it.id, into);
    return into;
  }
  if (isStatementOrClause(node)) eachChild(node, (child) => hoistedNames(child, into));
  return into;
}

/** Declares `let`, `const`, classes and functions written directly in these statements. */
export function declareLexical(statements: readonly Node[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration' && statement.kind !== 'var') {
      for (const it of statement.declarations) {
        for (const name of patternNames(it.id)) scope.declare(name);
      }
    } else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      if (statement.id !== null) {
        scope.declare(statement.id.name, true).writes.push({ from: 'declaration' });
      }
    }
  }
}

export function declareHoisted(node: Node, scope: Scope): void {
  for (const name of hoistedNames(node)) scope.declare(name);
}

const CLAUSES = new Set(['CatchClause', 'SwitchCase', 'Program', 'VariableDeclaration']);

function isStatementOrClause(node: Node): boolean {
  return node.type.endsWith('Statement') || CLAUSES.has(node.type);
}
