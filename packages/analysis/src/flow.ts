import type { Slot } from './conduct.ts';
import { leaves } from './filling.ts';
import { FlowClasses } from './flow-classes.ts';
import { MOST_ARGUMENTS, isIndex, namedFace } from './flow-state.ts';
import { eachChild, isFunction, memberName, unwrap } from './syntax.ts';
import type { FunctionNode, Node } from './syntax.ts';

/**
 * Follows through one top-level piece where values go that others can reach too: objects bound to
 * names of a module, globals, whatever comes in from outside. Invariant: a value that could be such
 * an object has a slot, and every way from slot to slot has an edge; strings and numbers have none.
 */
export class Flow extends FlowClasses {
  value(node: Node): Slot | null {
    const found = this.#valueOf(node);
    this.given.set(node, found);
    return found;
  }

  #valueOf(node: Node): Slot | null {
    switch (node.type) {
      case 'Identifier':
        return this.#identifier(node);
      case 'ThisExpression':
        return this.frame.self;
      case 'MemberExpression':
        return this.#member(node);
      case 'CallExpression':
        return this.call(node);
      case 'NewExpression':
        return this.construct(node);
      case 'ImportExpression':
        return node.source.type === 'Literal' ? `@${String(node.source.value)}` : '@*';
      case 'ArrayExpression':
      case 'ObjectExpression':
        return this.#literal(node);
      case 'AssignmentExpression':
        return this.assignment(node);
      case 'UpdateExpression':
        this.assign(node.argument, null, node);
        return null;
      case 'LogicalExpression':
      case 'ConditionalExpression':
        return this.#choice(node);
      case 'SequenceExpression':
        return node.expressions.map((it) => this.value(it)).at(-1) ?? null;
      case 'AwaitExpression':
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.value(node.type === 'AwaitExpression' ? node.argument : node.expression);
      case 'SpreadElement':
        return this.draft.derive(this.value(node.argument), '.');
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        return this.#function(node);
      case 'ClassExpression':
      case 'ClassDeclaration':
        return this.readClass(node, null);
      default:
        return this.#statement(node);
    }
  }

  #identifier(node: Node & { type: 'Identifier' }): Slot | null {
    const local = this.context.locals.get(node);
    if (local === undefined) {
      if (this.context.module.has(node.name)) return node.name;
      if (node.name === 'arguments') return this.#arguments();
      return node.name === 'undefined' ? null : `^${node.name}`;
    }
    if (this.frame.home !== null && this.loaded.has(local)) this.usedLater.add(local);
    // A function that is not only called may be called from anywhere.
    for (const it of this.functionsOf(local) ?? []) this.handOut(this.faceOf(it), it.params.length);
    return this.slotOf(local);
  }

  #arguments(): Slot {
    const list = this.draft.slot();
    for (let at = 0; at <= MOST_ARGUMENTS; at++) {
      this.draft.edge(this.frame.called?.parameter(at) ?? '*', '[', list);
    }
    return list;
  }

  #member(node: Node & { type: 'MemberExpression' }): Slot | null {
    const name = memberName(node);
    const object = unwrap(node.object);
    if (this.isModuleName(object) && this.context.namespaces.has(object.name) && name !== null) {
      return `${object.name}.${name}`;
    }
    if (node.computed) this.value(node.property);
    const from = this.value(object);
    if (!isIndex(node)) this.takeMember({ from, name, object, at: node });
    return name === 'length' ? null : this.draft.derive(from, '.');
  }

  #literal(node: Node & { type: 'ArrayExpression' | 'ObjectExpression' }): Slot {
    const made = this.draft.slot();
    const members = node.type === 'ArrayExpression' ? node.elements : node.properties;
    for (const it of members) {
      if (it === null) continue;
      if (it.type === 'SpreadElement') this.draft.edge(this.value(it.argument), '~', made);
      else if (it.type !== 'Property') this.draft.edge(this.value(it), '[', made);
      else {
        if (it.computed) this.value(it.key);
        if (it.kind === 'init' && !it.method) this.draft.edge(this.value(it.value), '[', made);
        else this.draft.edge(this.#methodIn(it.value, made), '[', made);
      }
    }
    return made;
  }

  /** A method or accessor of an object: what a getter gives is in the object. */
  #methodIn(node: Node, self: Slot): Slot | null {
    if (!isFunction(node)) return this.value(node);
    const face = this.faceOf(node, self);
    this.handOut(face, node.params.length);
    this.inFrame(node, face, false);
    this.draft.edge(this.closureOf(node), '[', self);
    return face.result;
  }

  #choice(node: Node & { type: 'LogicalExpression' | 'ConditionalExpression' }): Slot | null {
    const read = (it: Node, places: readonly string[]): Slot | null => {
      let found: Slot | null = null;
      this.fillings.whileEmpty(places, () => {
        found = this.value(it);
      });
      return found;
    };
    if (node.type === 'ConditionalExpression') {
      this.value(node.test);
      const { test } = node;
      const [yes, no] = [
        this.fillings.emptyAfter(test, true),
        this.fillings.emptyAfter(test, false),
      ];
      return this.draft.join([read(node.consequent, yes), read(node.alternate, no)]);
    }
    const places = this.fillings.emptyAfter(node.left, node.operator === '&&');
    return this.draft.join([this.value(node.left), read(node.right, places)]);
  }

  /** Statements, and expressions that give nothing of what they are made of. */
  #statement(node: Node): Slot | null {
    switch (node.type) {
      case 'VariableDeclarator':
        this.#declarator(node);
        return null;
      case 'BlockStatement':
      case 'Program':
        this.#sequence(node.body);
        return null;
      case 'SwitchCase':
        if (node.test !== null) this.value(node.test);
        this.#sequence(node.consequent);
        return null;
      case 'IfStatement':
        this.#if(node);
        return null;
      case 'ReturnStatement':
        if (node.argument !== null) {
          this.draft.edge(this.value(node.argument), '=', this.frame.face?.result ?? null);
        }
        return null;
      case 'YieldExpression': {
        const given = node.argument === null ? null : this.value(node.argument);
        this.draft.edge(given, node.delegate ? '=' : '[', this.frame.face?.result ?? null);
        return this.draft.derive('*', '=');
      }
      case 'ThrowStatement':
        this.draft.edge(this.value(node.argument), '=', '*');
        return null;
      case 'CatchClause':
        if (node.param !== null) this.bind(node.param, this.draft.derive('*', '='), true);
        return this.value(node.body);
      case 'ForOfStatement':
      case 'ForInStatement':
        this.#loop(node);
        return null;
      case 'TaggedTemplateExpression':
        return this.#tagged(node);
      case 'UnaryExpression':
        this.#unary(node);
        return null;
      case 'LabeledStatement':
        return this.value(node.body);
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return null;
      default:
        eachChild(node, (child) => void this.value(child));
        return null;
    }
  }

  /** Statements in a row; behind `if (cache) return cache` the cache is empty. */
  #sequence(statements: readonly Node[]): void {
    for (const [index, it] of statements.entries()) {
      this.value(it);
      if (it.type !== 'IfStatement' || it.alternate !== null || !leaves(it.consequent)) continue;
      const places = this.fillings.emptyAfter(it.test, false);
      if (places.length === 0) continue;
      const others = statements.slice(index + 1);
      return this.fillings.whileEmpty(places, () => this.#sequence(others));
    }
  }

  #if({ test, consequent, alternate }: Node & { type: 'IfStatement' }): void {
    this.value(test);
    const read = (it: Node, outcome: boolean): void =>
      this.fillings.whileEmpty(this.fillings.emptyAfter(test, outcome), () => void this.value(it));
    read(consequent, true);
    if (alternate !== null) read(alternate, false);
  }

  #declarator(node: Node & { type: 'VariableDeclarator' }): void {
    const { id, init } = node;
    if (isFunction(init) && id.type === 'Identifier' && this.context.locals.has(id)) {
      this.bind(id, this.closureOf(init), true);
      return this.inFrame(init, this.faceOf(init), false);
    }
    this.bind(id, init === null ? null : this.value(init), true);
  }

  #loop(node: Node & { type: 'ForOfStatement' | 'ForInStatement' }): void {
    const from = this.value(node.right);
    const part = node.type === 'ForOfStatement' ? this.draft.derive(from, '.') : null;
    const { left } = node;
    if (left.type !== 'VariableDeclaration') this.bind(left, part, false);
    else for (const it of left.declarations) this.bind(it.id, part, true);
    this.value(node.body);
  }

  #tagged(node: Node & { type: 'TaggedTemplateExpression' }): Slot | null {
    const given = node.quasi.expressions.map((it) => this.value(it));
    this.hand(node, node.tag, node.quasi.expressions);
    if (!this.isModuleName(node.tag)) {
      const isRaw = memberName(node.tag) === 'raw';
      if (isRaw) return null;
      this.value(node.tag);
      for (const it of given) this.draft.edge(it, '=', '*');
      return this.draft.derive('*', '=');
    }
    const face = namedFace(node.tag.name);
    for (const [index, it] of given.entries()) this.draft.edge(it, '=', face.parameter(index + 1));
    return face.result;
  }

  #unary(node: Node & { type: 'UnaryExpression' }): void {
    const target = unwrap(node.argument);
    if (node.operator !== 'delete' || target.type !== 'MemberExpression') {
      this.value(node.argument);
      return;
    }
    if (target.computed) this.value(target.property);
    this.write(this.value(target.object), node);
    this.captures(unwrap(target.object), node, false);
  }

  /** A function that goes somewhere as a value. */
  #function(node: FunctionNode): Slot | null {
    const face = this.faceOf(node);
    if (node.type !== 'FunctionDeclaration') this.handOut(face, node.params.length);
    this.ownName(node);
    this.inFrame(node, face, false);
    const local = node.id === null ? undefined : this.context.locals.get(node.id);
    if (local !== undefined) this.draft.edge(this.closureOf(node), '=', this.slotOf(local));
    return this.closureOf(node);
  }
}
