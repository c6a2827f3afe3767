import type { Binding } from './scope.ts';
import { callsArguments, methodFlow } from './method-flow.ts';
import { eachChild, isFunction, memberName, unwrap } from './syntax.ts';
import type { FunctionNode, Node } from './syntax.ts';

interface ObservingContext {
  readonly module: ReadonlySet<string>;
  readonly locals: ReadonlyMap<Node, Binding>;
  /** The functions that a local name certainly means. */
  readonly functionsOf: (local: Binding) => readonly FunctionNode[] | undefined;
}

/** Globals that say nothing about the world. */
const BLIND = new Set(
  (
    'undefined NaN Infinity Math JSON Object Array Number String Boolean BigInt Symbol RegExp ' +
    'Map Set WeakMap WeakSet Error TypeError RangeError SyntaxError Promise parseInt parseFloat ' +
    'isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI structuredClone Intl'
  ).split(' '),
);

/**
 * Whether a function can see anything but its arguments and what the code around it has seen
 * already. A comparator cannot: whoever keeps it keeps nothing (O3).
 */
export class Observing {
  readonly #context: ObservingContext;
  readonly #known = new Map<FunctionNode, boolean>();

  constructor(context: ObservingContext) {
    this.#context = context;
  }

  observes(node: FunctionNode): boolean {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    this.#known.set(node, false);
    const found = this.#looks(node, this.#ownOf(node));
    this.#known.set(node, found);
    return found;
  }

  #looks(node: Node, own: ReadonlySet<Binding>): boolean {
    switch (node.type) {
      case 'Identifier':
        return !this.#context.locals.has(node) && !BLIND.has(node.name);
      case 'ImportExpression':
      case 'ThisExpression':
      case 'Super':
      case 'TaggedTemplateExpression':
        return true;
      case 'CallExpression':
      case 'NewExpression':
        if (this.#asks(unwrap(node.callee), own)) return true;
        break;
      case 'MemberExpression':
        // A constant of the module, or what is in one.
        if (this.#isConstant(node.object)) {
          return node.computed && this.#looks(node.property, own);
        }
        if (!node.computed) return this.#looks(node.object, own);
        break;
      case 'BinaryExpression':
        return [node.left, node.right].some((it) => {
          return !this.#isConstant(it) && this.#looks(it, own);
        });
      case 'Property':
        if (!node.computed) return this.#looks(node.value, own);
        break;
      default:
    }
    let found = false;
    eachChild(node, (child) => {
      found ||= this.#looks(child, own);
    });
    return found;
  }

  #isConstant(node: Node): boolean {
    const { locals, module } = this.#context;
    return node.type === 'Identifier' && !locals.has(node) && module.has(node.name);
  }

  /** A call of what came in from outside of the function. */
  #asks(callee: Node, own: ReadonlySet<Binding>): boolean {
    if (isFunction(callee)) return false;
    if (callee.type === 'Identifier') {
      const local = this.#context.locals.get(callee);
      if (local === undefined) return !BLIND.has(callee.name);
      const known = this.#context.functionsOf(local);
      return known === undefined ? !own.has(local) : known.some((it) => this.observes(it));
    }
    if (callee.type !== 'MemberExpression') return true;
    const name = memberName(callee);
    if (name === null) return true;
    if (methodFlow(name) !== undefined || callsArguments(name)) return false;
    const object = unwrap(callee.object);
    const local = object.type === 'Identifier' ? this.#context.locals.get(object) : undefined;
    if (local !== undefined) return !own.has(local);
    return object.type !== 'Identifier' || !BLIND.has(object.name);
  }

  /** Variables of the function itself. */
  #ownOf(node: FunctionNode): Set<Binding> {
    const found = new Set<Binding>();
    const collect = (it: Node): void => {
      const local = it.type === 'Identifier' ? this.#context.locals.get(it) : undefined;
      if (local !== undefined) found.add(local);
      eachChild(it, collect);
    };
    const declared = (it: Node): void => {
      if (isFunction(it)) for (const parameter of it.params) collect(parameter);
      if (it.type === 'VariableDeclarator') collect(it.id);
      eachChild(it, declared);
    };
    declared(node);
    return found;
  }
}
