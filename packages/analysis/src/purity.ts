import { isKnownNamespace, isPureCall, isPureConstructor } from './built-ins.ts';
import { isReadMethod, isWriteMethod } from './built-ins.ts';
import type { Binding } from './scope.ts';
import type { Need, Verdict } from './summary.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';
import { eachChild, keyName, memberName, unwrap } from './syntax.ts';

/** What purity has to know about the module that a piece of code stands in. */
export interface PurityContext {
  /** Names declared or imported at module scope: every other free name is a global. */
  readonly module: ReadonlySet<string>;
  /** Local names of `environment` and `checkpoint` of `skein`. */
  readonly declarers: ReadonlySet<string>;
  /** Local names of namespace imports, and of default imports of Node's modules. */
  readonly namespaces: ReadonlySet<string>;
  readonly locals: ReadonlyMap<Node, Binding>;
  /** Ends of `/* @__PURE__ *\/` comments, blanks behind them included. */
  readonly pureAt: ReadonlySet<number>;
}

/**
 * Decides whether evaluating code can be noticed outside of it (C2). Everything is an effect but
 * what is listed here; what depends on other declarations becomes a `Need` for the linker.
 * Parameters are taken to be data, so every call site has to prove that of its arguments.
 */
export class Purity {
  readonly #context: PurityContext;
  readonly #needs = new Map<string, Need>();
  readonly #settled = new Set<Binding>();
  /** Parameters that are another name of an owned one, as in an emitted namespace. */
  readonly #aliases = new Set<Binding>();
  #failed = false;
  /** `this` is an object under construction. */
  #building = false;
  /** Module-level names that may be assigned or added to, and the alias of a namespace. */
  readonly #owned: ReadonlySet<string>;

  constructor(context: PurityContext, owned: ReadonlySet<string> = new Set()) {
    this.#context = context;
    this.#owned = owned;
  }

  verdict(): Verdict {
    return this.#failed ? 'never' : [...this.#needs.values()];
  }

  #fail(): void {
    this.#failed = true;
  }

  #need(need: Need): void {
    const member = 'member' in need ? need.member : '';
    this.#needs.set(`${need.kind} ${need.name} ${member}`, need);
  }

  /** Evaluates an expression or statement. */
  run(node: Node): void {
    if (this.#failed) return;
    switch (node.type) {
      case 'Literal':
      case 'Identifier':
      case 'TemplateElement':
      case 'ThisExpression':
      case 'MetaProperty':
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'EmptyStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'TemplateLiteral':
        for (const it of node.expressions) this.data(it);
        return;
      case 'BinaryExpression':
        return this.#binary(node);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#class(node);
      case 'MemberExpression':
        return this.#member(node);
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#new(node);
      case 'AssignmentExpression':
        return this.#assign(node.left, node.right);
      case 'UpdateExpression':
        return this.#assign(node.argument, null);
      case 'SpreadElement':
        return this.data(node.argument);
      case 'Property':
        if (node.computed) this.data(node.key);
        return isFunction(node.value) ? undefined : this.run(node.value);
      case 'VariableDeclarator':
        if (node.init !== null) this.run(node.init);
        return this.#pattern(node.id, node.init);
      case 'ForOfStatement':
        if (node.await) return this.#fail();
        this.data(node.right);
        return this.#loop(node.left, node.body);
      case 'ForInStatement':
        this.data(node.right);
        return this.#loop(node.left, node.body);
      default:
        if (!TRANSPARENT.has(node.type)) return this.#fail();
        eachChild(node, (child) => this.run(child));
    }
  }

  /** Evaluates an expression and requires data of it: what may be read, iterated, printed. */
  data(node: Node): void {
    if (this.#failed) return;
    switch (node.type) {
      case 'Literal':
      case 'TemplateLiteral':
      case 'BinaryExpression':
      case 'UnaryExpression':
      case 'UpdateExpression':
        return this.run(node);
      case 'Identifier':
        return this.#dataOf(node);
      case 'ArrayExpression':
        for (const it of node.elements) {
          if (it !== null) this.data(it.type === 'SpreadElement' ? it.argument : it);
        }
        return;
      case 'ObjectExpression':
        return this.#dataObject(node);
      case 'ConditionalExpression':
        this.run(node.test);
        this.data(node.consequent);
        return this.data(node.alternate);
      case 'LogicalExpression':
        this.data(node.left);
        return this.data(node.right);
      case 'SequenceExpression':
        for (const it of node.expressions) this.data(it);
        return;
      case 'AssignmentExpression':
        this.run(node);
        return this.data(node.right);
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.data(node.expression);
      case 'MemberExpression':
        return this.#dataMember(node);
      case 'CallExpression':
        return this.#dataCall(node);
      case 'NewExpression':
        this.#new(node);
        if (node.callee.type !== 'Identifier' || !this.#isGlobal(node.callee)) this.#fail();
        return;
      default:
        return this.#fail();
    }
  }

  #dataOf(node: Node & { type: 'Identifier' }): void {
    const local = this.#context.locals.get(node);
    if (local !== undefined) return this.#dataBinding(local);
    if (node.name === 'undefined' || node.name === 'NaN' || node.name === 'Infinity') return;
    if (this.#context.module.has(node.name)) this.#need({ kind: 'data', name: node.name });
    else this.#fail();
  }

  #dataBinding(binding: Binding): void {
    if (this.#aliases.has(binding)) return this.#fail();
    if (this.#settled.has(binding)) return;
    this.#settled.add(binding);
    for (const write of binding.writes) {
      if (write.from === 'declaration') this.#fail();
      if (write.from === 'expression' || write.from === 'part') this.data(write.value);
    }
  }

  #dataObject(node: Node & { type: 'ObjectExpression' }): void {
    for (const it of node.properties) {
      if (it.type === 'SpreadElement') this.data(it.argument);
      else {
        if (it.kind !== 'init' || it.method || keyName(it) === '__proto__') return this.#fail();
        if (it.computed) this.data(it.key);
        this.data(it.value);
      }
    }
  }

  #dataMember(node: Node & { type: 'MemberExpression' }): void {
    const root = rootOf(node);
    if (root.type === 'MetaProperty') return;
    if (root.type === 'Identifier' && this.#isGlobal(root)) {
      return isKnownNamespace(root.name) ? undefined : this.#fail();
    }
    if (node.computed) this.data(node.property);
    this.data(node.object);
  }

  #binary(node: Node & { type: 'BinaryExpression' }): void {
    if (node.operator === '===' || node.operator === '!==') {
      this.run(node.left);
      return this.run(node.right);
    }
    if (node.operator === 'instanceof') return this.#fail();
    if (node.left.type === 'PrivateIdentifier') return this.run(node.right);
    this.data(node.left);
    this.data(node.right);
  }

  #unary(node: Node & { type: 'UnaryExpression' }): void {
    if (node.operator === 'delete') return this.#fail();
    if (node.operator === '!' || node.operator === 'typeof' || node.operator === 'void') {
      return this.run(node.argument);
    }
    this.data(node.argument);
  }

  /** Reads through a destructuring pattern. */
  #pattern(pattern: Node, value: Node | null): void {
    if (pattern.type === 'Identifier') return;
    if (value !== null) this.data(value);
    eachChild(pattern, (child) => {
      if (child.type === 'AssignmentPattern') this.run(child.right);
      else if (child.type === 'Property' || child.type.endsWith('Pattern')) this.#nested(child);
    });
  }

  #nested(node: Node): void {
    if (node.type === 'Property') {
      if (node.computed) this.data(node.key);
      if (node.value.type === 'AssignmentPattern') this.run(node.value.right);
      if (node.value.type.endsWith('Pattern')) this.#pattern(node.value, null);
    } else this.#pattern(node, null);
  }

  #loop(head: Node, body: Node): void {
    if (head.type !== 'VariableDeclaration') this.#assign(head, null);
    this.run(body);
  }

  #class(node: ClassNode): void {
    if (node.superClass !== null && node.superClass.type !== 'Identifier') this.#fail();
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock' || member.type === 'TSIndexSignature') {
        return this.#fail();
      }
      if (member.computed) this.data(member.key);
      const isField = member.type === 'PropertyDefinition' || member.type === 'AccessorProperty';
      if (isField && member.static && member.value !== null) this.run(member.value);
    }
  }

  #member(node: Node & { type: 'MemberExpression' }): void {
    const root = rootOf(node);
    const object = unwrap(node.object);
    if (root.type === 'MetaProperty' || object.type === 'ThisExpression') return this.#computed(node);
    if (object.type !== 'Identifier' || this.#context.locals.has(object)) {
      return this.#dataMember(node);
    }
    if (this.#isGlobal(object)) return this.#dataMember(node);
    const name = memberName(node);
    if (name === null) return this.#dataMember(node);
    if (!this.#owned.has(object.name)) this.#need({ kind: 'member', name: object.name, member: name });
  }

  #computed(node: Node & { type: 'MemberExpression' }): void {
    if (node.computed) this.data(node.property);
  }

  #assign(target: Node, value: Node | null): void {
    if (value !== null) this.run(value);
    if (target.type === 'Identifier') {
      if (!this.#context.locals.has(target) && !this.#owned.has(target.name)) this.#fail();
      return;
    }
    if (target.type !== 'MemberExpression') return this.#fail();
    if (target.computed) this.data(target.property);
    const object = unwrap(target.object);
    if (object.type === 'ThisExpression' && this.#building) return;
    if (memberName(target) === '__proto__' || !this.#isFresh(object)) return this.#fail();
    if (value !== null && !this.#isOwned(object)) this.data(value);
  }

  #isOwned(node: Node): boolean {
    if (node.type !== 'Identifier') return isPrototype(node) && this.#isOwned(node.object);
    const local = this.#context.locals.get(node);
    return local === undefined ? this.#owned.has(node.name) : this.#aliases.has(local);
  }

  #isLocal(node: Node): boolean {
    return this.#context.locals.has(node);
  }

  #isGlobal(node: Node & { type: 'Identifier' }): boolean {
    return !this.#isLocal(node) && !this.#context.module.has(node.name);
  }

  /** An object that this code made itself, so that changing it shows nowhere else. */
  #isFresh(node: Node): boolean {
    if (this.#isOwned(node)) return true;
    if (node.type === 'Identifier') {
      const local = this.#context.locals.get(node);
      if (local === undefined || local.writes.length === 0) return false;
      return local.writes.every((it) => it.from === 'expression' && this.#isFreshValue(it.value));
    }
    return this.#isFreshValue(node);
  }

  #isFreshValue(node: Node): boolean {
    if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true;
    if (node.type === 'NewExpression') {
      return node.callee.type === 'Identifier' && this.#isGlobal(node.callee);
    }
    if (node.type === 'LogicalExpression') {
      return this.#isFresh(node.left) && this.#isFresh(node.right);
    }
    return false;
  }

  #arguments(nodes: readonly Node[]): void {
    for (const it of nodes) {
      if (isFunction(it)) this.body(it);
      else this.data(it.type === 'SpreadElement' ? it.argument : it);
    }
  }

  #call(node: Node & { type: 'CallExpression' }): void {
    const callee = unwrap(node.callee);
    if (this.#context.pureAt.has(node.start)) {
      for (const it of node.arguments) this.run(it);
      return;
    }
    if (isFunction(callee)) {
      this.#ownArguments(callee, node.arguments);
      return this.body(callee);
    }
    if (callee.type === 'Identifier') return this.#named(node, callee, 'call');
    if (callee.type === 'MemberExpression') return this.#method(node, callee);
    this.#fail();
  }

  /** Arguments of a function written on the spot: `X || (X = {})` hands an owned name to it. */
  #ownArguments(callee: FunctionNode, nodes: readonly Node[]): void {
    for (const [index, it] of nodes.entries()) {
      const parameter = callee.params[index];
      if (it.type === 'LogicalExpression' && this.#isOwned(it.left)) {
        this.run(it.right);
        const alias = parameter === undefined ? undefined : this.#context.locals.get(parameter);
        if (alias !== undefined) this.#aliases.add(alias);
      } else this.#arguments([it]);
    }
  }

  #named(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'Identifier' },
    kind: 'call' | 'call-data',
  ): void {
    const local = this.#context.locals.get(callee);
    if (local !== undefined) {
      // A local function's body is judged where it is written: see `body`.
      const known = local.writes.every(
        (it) => it.from === 'declaration' || (it.from === 'expression' && isFunction(it.value)),
      );
      if (!known || local.writes.length === 0 || kind === 'call-data') this.#fail();
      return this.#arguments(node.arguments);
    }
    if (this.#context.declarers.has(callee.name)) {
      for (const it of node.arguments) this.run(it);
      return;
    }
    if (this.#context.module.has(callee.name)) this.#need({ kind, name: callee.name });
    else if (!isPureCall(null, callee.name)) this.#fail();
    this.#arguments(node.arguments);
  }

  #method(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'MemberExpression' },
  ): void {
    const name = memberName(callee);
    const object = unwrap(callee.object);
    if (name === null) return this.#fail();
    if (name === 'task' && object.type === 'CallExpression' && this.#declares(object)) {
      for (const it of [...object.arguments, ...node.arguments]) this.run(it);
      return;
    }
    if (object.type === 'Identifier' && !this.#isLocal(object)) {
      if (this.#isGlobal(object)) {
        if (object.name === 'Object' && isFreezer(name)) return this.#freeze(node.arguments[0]);
        if (isPureCall(object.name, name)) return this.#arguments(node.arguments);
        if (object.name === 'Symbol') return this.#fail();
      } else if (this.#context.namespaces.has(object.name)) {
        this.#need({ kind: 'call', name: object.name, member: name });
        return this.#arguments(node.arguments);
      } else if (name === 'task') {
        this.#need({ kind: 'environment', name: object.name });
        for (const it of node.arguments) this.run(it);
        return;
      }
    }
    if (!isReadMethod(name) && !(isWriteMethod(name) && this.#isFresh(object))) {
      return this.#fail();
    }
    this.data(object);
    this.#arguments(node.arguments);
  }

  #declares(node: Node & { type: 'CallExpression' }): boolean {
    return node.callee.type === 'Identifier' && this.#context.declarers.has(node.callee.name);
  }

  #freeze(argument: Node | undefined): void {
    if (argument === undefined || !this.#isFresh(argument)) return this.#fail();
    this.run(argument);
  }

  #dataCall(node: Node & { type: 'CallExpression' }): void {
    const callee = unwrap(node.callee);
    if (callee.type === 'Identifier') {
      if (this.#context.declarers.has(callee.name)) return this.#fail();
      return this.#named(node, callee, 'call-data');
    }
    if (callee.type !== 'MemberExpression' || memberName(callee) === 'task') return this.#fail();
    this.#call(node);
    const [first] = node.arguments;
    if (memberName(callee) === 'freeze' && first !== undefined) this.data(first);
  }

  #new(node: Node & { type: 'NewExpression' }): void {
    if (this.#context.pureAt.has(node.start)) {
      for (const it of node.arguments) this.run(it);
      return;
    }
    const { callee } = node;
    if (callee.type !== 'Identifier' || this.#isLocal(callee)) return this.#fail();
    if (this.#context.module.has(callee.name)) this.#need({ kind: 'construct', name: callee.name });
    else if (!isPureConstructor(callee.name)) return this.#fail();
    this.#arguments(node.arguments);
  }

  /** The body of a function, as if it were executed now. Nested functions count as executed. */
  body(node: FunctionNode): void {
    if (node.async || node.generator) return this.#fail();
    for (const it of node.params) {
      if (it.type === 'AssignmentPattern') this.run(it.right);
    }
    if (node.body) this.#nestedBodies(node.body);
  }

  #nestedBodies(body: Node): void {
    this.run(body);
    this.#functionsIn(body);
  }

  /** Functions written in a body are called by it, or not: to be sure all are judged. */
  #functionsIn(node: Node): void {
    if (this.#failed) return;
    eachChild(node, (child) => {
      if (isFunction(child)) this.body(child);
      else this.#functionsIn(child);
    });
  }

  /** A constructor, with the fields it fills. */
  construct(node: ClassNode): void {
    const superclass = node.superClass;
    if (superclass !== null) {
      if (superclass.type !== 'Identifier') return this.#fail();
      if (this.#context.module.has(superclass.name)) {
        this.#need({ kind: 'construct', name: superclass.name });
      } else if (!isPureConstructor(superclass.name)) return this.#fail();
    }
    this.#building = superclass === null || isErrorName(superclass);
    for (const member of node.body.body) {
      if (member.type === 'PropertyDefinition' && !member.static && member.value !== null) {
        this.run(member.value);
      }
      if (member.type === 'AccessorProperty') this.#fail();
      if (member.type !== 'MethodDefinition') continue;
      if (member.kind === 'get' || member.kind === 'set') this.#fail();
      if (member.kind === 'constructor') this.#constructorOf(member.value);
    }
    this.#building = false;
  }

  #constructorOf(node: Node): void {
    if (!isFunction(node)) return this.#fail();
    const { body } = node;
    if (body?.type !== 'BlockStatement') return this.#fail();
    for (const statement of body.body) {
      const call = statement.type === 'ExpressionStatement' ? statement.expression : null;
      if (call?.type === 'CallExpression' && call.callee.type === 'Super') {
        this.#arguments(call.arguments);
      } else this.run(statement);
    }
    this.#functionsIn(body);
  }

  /** What a function returns, each return data. */
  returns(node: FunctionNode): void {
    if (node.body?.type !== 'BlockStatement') {
      if (node.body) this.data(node.body);
      return;
    }
    for (const it of returnsOf(node.body)) this.data(it);
  }
}

/** Nodes that do nothing themselves: their children are evaluated. */
const TRANSPARENT = new Set([
  'Program BlockStatement ExpressionStatement ReturnStatement IfStatement ForStatement',
  'WhileStatement DoWhileStatement SwitchStatement SwitchCase TryStatement CatchClause',
  'ThrowStatement LabeledStatement VariableDeclaration ArrayExpression ObjectExpression Property',
  'ConditionalExpression LogicalExpression SequenceExpression ChainExpression',
  'ParenthesizedExpression ArrayPattern ObjectPattern RestElement',
].flatMap((it) => it.split(' ')));

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}

/** Return values of a function's own body. */
export function returnsOf(body: Node, into: Node[] = []): Node[] {
  eachChild(body, (child) => {
    if (isFunction(child) || child.type.startsWith('Class')) return;
    if (child.type === 'ReturnStatement') {
      if (child.argument !== null) into.push(child.argument);
    } else returnsOf(child, into);
  });
  return into;
}

function rootOf(node: Node): Node {
  let inner = unwrap(node);
  while (inner.type === 'MemberExpression') inner = unwrap(inner.object);
  return inner;
}

function isFreezer(name: string): boolean {
  return name === 'freeze' || name === 'seal' || name === 'preventExtensions';
}

function isPrototype(node: Node): node is Node & { type: 'MemberExpression' } {
  return memberName(node) === 'prototype';
}

function isErrorName(node: Node): boolean {
  return node.type === 'Identifier' && node.name.endsWith('Error') ;
}
