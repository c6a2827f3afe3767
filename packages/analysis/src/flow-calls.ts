import type { Slot } from './conduct.ts';
import { FlowHand } from './flow-hand.ts';
import { MOST_ARGUMENTS, isIndex, namedFace } from './flow-state.ts';
import type { Face } from './flow-state.ts';
import {
  callsArguments,
  givesFirst,
  givesParts,
  isKeeper,
  keepsArguments,
  methodFlow,
  writesFirst,
} from './method-flow.ts';
import { isListening } from './stateful.ts';
import { isFunction, memberName, unwrap } from './syntax.ts';
import type { FunctionNode, Node } from './syntax.ts';

type Call = Node & { type: 'CallExpression' | 'NewExpression' };
type Member = Node & { type: 'MemberExpression' };

/** Follows values through calls: of functions by name, of methods, of what nobody knows. */
export abstract class FlowCalls extends FlowHand {
  protected call(node: Node & { type: 'CallExpression' }): Slot | null {
    const found = this.#call(node);
    this.hand(node, node.callee, node.arguments);
    return found;
  }

  #call(node: Node & { type: 'CallExpression' }): Slot | null {
    const callee = unwrap(node.callee);
    if (isFunction(callee)) return this.#invoke(node, callee);
    switch (callee.type) {
      case 'Identifier':
        return this.#named(node, callee);
      case 'MemberExpression':
        return this.#method(node, callee);
      case 'Super':
        return this.#toFace(node, { ...namedFace('super'), self: null });
      case 'CallExpression': {
        // Arguments of a task are copies, whatever was overridden.
        if (memberName(unwrap(callee.callee)) !== 'override') break;
        for (const it of [callee, ...node.arguments]) this.value(it);
        return null;
      }
      default:
    }
    this.value(callee);
    return this.#unknown(node);
  }

  protected construct(node: Node & { type: 'NewExpression' }): Slot | null {
    const found = this.#construct(node);
    this.hand(node, node.callee, node.arguments);
    return found;
  }

  #construct(node: Node & { type: 'NewExpression' }): Slot | null {
    const callee = unwrap(node.callee);
    if (callee.type === 'Identifier') {
      const local = this.context.locals.get(callee);
      const known = local === undefined ? undefined : this.classOf(local);
      if (known !== undefined) {
        this.#toFace(node, this.constructorFace(known));
        return this.draft.derive(this.instanceOf(known), '=');
      }
      if (local === undefined && this.context.module.has(callee.name)) {
        this.#toFace(node, namedFace(callee.name));
        return this.draft.derive(`${callee.name}%`, '=');
      }
      // What a promise gives goes through functions that it hands out.
      if (callee.name === 'Promise') return this.#unknown(node);
      if (local === undefined) return this.#builtIn(node);
    }
    const made = this.value(callee);
    for (const it of node.arguments) {
      const given = this.value(it);
      this.handToPackage(given, it);
      this.draft.edge(given, '=', '*');
    }
    return this.draft.derive(made, '.');
  }

  /** Where the arguments of `new` come in. */
  protected abstract constructorFace(node: Node): Face;

  /** A built-in object may hold, or look into, what it is given. */
  #builtIn(node: Call): Slot | null {
    const given = this.draft.join(node.arguments.map((it) => this.value(it)));
    const made = this.draft.derive(given, '~');
    this.draft.edge(given, '[', made);
    return made;
  }

  #invoke(node: Call, callee: FunctionNode): Slot | null {
    const face = this.faceOf(callee);
    this.#toFace(node, face);
    this.inFrame(callee, face, true);
    return face.result;
  }

  /** Hands arguments to a function that is known. */
  #toFace(node: Call, face: Face): Slot {
    let spread = false;
    for (const [index, it] of node.arguments.entries()) {
      const given = this.value(it);
      spread ||= it.type === 'SpreadElement';
      const last = spread ? MOST_ARGUMENTS : index;
      for (let at = index; at <= last; at++) this.draft.edge(given, '=', face.parameter(at));
    }
    return face.result;
  }

  /** Hands arguments to what may be any function. */
  #unknown(node: Call): Slot {
    for (const it of node.arguments) this.draft.edge(this.value(it), '=', '*');
    return this.draft.derive('*', '=') ?? '*';
  }

  #named(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'Identifier' },
  ): Slot | null {
    const local = this.context.locals.get(callee);
    if (local !== undefined) {
      const known = this.functionsOf(local);
      if (known === undefined) {
        this.value(callee);
        return this.#unknown(node);
      }
      return this.draft.join(known.map((it) => this.#toFace(node, this.faceOf(it))));
    }
    if (this.isGlobal(callee)) {
      if (LATER.test(callee.name)) {
        this.later(node, callee.name);
        return this.#unknown(node);
      }
      const given = node.arguments.map((it) => this.value(it));
      return callee.name === 'Object' ? this.draft.join(given) : null;
    }
    const [first, items] = node.arguments;
    if (this.context.skeinMaps.has(callee.name) && first !== undefined && items !== undefined) {
      return this.#map(node, first, items);
    }
    if (this.context.imported.has(callee.name) && isKeeper(callee.name)) {
      this.#keep(node, callee.name, callee.name);
    }
    return this.#toFace(node, namedFace(callee.name));
  }

  /** Something imported is told to keep what it is given. */
  #keep(node: Node, slot: Slot, what: string): void {
    if (this.frame.home === null) return;
    this.draft.sink({ how: 'keep', slot, offset: node.start, filling: false, what });
  }

  /** `map(task, items)` of skein: each item goes to the function alone. */
  #map(node: Call, first: Node, items: Node): Slot | null {
    const part = this.draft.derive(this.value(items), '.');
    for (const it of node.arguments.slice(2)) this.value(it);
    if (!isFunction(first)) this.value(first);
    const face = this.#callback(first, items) ?? ANYONE;
    this.draft.edge(part, '=', face.parameter(0));
    return this.draft.derive(face.result, '[');
  }

  #method(node: Node & { type: 'CallExpression' }, callee: Member): Slot | null {
    const name = memberName(callee);
    const object = unwrap(callee.object);
    const isGlobalName = object.type === 'Identifier' && this.isGlobal(object);
    if (isGlobalName && object.name !== 'arguments') return this.#global(node, object, name);
    if (callee.property.type === 'PrivateIdentifier') {
      this.value(object);
      return this.#toFace(node, namedFace(`.#${callee.property.name}`));
    }
    const receiver = this.value(object);
    if (name === null) {
      if (callee.computed) this.value(callee.property);
      if (!isIndex(callee)) this.takeMember({ from: receiver, name, object, at: callee });
      return this.#unknown(node);
    }
    if (name === 'call' || name === 'apply' || name === 'bind') return this.#applied(node);
    if (this.isModuleName(object)) return this.#ofName(node, object.name, name);
    const flow = methodFlow(name);
    if (flow !== undefined) return this.#builtInMethod(node, receiver, name);
    const isOwn = object.type === 'ThisExpression' || object.type === 'Super';
    if (!isOwn) for (const it of node.arguments) this.handToPackage(this.value(it), it);
    return this.#toFace(node, namedFace(`.${name}`));
  }

  /** A function that is called by another one, with arguments one by one or in a list. */
  #applied(node: Call): Slot {
    for (const it of node.arguments) {
      const given = this.value(it);
      this.draft.edge(given, '=', '*');
      this.draft.edge(given, '.', '*');
    }
    return this.draft.derive('*', '=') ?? '*';
  }

  /** A method of a name: of a namespace, a class, a table, a package, or of plain data. */
  #ofName(node: Node & { type: 'CallExpression' }, object: string, name: string): Slot | null {
    const isProcess = object === 'process' && isListening(name);
    if (this.context.imported.has(object) && (isProcess || keepsArguments(name))) {
      this.#keep(node, object, `${object}.${name}`);
    }
    const isPlain = methodFlow(name) !== undefined && !this.context.namespaces.has(object);
    const given = this.#toFace(node, namedFace(`${object}.${name}`));
    const plain = isPlain ? this.#builtInMethod(node, object, name) : null;
    return this.draft.join([this.draft.derive(given, '='), plain]);
  }

  #global(
    node: Node & { type: 'CallExpression' },
    object: Node & { type: 'Identifier' },
    name: string | null,
  ): Slot | null {
    const isIndirect = name === 'apply' || name === 'construct' || name === 'withResolvers';
    if (isIndirect) return this.#applied(node);
    const callback = node.arguments.find((it) => isFunction(it));
    const given: (Slot | null)[] = [];
    for (const it of node.arguments) given.push(it === callback ? null : this.value(it));
    const [first = null, ...others] = given;
    if (name === null) {
      for (const it of given) this.write(it, node);
      return null;
    }
    if (writesFirst(object.name, name)) {
      this.write(first, node);
      for (const it of others) {
        this.draft.edge(it, '~', first);
        this.draft.edge(it, '[', first);
      }
    }
    if (name === 'nextTick') this.later(node, object.name);
    const keeps = keepsArguments(name) || isListening(name);
    if (keeps && object.name !== 'Reflect' && !isPlainGlobal(object.name)) {
      this.write(`^${object.name}`, node);
    }
    const parts = this.draft.derive(this.draft.join(given), '~');
    if (callback !== undefined && isFunction(callback)) {
      const face = this.#read(callback, node);
      this.draft.edge(this.draft.derive(parts, '.'), '=', face.parameter(0));
      return this.draft.join([parts, this.draft.derive(face.result, '[')]);
    }
    if (givesFirst(object.name, name)) return first;
    return givesParts(object.name, name) ? parts : null;
  }

  /** Reads a callback that is called on the spot. */
  #read(callback: FunctionNode, from: Node): Face {
    const face = this.faceOf(callback, null);
    this.fillings.callback(this.parametersOf(callback), from);
    this.inFrame(callback, face, true);
    return face;
  }

  /** The function that an argument certainly is. */
  #callback(node: Node, from: Node): Face | null {
    if (isFunction(node)) return this.#read(node, from);
    if (this.isModuleName(node)) return namedFace(node.name);
    const local = this.context.locals.get(node);
    const [known, ...others] = local === undefined ? [] : (this.functionsOf(local) ?? []);
    return known !== undefined && others.length === 0 ? this.faceOf(known) : null;
  }

  #builtInMethod(
    node: Node & { type: 'CallExpression' },
    receiver: Slot | null,
    name: string,
  ): Slot | null {
    const flow = methodFlow(name);
    if (flow === undefined) return null;
    const callee = unwrap(node.callee);
    const object = callee.type === 'MemberExpression' ? callee.object : callee;
    const [key, value] = node.arguments;
    const asks = name.startsWith('getOrInsert');
    const fills = asks || (name === 'set' && this.fillings.fillsKey(object, key, value));
    if (flow.writes || (name === 'decode' && value !== undefined)) {
      this.write(receiver, node, fills);
      this.captures(unwrap(object), node, fills);
    }
    const part = this.draft.derive(receiver, '.');
    const results: (Slot | null)[] = [];
    for (const it of node.arguments) {
      const given = isFunction(it) && callsArguments(name) ? null : this.value(it);
      // What callbacks have for `this`.
      if (it === value && callsArguments(name)) this.draft.edge(given, '=', '*');
      if (flow.writes) {
        this.draft.edge(given, '[', receiver);
        this.fillings.put(object, [it]);
      }
      if (name === 'concat') results.push(this.draft.derive(given, '~'));
      if (name.startsWith('reduce')) results.push(given);
      if (!callsArguments(name)) continue;
      const face = this.#callback(it, object) ?? ANYONE;
      results.push(this.#handParts({ name, receiver, part, face }));
    }
    if (flow.gives === 'same') results.push(receiver);
    if (flow.gives === 'part') results.push(part);
    if (flow.gives === 'parts') results.push(this.draft.derive(receiver, '~'));
    return flow.gives === 'nothing' ? null : this.draft.join(results);
  }

  /** What a method's callback gets, and what the method makes of what it gives. */
  #handParts({ name, receiver, part, face }: Handed): Slot | null {
    const isPromise = name === 'then' || name === 'catch';
    this.draft.edge(isPromise ? receiver : part, '=', face.parameter(0));
    this.draft.edge(part, '=', face.parameter(1));
    this.draft.edge(receiver, '=', face.parameter(2));
    if (name.startsWith('reduce')) {
      this.draft.edge(face.result, '=', face.parameter(0));
      return face.result;
    }
    if (name === 'getOrInsertComputed') this.draft.edge(face.result, '[', receiver);
    if (isPromise || name === 'getOrInsertComputed') return face.result;
    if (name === 'flatMap') return this.draft.derive(this.draft.derive(face.result, '.'), '[');
    return name === 'map' ? this.draft.derive(face.result, '[') : null;
  }

  /** A closure's own variable is changed by another function: state, if the closure is kept. */
  protected captures(root: Node, at: Node, filling: boolean): void {
    if (filling || this.frame.home === null) return;
    const local = this.context.locals.get(root);
    if (local !== undefined && this.isCaptured(local)) {
      this.captured.push({ what: local.name, offset: at.start, impure: true });
    }
  }
}

interface Handed {
  readonly name: string;
  readonly receiver: Slot | null;
  readonly part: Slot | null;
  readonly face: Face;
}

const LATER = /^(?:set(?:Timeout|Interval|Immediate)|queueMicrotask)$/;

/** A function that cannot be told. */
const ANYONE: Face = { parameter: () => '*', result: '*', self: null };

/** Globals whose methods only look as if they kept something. */
function isPlainGlobal(name: string): boolean {
  return /^(?:Object|Array|Map|Promise|Math|JSON|Number|String|Symbol|Atomics|console)$/.test(name);
}
