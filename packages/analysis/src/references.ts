import type { CodeFacts, SkeinNames } from './code-facts.ts';
import { NameRecord } from './name-record.ts';
import { Scope, declareHoisted, declareLexical, patternNames } from './scope.ts';
import type { Binding } from './scope.ts';
import { USE } from './summary.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';
import { isTaskCall } from './task-call.ts';
import {
  eachChild,
  isFunction,
  keyName,
  literalText,
  memberName,
  takesName,
  unwrap,
} from './syntax.ts';

/**
 * Walks emitted code and separates what it binds itself from what it takes from the module.
 * Invariant: a name counts as local only where a declaration of the language binds it; in doubt
 * it is a reference, which can only make a digest cover more.
 */
class ReferenceWalker extends NameRecord {
  #depth = 0;

  visit(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        return this.reference(node, scope, null);
      case 'Literal':
        if (typeof node.value === 'string' || 'regex' in node) this.literals.push(node);
        return;
      case 'TemplateElement':
        this.literals.push({ start: node.start, end: node.end });
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(node, scope);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#class(node, scope);
      case 'BlockStatement':
      case 'StaticBlock':
        return this.#block(node, scope);
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#loop(node, scope);
      case 'SwitchStatement':
        return this.#switch(node, scope);
      case 'CatchClause':
        return this.#catch(node, scope);
      case 'VariableDeclaration':
        for (const it of node.declarations) this.declarator(it, scope);
        return;
      case 'AssignmentExpression':
        return this.#assignment(node, scope);
      case 'UpdateExpression':
        this.#write(node.argument, scope, { from: 'part', value: node });
        return;
      case 'MemberExpression':
        return this.#member(node, scope, 0);
      case 'CallExpression':
        return this.#call(node, scope);
      default:
        return this.#rest(node, scope);
    }
  }

  /** The less frequent nodes; everything else is its children. */
  #rest(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'NewExpression':
        if (node.callee.type !== 'Identifier') break;
        if (node.callee.name === 'Function') this.widen('new Function', node.callee, scope);
        this.useOf.set(node.callee, { uses: USE.call, member: null });
        break;
      case 'ImportExpression': {
        const specifier = literalText(node.source);
        if (specifier === null) {
          this.computedImport = true;
          this.imports.push({ start: node.source.start, end: node.source.end });
        } else this.requests.push(specifier);
        break;
      }
      case 'MetaProperty':
        if (node.meta.name === 'import') this.meta.push({ start: node.start, end: node.end });
        return;
      case 'WithStatement':
        this.whole ??= 'with';
        break;
      case 'Property':
        return this.#property(node, scope);
      case 'MethodDefinition':
      case 'PropertyDefinition':
      case 'AccessorProperty':
        this.#key(node, scope);
        if (node.value !== null) this.visit(node.value, scope);
        return;
      case 'LabeledStatement':
        return this.visit(node.body, scope);
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
    }
    eachChild(node, (child) => this.visit(child, scope));
  }

  #member(node: Node & { type: 'MemberExpression' }, scope: Scope, how: number): void {
    const name = memberName(node);
    const object = unwrap(node.object);
    if (object.type === 'Identifier') {
      let uses: number = how || USE.value;
      if (name === null) uses = USE.computed;
      if (name === 'forward') uses = USE.forward;
      this.useOf.set(object, { uses, member: name });
      const local = scope.find(object.name);
      if (name === 'forward' && local !== null && !isMadeHere(local)) this.forwards = true;
    } else if (name === 'forward' && object.type !== 'ThisExpression' && object.type !== 'Super') {
      this.forwards = true;
    }
    this.visit(node.object, scope);
    if (node.computed) this.visit(node.property, scope);
  }

  #call(node: Node & { type: 'CallExpression' }, scope: Scope): void {
    const callee = unwrap(node.callee);
    const first = node.arguments[0];
    if (callee.type === 'Identifier') this.#plainCall(node, callee, scope);
    const method = memberName(callee);
    if (method === 'map' && first?.type === 'Identifier' && node.arguments.length === 1) {
      if (scope.find(first.name) === null) this.useOf.set(first, { uses: USE.map, member: null });
    }
    if (isMapMethod(method) && first?.type === 'Identifier' && node.arguments.length === 1) {
      if (scope.find(first.name) === null)
        this.mapCalls.push({ name: first.name, at: first.start });
    }
    if (isTaskCall(node)) {
      this.taskCalls.push({ what: 'task', node, inFunction: this.#depth > 0, scope });
    }
    if (callee.type === 'MemberExpression') {
      this.#member(callee, scope, method === 'override' ? USE.override : USE.value);
    } else this.visit(node.callee, scope);
    for (const argument of node.arguments) this.visit(argument, scope);
  }

  #plainCall(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'Identifier' },
    scope: Scope,
  ): void {
    const first = node.arguments[0];
    if (scope.find(callee.name) !== null) return;
    this.useOf.set(callee, { uses: USE.call, member: null });
    if (callee.name === 'Function') this.widen('new Function', callee, scope);
    if (callee.name === 'require') {
      const specifier = literalText(first);
      if (specifier === null) this.computedImport = true;
      else this.requests.push(`require ${specifier}`);
    }
    if (this.skein.checkpoints.has(callee.name)) {
      this.taskCalls.push({ what: 'checkpoint', node, inFunction: this.#depth > 0, scope });
    }
    if (this.skein.skeinMaps.has(callee.name) && first?.type === 'Identifier') {
      if (scope.find(first.name) === null) this.useOf.set(first, { uses: USE.map, member: null });
    }
  }

  #property(node: Node & { type: 'Property' }, scope: Scope): void {
    if (node.shorthand) return this.pattern(node.value, scope, keyName(node));
    this.#key(node, scope);
    this.visit(node.value, scope);
  }

  #key(node: { readonly key: Node; readonly computed: boolean }, scope: Scope): void {
    if (node.computed || node.key.type === 'Literal') this.visit(node.key, scope);
  }

  /** Visits a binding or assignment pattern; `key` is the property of a shorthand. */
  pattern(node: Node, scope: Scope, key: string | null = null): void {
    switch (node.type) {
      case 'Identifier':
        return this.reference(node, scope, key);
      case 'AssignmentPattern':
        if (takesName(node.right)) this.keepName(node.left, scope);
        this.pattern(node.left, scope, key);
        return this.visit(node.right, scope);
      case 'ArrayPattern':
        for (const element of node.elements) if (element !== null) this.pattern(element, scope);
        return;
      case 'RestElement':
        return this.pattern(node.argument, scope);
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.pattern(property.argument, scope);
          else {
            const name = keyName(property);
            if (name === 'forward' || name === null) this.forwards = true;
            if (!property.shorthand) this.#key(property, scope);
            this.pattern(property.value, scope, property.shorthand ? name : null);
          }
        }
        return;
      default:
        return this.visit(node, scope);
    }
  }

  declarator(node: Node & { type: 'VariableDeclarator' }, scope: Scope): void {
    if (takesName(node.init)) this.keepName(node.id, scope);
    if (node.id.type === 'Identifier') {
      const write = node.init === null ? null : { from: 'expression' as const, value: node.init };
      if (write !== null) scope.find(node.id.name)?.writes.push(write);
      if (isFunction(node.init)) this.declares(node.id, scope, node.init);
    } else if (node.init !== null)
      this.writeAll(node.id, scope, { from: 'part', value: node.init });
    this.pattern(node.id, scope);
    if (node.init !== null) this.visit(node.init, scope);
  }

  #assignment(node: Node & { type: 'AssignmentExpression' }, scope: Scope): void {
    if (takesName(node.right)) this.keepName(node.left, scope);
    const from = node.left.type === 'Identifier' && node.operator === '=' ? 'expression' : 'part';
    this.#write(node.left, scope, { from, value: node.right });
    this.visit(node.right, scope);
  }

  #write(target: Node, scope: Scope, write: { from: 'expression' | 'part'; value: Node }): void {
    this.writeAll(target, scope, write);
    this.pattern(target, scope);
  }

  #function(node: FunctionNode, outer: Scope): void {
    this.#depth++;
    if (node.type === 'FunctionDeclaration') this.declares(node.id, outer, node);
    let scope = outer;
    if (node.type === 'FunctionExpression' && node.id !== null) {
      scope = new Scope(outer);
      scope.declare(node.id.name, true).writes.push({ from: 'declaration' });
      this.declares(node.id, scope, node);
    }
    const parameters = new Scope(scope);
    for (const parameter of node.params) {
      for (const name of patternNames(parameter)) {
        parameters.declare(name).writes.push({ from: 'parameter' });
      }
    }
    for (const parameter of node.params) this.pattern(parameter, parameters);
    if (node.body?.type === 'BlockStatement') {
      const body = new Scope(parameters);
      declareHoisted(node.body, body);
      for (const name of hoistedParameters(node.body, node.params)) {
        body.declare(name).writes.push({ from: 'parameter' });
      }
      declareLexical(node.body.body, body);
      for (const statement of node.body.body) this.visit(statement, body);
    } else if (node.body) this.visit(node.body, parameters);
    this.#depth--;
  }

  #class(node: ClassNode, outer: Scope): void {
    let scope = outer;
    if (node.type === 'ClassDeclaration') this.declares(node.id, outer, node);
    if (node.type === 'ClassExpression' && node.id !== null) {
      scope = new Scope(outer);
      scope.declare(node.id.name, true).writes.push({ from: 'declaration' });
      this.declares(node.id, scope, node);
    }
    if (node.superClass !== null) this.visit(node.superClass, scope);
    for (const member of node.body.body) this.visit(member, scope);
  }

  #block(node: Node & { type: 'BlockStatement' | 'StaticBlock' }, outer: Scope): void {
    const scope = new Scope(outer);
    if (node.type === 'StaticBlock') {
      for (const statement of node.body) declareHoisted(statement, scope);
    }
    declareLexical(node.body, scope);
    for (const statement of node.body) this.visit(statement, scope);
  }

  #loop(
    node: Node & { type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' },
    outer: Scope,
  ): void {
    const scope = new Scope(outer);
    const head = node.type === 'ForStatement' ? node.init : node.left;
    if (head?.type === 'VariableDeclaration') declareLexical([head], scope);
    if (node.type !== 'ForStatement') {
      const target = head?.type === 'VariableDeclaration' ? head.declarations[0]?.id : head;
      if (target) this.writeAll(target, scope, { from: 'part', value: node.right });
      if (head) {
        if (head.type === 'VariableDeclaration') this.visit(head, scope);
        else this.pattern(head, scope);
      }
      this.visit(node.right, scope);
    } else {
      for (const part of [node.init, node.test, node.update]) {
        if (part !== null) this.visit(part, scope);
      }
    }
    this.visit(node.body, scope);
  }

  #switch(node: Node & { type: 'SwitchStatement' }, outer: Scope): void {
    this.visit(node.discriminant, outer);
    const scope = new Scope(outer);
    for (const it of node.cases) declareLexical(it.consequent, scope);
    for (const it of node.cases) eachChild(it, (child) => this.visit(child, scope));
  }

  #catch(node: Node & { type: 'CatchClause' }, outer: Scope): void {
    const scope = new Scope(outer);
    if (node.param !== null) {
      for (const name of patternNames(node.param)) {
        scope.declare(name).writes.push({ from: 'catch' });
      }
      this.pattern(node.param, scope);
    }
    this.visit(node.body, scope);
  }
}

/** Names that are both a parameter and a `var` of the body: the `var` starts as the parameter. */
function hoistedParameters(body: Node, parameters: readonly Node[]): string[] {
  const scope = new Scope(null);
  declareHoisted(body, scope);
  return parameters.flatMap((it) => patternNames(it)).filter((name) => scope.find(name) !== null);
}

function isMadeHere(binding: Binding): boolean {
  return (
    binding.writes.length > 0 &&
    binding.writes.every((it) => it.from === 'expression' && it.value.type === 'NewExpression')
  );
}

function isMapMethod(name: string | null): boolean {
  return name === 'map' || name === 'flatMap';
}

/** Facts about one node that is evaluated at module scope. */
export function collectFacts(node: Node, skein: SkeinNames): CodeFacts {
  const walker = new ReferenceWalker(skein);
  const scope = new Scope(null);
  if (node.type === 'VariableDeclarator') walker.declarator(node, scope);
  else walker.visit(node, scope);
  return walker.facts();
}
