import type { CodeFacts } from './code-facts.ts';
import { contextOf } from './pass.ts';
import type { Pass } from './pass.ts';
import { Purity, returnsOf } from './purity.ts';
import type { Value } from './summary.ts';
import { isFunction, keyName, unwrap } from './syntax.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';
import { isCommandCall, isTaskCall } from './task-call.ts';

/** What is known in advance of the value that a top-level declaration binds its name to. */
export function valueOf(pass: Pass, facts: CodeFacts, node: Node): Value {
  if (node.type === 'FunctionDeclaration') return functionValue(pass, facts, node);
  if (node.type === 'ClassDeclaration') return classValue(pass, facts, node);
  if (node.type === 'VariableDeclarator' && node.id.type !== 'Identifier') {
    return { kind: 'opaque' };
  }
  if (node.type !== 'VariableDeclarator' && isStatement(node)) return { kind: 'opaque' };
  const value = initialiserOf(node);
  if (value === null) return { kind: 'opaque' };
  if (isFunction(value)) return functionValue(pass, facts, value);
  if (value.type === 'ClassExpression') return classValue(pass, facts, value);
  if (value.type === 'Identifier') return { kind: 'alias', name: value.name };
  if (value.type === 'CallExpression') return callValue(pass, facts, value);
  return dataValue(pass, facts, value);
}

function isStatement(node: Node): boolean {
  return node.type.endsWith('Statement');
}

function functionValue(pass: Pass, facts: CodeFacts, node: FunctionNode): Value {
  const call = new Purity(contextOf(pass, facts));
  call.body(node);
  const returns = new Purity(contextOf(pass, facts));
  returns.returns(node);
  const results = node.body?.type === 'BlockStatement' ? returnsOf(node.body) : [node.body];
  const environment = results.length > 0 && results.every((it) => isEnvironmentCall(pass, it));
  return { kind: 'function', call: call.verdict(), returns: returns.verdict(), environment };
}

function isEnvironmentCall(pass: Pass, node: Node | null): boolean {
  const call = node === null ? null : unwrap(node);
  return (
    call?.type === 'CallExpression' &&
    call.callee.type === 'Identifier' &&
    pass.links.environments.has(call.callee.name)
  );
}

function classValue(pass: Pass, facts: CodeFacts, node: ClassNode): Value {
  const construct = new Purity(contextOf(pass, facts));
  construct.construct(node);
  const plain =
    node.superClass === null &&
    node.body.body.every(
      (it) => !(it.type === 'MethodDefinition' && it.static && it.kind !== 'method'),
    );
  const base = node.superClass?.type === 'Identifier' ? node.superClass.name : null;
  return { kind: 'class', construct: construct.verdict(), plain, base };
}

function callValue(pass: Pass, facts: CodeFacts, call: Node & { type: 'CallExpression' }): Value {
  const callee = unwrap(call.callee);
  if (callee.type === 'Identifier') {
    if (pass.links.environments.has(callee.name)) return { kind: 'environment' };
    if (pass.links.checkpoints.has(callee.name)) return { kind: 'checkpoint' };
    const data = dataValue(pass, facts, call);
    const verdict = data.kind === 'data' ? data.verdict : 'never';
    return pass.module.has(callee.name) ? { kind: 'result', callee: callee.name, verdict } : data;
  }
  const object = callee.type === 'MemberExpression' ? unwrap(callee.object) : null;
  if (isTaskCall(call)) {
    const command = isCommandCall(call);
    if (isEnvironmentCall(pass, object)) return { kind: 'task', environment: null, command };
    if (object?.type === 'Identifier' && pass.module.has(object.name)) {
      return { kind: 'task', environment: object.name, command };
    }
  }
  if (isEnum(call)) return { kind: 'data', verdict: [] };
  return dataValue(pass, facts, call);
}

/** An emitted enum: names and literals put into one object, which is returned. */
export function isEnum(call: Node & { type: 'CallExpression' }): boolean {
  const callee = unwrap(call.callee);
  if (callee.type !== 'ArrowFunctionExpression' || callee.params.length !== 1) return false;
  const statements = callee.body.type === 'BlockStatement' ? callee.body.body : [];
  return (
    statements.length > 0 &&
    statements.every((it, index) => {
      if (index === statements.length - 1) return it.type === 'ReturnStatement';
      const set = it.type === 'ExpressionStatement' ? it.expression : null;
      return set?.type === 'AssignmentExpression' && set.right.type === 'Literal';
    })
  );
}

function dataValue(pass: Pass, facts: CodeFacts, node: Node): Value {
  const purity = new Purity(contextOf(pass, facts));
  purity.data(node);
  const verdict = purity.verdict();
  if (verdict !== 'never' || node.type !== 'ObjectExpression') return { kind: 'data', verdict };
  const members: string[] = [];
  for (const it of node.properties) {
    if (it.type === 'SpreadElement' || it.kind !== 'init') return { kind: 'opaque' };
    const name = keyName(it);
    if (name === null || name === '__proto__') return { kind: 'opaque' };
    members.push(name);
  }
  return { kind: 'object', members };
}

/** The expression that a declarator or a default export evaluates. */
export function initialiserOf(node: Node): Node | null {
  if (node.type !== 'VariableDeclarator') return unwrap(node);
  return node.init === null ? null : unwrap(node.init);
}
