import { makesOwn } from './built-ins.ts';
import { memberName } from './syntax.ts';
import type { Node } from './syntax.ts';
import type { Binding } from './scope.ts';
import type { Need, Verdict } from './need.ts';

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
 * What is known while code is judged: needs so far, and which objects the code made itself. The
 * walk over the code comes with the classes that extend this one.
 */
export abstract class PurityState {
  protected readonly context: PurityContext;
  /** Parameters that are another name of an owned one, as in an emitted namespace. */
  protected readonly aliases = new Set<Binding>();
  protected failed = false;
  readonly #needs = new Map<string, Need>();
  /** Module-level names that may be assigned or added to. */
  readonly #owned: ReadonlySet<string>;

  constructor(context: PurityContext, owned: ReadonlySet<string> = new Set()) {
    this.context = context;
    this.#owned = owned;
  }

  /** Evaluates an expression or statement. */
  abstract run(node: Node): void;

  /** Evaluates an expression and requires data of it: what may be read, iterated, printed. */
  abstract data(node: Node): void;

  /** Reads through a pattern: defaults and computed keys are evaluated on the way. */
  protected abstract pattern(pattern: Node): void;

  verdict(): Verdict {
    return this.failed ? 'never' : [...this.#needs.values()];
  }

  protected fail(): void {
    this.failed = true;
  }

  protected need(need: Need): void {
    const member = 'member' in need ? need.member : '';
    this.#needs.set(`${need.kind} ${need.name} ${member}`, need);
  }

  /** A name that may be added to: by itself, by an alias, by its prototype. */
  protected isOwned(node: Node): boolean {
    if (node.type !== 'Identifier') return isPrototype(node) && this.isOwned(node.object);
    const local = this.context.locals.get(node);
    return local === undefined ? this.#owned.has(node.name) : this.aliases.has(local);
  }

  protected isLocal(node: Node): boolean {
    return this.context.locals.has(node);
  }

  protected isGlobal(node: Node & { type: 'Identifier' }): boolean {
    return !this.isLocal(node) && !this.context.module.has(node.name);
  }

  /** An object that this code made itself, so that changing it shows nowhere else. */
  protected isFresh(node: Node): boolean {
    if (this.isOwned(node)) return true;
    if (node.type === 'Identifier') {
      const local = this.context.locals.get(node);
      if (local === undefined || local.writes.length === 0) return false;
      return local.writes.every((it) => it.from === 'expression' && this.isFreshValue(it.value));
    }
    return this.isFreshValue(node);
  }

  protected isFreshValue(node: Node): boolean {
    if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true;
    if (node.type === 'NewExpression') {
      if (node.callee.type !== 'Identifier' || !this.isGlobal(node.callee)) return false;
      return makesOwn(node.callee.name) || node.arguments.every((it) => it.type === 'Literal');
    }
    if (node.type === 'LogicalExpression') {
      return this.isFresh(node.left) && this.isFresh(node.right);
    }
    return false;
  }

  protected owns(name: string): boolean {
    return this.#owned.has(name);
  }
}

function isPrototype(node: Node): node is Node & { type: 'MemberExpression' } {
  return memberName(node) === 'prototype';
}
