import { isKnownNamespace, isPureConstructor } from './built-ins.ts';
import { CallPurity } from './call-purity.ts';
import type { Binding } from './scope.ts';
import { eachChild, isFunction, keyName, memberName, unwrap } from './syntax.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';

/**
 * Decides whether evaluating code can be noticed outside of it (C2). Everything is an effect but
 * what is listed here; what depends on other declarations becomes a `Need` for the linker.
 * Parameters are taken to be data, so every call site has to prove that of its arguments.
 */
export class Purity extends CallPurity {
  readonly #settled = new Set<Binding>();
  /** `this` is an object under construction. */
  #building = false;

  /** Evaluates an expression or statement. */
  override run(node: Node): void {
    if (this.failed) return;
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
        return this.call(node);
      case 'NewExpression':
        return this.new(node);
      case 'AssignmentExpression':
        return this.#assign(node.left, node.right);
      case 'UpdateExpression':
        return this.#assign(node.argument, null);
      case 'SpreadElement':
        return this.consumed(node.argument);
      case 'VariableDeclaration':
        // `using` calls what it is given when its block ends.
        if (node.kind === 'using' || node.kind === 'await using') return this.fail();
        return eachChild(node, (child) => this.run(child));
      case 'Property':
        if (node.computed) this.data(node.key);
        return isFunction(node.value) ? undefined : this.run(node.value);
      case 'VariableDeclarator':
        return this.#declarator(node);
      case 'ForOfStatement':
        if (node.await) return this.fail();
        this.consumed(node.right);
        return this.#loop(node.left, node.body);
      case 'ForInStatement':
        this.data(node.right);
        return this.#loop(node.left, node.body);
      default:
        if (!TRANSPARENT.has(node.type)) return this.fail();
        eachChild(node, (child) => this.run(child));
    }
  }

  /** Evaluates an expression and requires data of it: what may be read, iterated, printed. */
  override data(node: Node): void {
    if (this.failed) return;
    switch (node.type) {
      case 'Literal':
        return isSticky(node) ? this.fail() : undefined;
      case 'TemplateLiteral':
      case 'BinaryExpression':
      case 'UnaryExpression':
      case 'UpdateExpression':
        return this.run(node);
      case 'Identifier':
        return this.#dataOf(node);
      case 'ArrayExpression':
        for (const it of node.elements) {
          if (it?.type === 'SpreadElement') this.consumed(it.argument);
          else if (it !== null) this.data(it);
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
        return this.dataCall(node);
      case 'NewExpression':
        this.new(node);
        if (node.callee.type !== 'Identifier' || !this.isGlobal(node.callee)) this.fail();
        return;
      default:
        return this.fail();
    }
  }

  #dataOf(node: Node & { type: 'Identifier' }): void {
    const local = this.context.locals.get(node);
    if (local !== undefined) return this.#dataBinding(local);
    if (node.name === 'undefined' || node.name === 'NaN' || node.name === 'Infinity') return;
    if (this.context.module.has(node.name)) this.need({ kind: 'data', name: node.name });
    else this.fail();
  }

  #dataBinding(binding: Binding): void {
    if (this.aliases.has(binding)) return this.fail();
    if (this.#settled.has(binding)) return;
    this.#settled.add(binding);
    for (const write of binding.writes) {
      if (write.from === 'declaration') this.fail();
      if (write.from === 'expression' || write.from === 'part') this.data(write.value);
    }
  }

  #dataObject(node: Node & { type: 'ObjectExpression' }): void {
    for (const it of node.properties) {
      if (it.type === 'SpreadElement') this.data(it.argument);
      else {
        if (it.kind !== 'init' || it.method || keyName(it) === '__proto__') return this.fail();
        if (it.computed) this.data(it.key);
        this.data(it.value);
      }
    }
  }

  #dataMember(node: Node & { type: 'MemberExpression' }): void {
    const root = rootOf(node);
    if (root.type === 'MetaProperty') return;
    if (root.type === 'Identifier' && this.isGlobal(root)) {
      return isKnownNamespace(root.name) ? undefined : this.fail();
    }
    if (node.computed) this.data(node.property);
    this.data(node.object);
  }

  #binary(node: Node & { type: 'BinaryExpression' }): void {
    if (node.operator === '===' || node.operator === '!==') {
      this.run(node.left);
      return this.run(node.right);
    }
    if (node.operator === 'instanceof') return this.fail();
    if (node.left.type === 'PrivateIdentifier') return this.run(node.right);
    this.data(node.left);
    this.data(node.right);
  }

  #unary(node: Node & { type: 'UnaryExpression' }): void {
    if (node.operator === 'delete') return this.fail();
    if (node.operator === '!' || node.operator === 'typeof' || node.operator === 'void') {
      return this.run(node.argument);
    }
    this.data(node.argument);
  }

  /** Reads through a pattern: defaults and computed keys are evaluated on the way. */
  protected override pattern(pattern: Node): void {
    switch (pattern.type) {
      case 'Identifier':
        return;
      case 'AssignmentPattern':
        this.run(pattern.right);
        return this.pattern(pattern.left);
      case 'RestElement':
        return this.pattern(pattern.argument);
      case 'ArrayPattern':
        for (const it of pattern.elements) if (it !== null) this.pattern(it);
        return;
      case 'ObjectPattern':
        for (const it of pattern.properties) {
          if (it.type === 'RestElement') this.pattern(it.argument);
          else {
            if (it.computed) this.data(it.key);
            this.pattern(it.value);
          }
        }
        return;
      default:
        return this.fail();
    }
  }

  #declarator(node: Node & { type: 'VariableDeclarator' }): void {
    if (node.init !== null) this.run(node.init);
    if (node.id.type === 'Identifier') return;
    if (node.init !== null) this.data(node.init);
    this.pattern(node.id);
  }

  #loop(head: Node, body: Node): void {
    if (head.type === 'VariableDeclaration') this.run(head);
    else this.#assign(head, null);
    this.run(body);
  }

  #class(node: ClassNode): void {
    if (node.superClass !== null && node.superClass.type !== 'Identifier') this.fail();
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock' || member.type === 'TSIndexSignature') {
        return this.fail();
      }
      if (member.computed) this.data(member.key);
      const isField = member.type === 'PropertyDefinition' || member.type === 'AccessorProperty';
      if (isField && member.static && member.value !== null) this.run(member.value);
    }
  }

  #member(node: Node & { type: 'MemberExpression' }): void {
    const root = rootOf(node);
    const object = unwrap(node.object);
    if (root.type === 'MetaProperty' || object.type === 'ThisExpression')
      return this.#computed(node);
    if (object.type !== 'Identifier' || this.context.locals.has(object)) {
      return this.#dataMember(node);
    }
    if (this.isGlobal(object)) return this.#dataMember(node);
    const name = memberName(node);
    if (name === null) return this.#dataMember(node);
    if (!this.owns(object.name)) this.need({ kind: 'member', name: object.name, member: name });
  }

  #computed(node: Node & { type: 'MemberExpression' }): void {
    if (node.computed) this.data(node.property);
  }

  #assign(target: Node, value: Node | null): void {
    if (value !== null) this.run(value);
    if (target.type === 'Identifier') {
      if (!this.context.locals.has(target) && !this.owns(target.name)) this.fail();
      return;
    }
    if (target.type !== 'MemberExpression') return this.fail();
    if (target.computed) this.data(target.property);
    const object = unwrap(target.object);
    if (object.type === 'ThisExpression' && this.#building) return;
    if (memberName(target) === '__proto__' || !this.isFresh(object)) return this.fail();
    if (value !== null && !this.isOwned(object)) this.data(value);
  }

  /** A top-level piece. What a block or a loop declares is called in it, if anywhere. */
  piece(node: Node): void {
    const hasLocals = node.type.endsWith('Statement') && node.type !== 'ExpressionStatement';
    if (hasLocals) this.nestedBodies(node);
    else this.run(node);
  }

  /** A constructor, with the fields it fills. */
  construct(node: ClassNode): void {
    const superclass = node.superClass;
    if (superclass !== null) {
      if (superclass.type !== 'Identifier') return this.fail();
      if (this.context.module.has(superclass.name)) {
        this.need({ kind: 'construct', name: superclass.name });
      } else if (!isPureConstructor(superclass.name)) return this.fail();
    }
    this.#building = superclass === null || isErrorName(superclass);
    for (const member of node.body.body) {
      if (member.type === 'PropertyDefinition' && !member.static && member.value !== null) {
        this.run(member.value);
      }
      if (member.type === 'AccessorProperty') this.fail();
      if (member.type !== 'MethodDefinition') continue;
      if (member.kind === 'get' || member.kind === 'set') this.fail();
      if (member.kind === 'constructor') this.#constructorOf(member.value);
    }
    this.#building = false;
  }

  #constructorOf(node: Node): void {
    if (!isFunction(node)) return this.fail();
    const { body } = node;
    if (body?.type !== 'BlockStatement') return this.fail();
    for (const statement of body.body) {
      const call = statement.type === 'ExpressionStatement' ? statement.expression : null;
      if (call?.type === 'CallExpression' && call.callee.type === 'Super') {
        this.arguments(call.arguments);
      } else this.run(statement);
    }
    this.functionsIn(body);
  }

  /** What a function returns, each return data. */
  returns(node: FunctionNode): void {
    const block = node.body?.type === 'BlockStatement' ? node.body : null;
    const results = block === null ? [node.body] : returnsOf(block);
    for (const it of results) {
      if (it === null) continue;
      // A global pattern is data as an argument; kept, it moves on.
      if (it.type === 'Literal' && 'regex' in it && it.regex.flags.includes('g')) this.fail();
      this.data(it);
    }
  }
}

/** Nodes that do nothing themselves: their children are evaluated. */
const TRANSPARENT = new Set(
  [
    'Program BlockStatement ExpressionStatement ReturnStatement IfStatement ForStatement',
    'WhileStatement DoWhileStatement SwitchStatement SwitchCase TryStatement CatchClause',
    'ThrowStatement LabeledStatement ArrayExpression ObjectExpression Property',
    'ConditionalExpression LogicalExpression SequenceExpression ChainExpression',
    'ParenthesizedExpression ArrayPattern ObjectPattern RestElement',
  ].flatMap((it) => it.split(' ')),
);

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

/** Matching moves a sticky pattern on: the next match says something else. */
function isSticky(node: Node & { type: 'Literal' }): boolean {
  return 'regex' in node && node.regex.flags.includes('y');
}

function isErrorName(node: Node): boolean {
  return node.type === 'Identifier' && node.name.endsWith('Error');
}
