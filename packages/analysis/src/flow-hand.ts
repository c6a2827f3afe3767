import type { Slot } from './conduct.ts';
import { FlowState } from './flow-state.ts';
import { callsArguments } from './method-flow.ts';
import { isFunction, memberName, unwrap } from './syntax.ts';
import type { Node } from './syntax.ts';

/** What is handed to code of somebody else, who may keep it or run it later. */
export abstract class FlowHand extends FlowState {
  /** Where values lie that were read already. */
  protected readonly given = new Map<Node, Slot | null>();

  /** What comes of an import may keep what it is given, if it is of a package. */
  protected hand(node: Node, callee: Node, given: readonly Node[]): void {
    const of = this.#rootOf(callee);
    if (of === null || this.#isOnTheSpot(callee)) return;
    const slots = given.map((it) => {
      return this.given.get(it) ?? (isFunction(it) ? this.closureOf(it) : null);
    });
    const slot = this.draft.join(slots) ?? of;
    const what = this.textOf(callee);
    this.draft.sink({ how: 'hand', slot, of, offset: node.start, filling: true, what });
  }

  /** `p.list().map(…)`: what a package gave is a list or a promise. */
  #isOnTheSpot(callee: Node): boolean {
    const inner = unwrap(callee);
    if (inner.type !== 'MemberExpression' || this.isModuleName(unwrap(inner.object))) return false;
    return callsArguments(memberName(inner) ?? '');
  }

  /** The import that something was read of, or called of. */
  #rootOf(node: Node, seen = new Set<Node>()): string | null {
    const inner = unwrap(node);
    if (seen.has(inner)) return null;
    seen.add(inner);
    switch (inner.type) {
      case 'MemberExpression':
        return this.#rootOf(inner.object, seen);
      case 'CallExpression':
      case 'NewExpression':
        return this.#rootOf(inner.callee, seen);
      case 'AwaitExpression':
        return this.#rootOf(inner.argument, seen);
      case 'Identifier': {
        if (this.isModuleName(inner))
          return this.context.imported.has(inner.name) ? inner.name : null;
        const writes = this.context.locals.get(inner)?.writes ?? [];
        for (const it of writes) {
          const found = 'value' in it ? this.#rootOf(it.value, seen) : null;
          if (found !== null) return found;
        }
        return null;
      }
      default:
        return null;
    }
  }

  /** Code that runs when the action may have ended. */
  protected later(node: Node & { type: 'CallExpression' }, name: string): void {
    const [run] = node.arguments;
    const local = run === undefined ? undefined : this.context.locals.get(run);
    const known = local === undefined ? [] : (this.functionsOf(local) ?? []);
    const bodies = isFunction(run) ? [run] : known;
    const isNamed = run !== undefined && this.isModuleName(run);
    if (name !== 'setInterval' && !isNamed && !bodies.some((it) => this.observing.observes(it))) {
      return;
    }
    if (this.frame.home !== null) this.write(`^${name}`, node, true);
  }
}
