import type { Binding } from './scope.ts';
import { eachChild, memberName, unwrap } from './syntax.ts';
import type { Node } from './syntax.ts';

/** Parameters, errors that were caught, `this` and `arguments`. */
type Inputs = Set<Binding | 'this' | 'arguments'>;

/** What fillings have to know of the code they are judged in. */
export interface FillingContext {
  readonly text: string;
  readonly locals: ReadonlyMap<Node, Binding>;
  /** Functions and classes that local names mean. */
  readonly bound: ReadonlyMap<Binding, readonly Node[]>;
}

/**
 * Which places are known to be empty where code is being read, and whether an assignment there is
 * a first filling (O8): it happens only while the place is empty, and what is put into it follows
 * from the place's own key, so that whoever comes first puts the same into it. `count += 1`,
 * `list.push(x)`, and `first ??= input` of an input are none: what the next action finds there
 * depends on which actions came before.
 */
export class Fillings {
  readonly #context: FillingContext;
  readonly #empty: string[] = [];
  /** Parameters of callbacks, with the call they get their values from. */
  readonly #sources = new Map<Binding, Node>();
  /** What was put into the objects of local variables. */
  readonly #puts = new Map<Binding, Node[]>();

  constructor(context: FillingContext) {
    this.#context = context;
  }

  /** Reads code in which these places are known to be empty. */
  whileEmpty(places: readonly string[], read: () => void): void {
    const length = this.#empty.length;
    this.#empty.push(...places);
    read();
    this.#empty.length = length;
  }

  /** The values of a callback's parameters come from what it was handed to. */
  callback(parameters: readonly Binding[], from: Node): void {
    for (const it of parameters) this.#sources.set(it, from);
  }

  /** `object.x = value`, `object.push(value)` of a local variable. */
  put(object: Node, values: readonly Node[]): void {
    let root = unwrap(object);
    while (root.type === 'MemberExpression') root = unwrap(root.object);
    const local = this.#context.locals.get(root);
    if (local !== undefined) this.#puts.set(local, [...(this.#puts.get(local) ?? []), ...values]);
  }

  /** `x = value`, `cache[key] = value`: a first filling? */
  fills(target: Node, value: Node | null, operator: string): boolean {
    if (value === null) return false;
    const place = this.placeOf(target);
    if (place === null) return false;
    const isEmpty = operator === '=' && this.#empty.includes(place);
    const isFirst = operator === '??=' || operator === '||=' || isEmpty;
    return isFirst && this.#follows(target, value);
  }

  /** `cache.set(key, value)` where `cache` is known to lack the key. */
  fillsKey(map: Node, key: Node | undefined, value: Node | undefined): boolean {
    if (key === undefined || value === undefined) return false;
    return this.#empty.includes(this.#keyed(map, key)) && this.#follows(key, value);
  }

  /** What the value depends on is part of the key. */
  #follows(key: Node, value: Node): boolean {
    const known = this.#inputsOf(key);
    return [...this.#inputsOf(value)].every((it) => known.has(it));
  }

  /** Parameters that a value depends on, through local variables. */
  #inputsOf(node: Node, into: Inputs = new Set(), seen = new Set<Binding>()): Inputs {
    if (node.type === 'ThisExpression') into.add('this');
    const local = this.#context.locals.get(node);
    if (local === undefined && node.type === 'Identifier' && node.name === 'arguments') {
      into.add('arguments');
    }
    if (local !== undefined && !seen.has(local)) {
      seen.add(local);
      const source = this.#sources.get(local);
      if (source !== undefined) this.#inputsOf(source, into, seen);
      for (const it of local.writes) {
        if (it.from === 'catch') into.add(local);
        if (it.from === 'parameter' && source === undefined) into.add(local);
        if ('value' in it) this.#inputsOf(it.value, into, seen);
      }
      const parts = [...(this.#context.bound.get(local) ?? []), ...(this.#puts.get(local) ?? [])];
      for (const it of parts) this.#inputsOf(it, into, seen);
    }
    eachChild(node, (child) => void this.#inputsOf(child, into, seen));
    return into;
  }

  /** The places that are empty where a test has come out as `outcome`. */
  emptyAfter(test: Node, outcome: boolean): string[] {
    const node = unwrap(test);
    switch (node.type) {
      case 'UnaryExpression':
        return node.operator === '!' ? this.emptyAfter(node.argument, !outcome) : [];
      case 'LogicalExpression':
        if (node.operator === (outcome ? '&&' : '||')) {
          return [...this.emptyAfter(node.left, outcome), ...this.emptyAfter(node.right, outcome)];
        }
        return [];
      case 'BinaryExpression':
        return this.#compared(node, outcome);
      default:
        return outcome ? [] : this.#placesOf(node);
    }
  }

  #compared(node: Node & { type: 'BinaryExpression' }, outcome: boolean): string[] {
    const { operator, left, right } = node;
    if (operator === 'in' && !outcome) return [this.#keyed(right, left)];
    const isEqual = operator === '===' || operator === '==';
    if (!isEqual && operator !== '!==' && operator !== '!=') return [];
    if (isEqual !== outcome) return [];
    if (isNothing(right)) return this.#placesOf(unwrap(left));
    if (isNothing(left)) return this.#placesOf(unwrap(right));
    const isTypeof = left.type === 'UnaryExpression' && left.operator === 'typeof';
    const isUndefined = right.type === 'Literal' && right.value === 'undefined';
    return isTypeof && isUndefined ? this.#placesOf(unwrap(left.argument)) : [];
  }

  /** A place by itself, and by the local variable that was read from it. */
  #placesOf(node: Node): string[] {
    const place = this.placeOf(node);
    const local = this.#context.locals.get(node);
    const [first] = local?.writes ?? [];
    const read = first?.from === 'expression' ? first.value : null;
    const from = read === null ? null : this.placeOf(awaited(read));
    return [place, from].filter((it) => it !== null);
  }

  /** A name for what can be filled: a variable, a member, an entry of a Map. */
  placeOf(node: Node): string | null {
    const inner = unwrap(node);
    if (inner.type === 'Identifier') return inner.name;
    if (inner.type === 'MemberExpression') {
      const name = memberName(inner);
      if (name === null) return this.#keyed(inner.object, inner.property);
      const object = this.#text(inner.object);
      return `${object}.${name}`;
    }
    if (inner.type !== 'CallExpression') return null;
    const callee = unwrap(inner.callee);
    const [key, second] = inner.arguments;
    const name = memberName(callee);
    if (callee.type !== 'MemberExpression' || key === undefined) return null;
    if (name === 'get' || name === 'has') return this.#keyed(callee.object, key);
    const isOwn = name === 'hasOwn' && second !== undefined;
    return isOwn ? this.#keyed(key, second) : null;
  }

  #keyed(object: Node, key: Node): string {
    return `${this.#text(object)}[${this.#text(key)}]`;
  }

  #text(node: Node): string {
    return this.#context.text.slice(node.start, node.end).replace(/\s+/g, ' ');
  }
}

function awaited(node: Node): Node {
  return node.type === 'AwaitExpression' ? unwrap(node.argument) : unwrap(node);
}

function isNothing(node: Node): boolean {
  if (node.type === 'Literal')
    return node.value === null && !('regex' in node) && !('bigint' in node);
  if (node.type === 'UnaryExpression') return node.operator === 'void';
  return node.type === 'Identifier' && node.name === 'undefined';
}

/** Whether nothing behind a statement is reached once it has begun. */
export function leaves(node: Node | null): boolean {
  switch (node?.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'ContinueStatement':
    case 'BreakStatement':
      return true;
    case 'BlockStatement':
      return leaves(node.body.at(-1) ?? null);
    case 'IfStatement':
      return leaves(node.consequent) && leaves(node.alternate);
    default:
      return false;
  }
}
