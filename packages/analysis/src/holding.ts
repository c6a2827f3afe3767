import { isPureCall, isReadMethod } from './built-ins.ts';
import type { Holding } from './conduct.ts';
import { DEEP, SHALLOW } from './conduct.ts';
import type { Verdict } from './need.ts';
import { givesFirst, methodFlow } from './method-flow.ts';
import type { Binding } from './scope.ts';
import type { ImportBinding } from './summary.ts';
import { isFunction, keyName, literalText, memberName, unwrap } from './syntax.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';

export interface HoldingContext {
  readonly locals: ReadonlyMap<Node, Binding>;
  /** Names declared or imported at module scope. */
  readonly module: ReadonlySet<string>;
  readonly imports: ReadonlyMap<string, ImportBinding>;
  /** Local names of everything of `skein`. */
  readonly skein: ReadonlySet<string>;
  /** Whether an expression is data, as far as purity can tell. */
  readonly proof: (node: Node) => Verdict;
}

/** Built-in constructors whose objects change only by methods that `methodFlow` knows. */
const PLAIN_CONSTRUCTORS = new Set(
  (
    'Map Set WeakMap WeakSet Date URL URLSearchParams Array ArrayBuffer TextEncoder TextDecoder ' +
    'Error TypeError RangeError Uint8Array Int8Array Uint16Array Int16Array Uint32Array ' +
    'Int32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array ' +
    'Uint8ClampedArray'
  ).split(' '),
);

/** Modules of Node whose functions give something new each time, or say what a file says. */
const GIVING: Readonly<Record<string, number>> = {
  path: 0,
  url: 1,
  os: DEEP,
  fs: DEEP,
  util: SHALLOW,
  crypto: 1,
  module: DEEP,
  process: DEEP,
};

const PRIMITIVE_CALLS = new Set(
  (
    'BigInt Boolean Number String Symbol parseInt parseFloat isNaN isFinite encodeURI decodeURI ' +
    'encodeURIComponent decodeURIComponent btoa atob'
  ).split(' '),
);

/**
 * What a name of a module is bound to (O3): functions written there, classes without state,
 * primitives, tasks, environments, and objects made of these on the spot. Anything else could keep
 * what an action observed: what a function returned, an instance, a pattern that moves on.
 */
export class Holdings {
  readonly #context: HoldingContext;

  constructor(context: HoldingContext) {
    this.#context = context;
  }

  of(node: Node): Holding {
    const depth = this.#depth(node);
    if (depth !== null) {
      const isTable = unwrap(node).type === 'ObjectExpression';
      return isTable ? { kind: 'still', depth, table: true } : { kind: 'still', depth };
    }
    const verdict = movesOn(node) ? 'never' : this.#context.proof(node);
    return verdict === 'never' ? { kind: 'other' } : { kind: 'proof', verdict };
  }

  ofClass(node: ClassNode): Holding {
    let depth = SHALLOW;
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        const found = member.body.map((it) => this.#staticField(it));
        if (found.includes(null)) return { kind: 'other' };
        depth = Math.max(depth, ...found.map((it) => (it ?? 0) + 1));
      }
      const isField = member.type === 'PropertyDefinition' || member.type === 'AccessorProperty';
      if (!isField || !member.static || member.value === null) continue;
      const found = this.#depth(member.value);
      if (found === null) return { kind: 'other' };
      if (found > 0) depth = Math.max(depth, found + 1);
    }
    return { kind: 'still', depth };
  }

  /** `static x = 1`, as it is emitted where fields are assigned. */
  #staticField(node: Node): number | null {
    const set = node.type === 'ExpressionStatement' ? node.expression : null;
    if (set?.type !== 'AssignmentExpression' || set.left.type !== 'MemberExpression') return null;
    return set.left.object.type === 'ThisExpression' ? this.#depth(set.right) : null;
  }

  /** How deep objects lie in it that can be changed; `null`: it is something else. */
  #depth(node: Node): number | null {
    switch (node.type) {
      case 'Literal':
        if (!('regex' in node)) return 0;
        return /[gy]/.test(node.regex.flags) ? null : SHALLOW;
      case 'TemplateLiteral':
      case 'BinaryExpression':
      case 'UnaryExpression':
      case 'UpdateExpression':
      case 'MetaProperty':
        return 0;
      case 'Identifier':
        return this.#name(node);
      case 'MemberExpression':
        return this.#member(node);
      case 'ArrayExpression':
        return this.#inside(node.elements.map((it) => (it === null ? 0 : this.#element(it))));
      case 'ObjectExpression':
        return this.#object(node);
      case 'ConditionalExpression':
        return deepest([this.#depth(node.consequent), this.#depth(node.alternate)]);
      case 'LogicalExpression':
        return deepest([this.#depth(node.left), this.#depth(node.right)]);
      case 'SequenceExpression':
        return this.#depth(node.expressions.at(-1) ?? node);
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.#depth(node.expression);
      case 'AwaitExpression':
        return this.#depth(node.argument);
      case 'AssignmentExpression':
        return this.#depth(node.right);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return SHALLOW;
      case 'ClassExpression': {
        const found = this.ofClass(node);
        return found.kind === 'still' ? found.depth : null;
      }
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#new(node);
      default:
        return null;
    }
  }

  #element(node: Node): number | null {
    if (node.type !== 'SpreadElement') return this.#depth(node);
    const depth = this.#depth(node.argument);
    return depth === null ? null : Math.max(0, depth - 1);
  }

  /** An object around others. */
  #inside(depths: readonly (number | null)[]): number | null {
    const depth = deepest(depths);
    return depth === null ? null : Math.min(DEEP, depth + 1);
  }

  #object(node: Node & { type: 'ObjectExpression' }): number | null {
    return this.#inside(
      node.properties.map((it) => {
        if (it.type === 'SpreadElement') return this.#element(it);
        return keyName(it) === '__proto__' ? null : this.#depth(it.value);
      }),
    );
  }

  /** What another name of the module holds is judged there: it is reached with this one. */
  #name(node: Node & { type: 'Identifier' }): number | null {
    const local = this.#context.locals.get(node);
    if (local === undefined) return 0;
    return deepest(
      local.writes.map((it) => {
        if (it.from === 'expression') return this.#depth(it.value);
        if (it.from === 'declaration') return SHALLOW;
        return it.from === 'parameter' ? 0 : null;
      }),
    );
  }

  #member(node: Node & { type: 'MemberExpression' }): number | null {
    const object = unwrap(node.object);
    if (object.type === 'MetaProperty') return 0;
    return this.#depth(object) === null ? null : 0;
  }

  #new({ callee, arguments: given }: Node & { type: 'NewExpression' }): number | null {
    const target = unwrap(callee);
    const intl = target.type === 'MemberExpression' ? unwrap(target.object) : null;
    if (intl?.type === 'Identifier' && intl.name === 'Intl' && this.#isGlobal(intl)) return SHALLOW;
    if (target.type !== 'Identifier') return null;
    const isUrl = this.#imported(target)?.specifier.endsWith('url') === true;
    if (!isUrl && !this.#isGlobal(target)) return null;
    if (target.name === 'RegExp') {
      const flags = given[1] === undefined ? '' : literalText(given[1]);
      return flags === null || /[gy]/.test(flags) ? null : SHALLOW;
    }
    if (!PLAIN_CONSTRUCTORS.has(target.name)) return null;
    const depth = deepest(given.map((it) => this.#element(it)));
    return depth === null ? null : Math.max(1, depth);
  }

  #call(node: Node & { type: 'CallExpression' }): number | null {
    const callee = unwrap(node.callee);
    if (callee.type === 'Identifier') return this.#named(node, callee);
    if (isFunction(callee)) return null;
    if (callee.type !== 'MemberExpression') return null;
    const name = memberName(callee);
    const object = unwrap(callee.object);
    if (name === null) return null;
    if (object.type === 'Identifier' && !this.#context.locals.has(object)) {
      if (this.#isGlobal(object)) return this.#global(node, object.name, name);
      const imported = this.#imported(object);
      if (imported !== undefined) {
        const given = giving(imported.specifier);
        if (given !== undefined && imported.imported !== name) return given;
      }
      if (name === 'task') return 0;
    }
    if (name === 'task' && this.#isSkeinCall(object)) return 0;
    if (!isReadMethod(name) || this.#depth(object) === null) return null;
    const isMade = methodFlow(name)?.gives === 'callback';
    return isMade ? this.#made(node.arguments) : this.#given(node.arguments);
  }

  #isSkeinCall(node: Node): boolean {
    const callee = node.type === 'CallExpression' ? unwrap(node.callee) : null;
    return callee?.type === 'Identifier' && this.#isSkein(callee);
  }

  #isSkein(node: Node & { type: 'Identifier' }): boolean {
    return !this.#context.locals.has(node) && this.#context.skein.has(node.name);
  }

  #named(
    node: Node & { type: 'CallExpression' },
    callee: Node & { type: 'Identifier' },
  ): number | null {
    if (this.#context.locals.has(callee)) return null;
    if (this.#isSkein(callee)) return 0;
    const imported = this.#imported(callee);
    if (imported !== undefined) return giving(imported.specifier) ?? null;
    const isData = callee.name === 'require' && literalText(node.arguments[0])?.endsWith('.json');
    if (isData === true) return DEEP;
    if (!this.#isGlobal(callee)) return null;
    if (PRIMITIVE_CALLS.has(callee.name)) return 0;
    return isPureCall(null, callee.name) && callee.name !== 'RegExp' ? DEEP : null;
  }

  #global(node: Node & { type: 'CallExpression' }, object: string, name: string): number | null {
    const [first] = node.arguments;
    if (givesFirst(object, name) && name !== 'assign') {
      return first === undefined ? 0 : this.#depth(first);
    }
    if (object === 'Math' || object === 'Number' || object === 'String' || object === 'Symbol')
      return 0;
    if (`${object}.${name}` === 'JSON.stringify') return 0;
    if (!isPureCall(object, name)) return null;
    const [, callback] = node.arguments;
    return callback === undefined ? this.#given(node.arguments) : this.#made([callback]);
  }

  /** Data of arguments, or of what they are the parts of. */
  #given(given: readonly Node[]): number | null {
    return given.every((it) => this.#element(it) !== null) ? DEEP : null;
  }

  /** What callbacks give: they may not put anything else in. */
  #made(given: readonly Node[]): number | null {
    const isKnown = given.every((it) => {
      if (it.type === 'Identifier') return !this.#context.module.has(it.name);
      if (!isFunction(it)) return this.#depth(it) !== null;
      const result = resultOf(it);
      return result !== null && !isFunction(result) && this.#depth(result) !== null;
    });
    return isKnown ? DEEP : null;
  }

  #imported(node: Node & { type: 'Identifier' }): ImportBinding | undefined {
    return this.#context.locals.has(node) ? undefined : this.#context.imports.get(node.name);
  }

  #isGlobal(node: Node & { type: 'Identifier' }): boolean {
    return !this.#context.locals.has(node) && !this.#context.module.has(node.name);
  }
}

function giving(specifier: string): number | undefined {
  const name = specifier.replace(/^node:/, '').replace(/\/(posix|win32|promises)$/, '');
  return Object.hasOwn(GIVING, name) ? GIVING[name] : undefined;
}

function deepest(depths: readonly (number | null)[]): number | null {
  let found = 0;
  for (const it of depths) {
    if (it === null) return null;
    found = Math.max(found, it);
  }
  return found;
}

/** What a callback gives back, where that is plain to see. */
function resultOf(node: FunctionNode): Node | null {
  if (node.body?.type !== 'BlockStatement') return node.body;
  const [only, ...others] = node.body.body;
  return only?.type === 'ReturnStatement' && others.length === 0 ? only.argument : null;
}

/** A pattern that remembers where it was, or an object that does. */
function movesOn(node: Node): boolean {
  return node.type === 'NewExpression' || (node.type === 'Literal' && 'regex' in node);
}
