import {
  isIteratorMethod,
  isPureCall,
  isPureConstructor,
  isReadMethod,
  isWriteMethod,
} from './built-ins.ts';
import { PurityState } from './purity-state.ts';
import { eachChild, isFunction, memberName, unwrap } from './syntax.ts';
import type { FunctionNode, Node } from './syntax.ts';
import { isTaskCall } from './task-call.ts';

/** Judges calls, `new`, and the bodies of functions that are called. */
export abstract class CallPurity extends PurityState {
  protected arguments(nodes: readonly Node[]): void {
    for (const it of nodes) {
      if (isFunction(it)) this.body(it);
      else this.data(it.type === 'SpreadElement' ? it.argument : it);
    }
  }

  /** Arguments of what belongs to the language: it reads an iterator to its end. */
  protected globalArguments(nodes: readonly Node[]): void {
    for (const it of nodes) {
      if (this.isIterator(it)) this.consumed(it);
      else this.arguments([it]);
    }
  }

  /** What is read to its end on the spot may be an iterator: nobody else sees it move on. */
  protected consumed(node: Node): void {
    if (this.isIterator(node)) this.run(node);
    else this.data(node);
  }

  private isIterator(node: Node): boolean {
    const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
    if (callee?.type !== 'MemberExpression' || !isIteratorMethod(memberName(callee))) return false;
    const object = unwrap(callee.object);
    return !(object.type === 'Identifier' && object.name === 'Object' && this.isGlobal(object));
  }

  protected call(node: Node & { type: 'CallExpression' }): void {
    const callee = unwrap(node.callee);
    if (this.context.pureAt.has(node.start)) {
      for (const it of node.arguments) this.run(it);
      return;
    }
    if (isFunction(callee)) {
      this.ownArguments(callee, node.arguments);
      return this.body(callee);
    }
    if (callee.type === 'Identifier') return this.named(node, callee, 'call');
    if (callee.type === 'MemberExpression') return this.method(node, callee);
    this.fail();
  }

  /** Arguments of a function written on the spot: `X || (X = {})` hands an owned name to it. */
  protected ownArguments(callee: FunctionNode, nodes: readonly Node[]): void {
    for (const [index, it] of nodes.entries()) {
      const parameter = callee.params[index];
      if (it.type === 'LogicalExpression' && this.isOwned(it.left)) {
        this.run(it.right);
        const alias = parameter === undefined ? undefined : this.context.locals.get(parameter);
        if (alias !== undefined) this.aliases.add(alias);
      } else this.arguments([it]);
    }
  }

  protected named(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'Identifier' },
    kind: 'call' | 'call-data',
  ): void {
    const local = this.context.locals.get(callee);
    if (local !== undefined) {
      // A local function's body is judged where it is written: see `body`.
      const known = local.writes.every(
        (it) => it.from === 'declaration' || (it.from === 'expression' && isFunction(it.value)),
      );
      if (!known || local.writes.length === 0 || kind === 'call-data') this.fail();
      return this.arguments(node.arguments);
    }
    if (this.context.declarers.has(callee.name)) {
      for (const it of node.arguments) this.run(it);
      return;
    }
    if (this.context.module.has(callee.name)) this.need({ kind, name: callee.name });
    else if (isPureCall(null, callee.name)) return this.globalArguments(node.arguments);
    else this.fail();
    this.arguments(node.arguments);
  }

  protected method(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'MemberExpression' },
  ): void {
    const name = memberName(callee);
    const object = unwrap(callee.object);
    if (name === null) return this.fail();
    if (isTaskCall(node) && object.type === 'CallExpression' && this.declares(object)) {
      for (const it of [...object.arguments, ...node.arguments]) this.run(it);
      return;
    }
    if (object.type === 'Identifier' && !this.isLocal(object)) {
      if (this.isGlobal(object)) {
        if (object.name === 'Object' && isFreezer(name)) return this.freeze(node.arguments[0]);
        if (isPureCall(object.name, name)) return this.globalArguments(node.arguments);
        if (object.name === 'Symbol') return this.fail();
      } else if (this.context.namespaces.has(object.name)) {
        this.need({ kind: 'call', name: object.name, member: name });
        return this.arguments(node.arguments);
      } else if (isTaskCall(node)) {
        this.need({ kind: 'environment', name: object.name });
        for (const it of node.arguments) this.run(it);
        return;
      }
    }
    if (!isReadMethod(name) && !(isWriteMethod(name) && this.isFresh(object))) {
      return this.fail();
    }
    this.data(object);
    this.arguments(node.arguments);
  }

  protected declares(node: Node & { type: 'CallExpression' }): boolean {
    return node.callee.type === 'Identifier' && this.context.declarers.has(node.callee.name);
  }

  protected freeze(argument: Node | undefined): void {
    if (argument === undefined || !this.isFresh(argument)) return this.fail();
    this.run(argument);
  }

  protected dataCall(node: Node & { type: 'CallExpression' }): void {
    const callee = unwrap(node.callee);
    if (callee.type === 'Identifier') {
      if (this.context.declarers.has(callee.name)) return this.fail();
      return this.named(node, callee, 'call-data');
    }
    if (callee.type !== 'MemberExpression' || isTaskCall(node)) return this.fail();
    if (this.isIterator(node)) return this.fail();
    this.call(node);
    const [first] = node.arguments;
    if (memberName(callee) === 'freeze' && first !== undefined) this.data(first);
  }

  protected new(node: Node & { type: 'NewExpression' }): void {
    if (this.context.pureAt.has(node.start)) {
      for (const it of node.arguments) this.run(it);
      return;
    }
    const { callee } = node;
    if (callee.type !== 'Identifier' || this.isLocal(callee)) return this.fail();
    if (this.context.module.has(callee.name)) this.need({ kind: 'construct', name: callee.name });
    else if (isPureConstructor(callee.name)) return this.globalArguments(node.arguments);
    else return this.fail();
    this.arguments(node.arguments);
  }

  /** The body of a function, as if it were executed now. Nested functions count as executed. */
  body(node: FunctionNode): void {
    if (node.async || node.generator) return this.fail();
    for (const it of node.params) this.pattern(it);
    if (node.body) this.nestedBodies(node.body);
  }

  protected nestedBodies(body: Node): void {
    this.run(body);
    this.functionsIn(body);
  }

  /** Functions written in a body are called by it, or not: to be sure all are judged. */
  protected functionsIn(node: Node): void {
    if (this.failed) return;
    eachChild(node, (child) => {
      if (isFunction(child)) this.body(child);
      else this.functionsIn(child);
    });
  }
}

function isFreezer(name: string): boolean {
  return name === 'freeze' || name === 'seal' || name === 'preventExtensions';
}
