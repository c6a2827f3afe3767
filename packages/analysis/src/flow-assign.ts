import type { Slot } from './conduct.ts';
import { FlowCalls } from './flow-calls.ts';
import { keyName, unwrap } from './syntax.ts';
import type { Node } from './syntax.ts';

export interface LoadWrite {
  readonly target: Node;
  readonly value: Node;
}

/** Follows values into variables, members and patterns. */
export abstract class FlowAssign extends FlowCalls {
  /** Constructors: what they put into their object is no change of it. */
  protected readonly building = new Set<Node>();
  /** What is put into variables and objects while the module is loaded. */
  readonly loadWrites: LoadWrite[] = [];

  protected assignment(node: Node & { type: 'AssignmentExpression' }): Slot | null {
    const { left, right, operator } = node;
    const isPlain = operator === '=' || operator.length === 3;
    const from = this.value(right);
    const carried = isPlain && operator !== '**=' ? from : null;
    this.assign(left, carried, node);
    return carried;
  }

  /** `node` is the whole assignment, or what counts something up. */
  protected assign(target: Node, from: Slot | null, node: Node): void {
    const isAssignment = node.type === 'AssignmentExpression';
    const [right, operator] = isAssignment ? [node.right, node.operator] : [null, '++'];
    const fills = this.fillings.fills(target, right, operator);
    const to = unwrap(target);
    if (this.frame.home === null && right !== null)
      this.loadWrites.push({ target: to, value: right });
    if (to.type === 'MemberExpression') {
      if (to.computed) this.value(to.property);
      const object = unwrap(to.object);
      if (right !== null) this.fillings.put(object, [right]);
      const slot = this.value(object);
      this.draft.edge(from, '[', slot);
      this.isAssigning = true;
      this.write(slot, node, fills);
      this.isAssigning = false;
      if (object.type === 'ThisExpression') this.#ofInstance(to, node, fills);
      else this.captures(object, node, fills);
    } else if (to.type === 'Identifier') this.#assignName(to, from, { node, fills });
    else this.bind(to, from, false);
  }

  /** What an object says of itself is state where the object is kept. */
  #ofInstance(target: Node, node: Node, filling: boolean): void {
    const isBuilding = this.frame.home !== null && this.building.has(this.frame.home);
    if (filling || isBuilding || this.frame.home === null) return;
    const what = this.context.text.slice(target.start, target.end);
    this.captured.push({ what, offset: node.start, impure: true });
  }

  #assignName(
    to: Node & { type: 'Identifier' },
    from: Slot | null,
    { node, fills }: { readonly node: Node; readonly fills: boolean },
  ): void {
    const local = this.context.locals.get(to);
    const slot = local === undefined ? this.outerName(to.name) : this.slotOf(local);
    this.draft.edge(from, '=', slot);
    const isState = local === undefined || this.loaded.has(local);
    if (isState && this.frame.home !== null) {
      const what = this.textOf(node);
      this.draft.sink({ how: 'assign', slot, offset: node.start, filling: fills, what });
    } else if (isState) this.changedAtLoad.add(slot);
    this.captures(to, node, fills);
  }

  protected outerName(name: string): Slot {
    return this.context.module.has(name) ? name : `^${name}`;
  }

  bind(pattern: Node, from: Slot | null, declares: boolean): void {
    switch (pattern.type) {
      case 'Identifier': {
        const local = this.context.locals.get(pattern);
        if (local !== undefined && declares) this.takeHome(local);
        if (declares) {
          const slot = local === undefined ? this.outerName(pattern.name) : this.slotOf(local);
          this.draft.edge(from, '=', slot);
        } else this.#assignName(pattern, from, { node: pattern, fills: false });
        return;
      }
      case 'AssignmentPattern':
        return this.bind(
          pattern.left,
          this.draft.join([from, this.value(pattern.right)]),
          declares,
        );
      case 'ArrayPattern':
      case 'ObjectPattern': {
        const part = this.draft.derive(from, '.');
        const members = pattern.type === 'ArrayPattern' ? pattern.elements : pattern.properties;
        for (const it of members) {
          if (it === null) continue;
          if (it.type === 'RestElement') {
            this.bind(it.argument, this.draft.derive(from, '~'), declares);
          } else if (it.type === 'Property') {
            if (it.computed) this.value(it.key);
            this.takeMember({ from, name: keyName(it), object: null, at: it });
            this.bind(it.value, part, declares);
          } else this.bind(it, part, declares);
        }
        return;
      }
      case 'MemberExpression': {
        const slot = this.value(pattern.object);
        this.draft.edge(from, '[', slot);
        return this.write(slot, pattern);
      }
      default:
    }
  }
}
