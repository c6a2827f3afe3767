import type { Slot } from './conduct.ts';
import { FlowAssign } from './flow-assign.ts';
import type { Face } from './flow-state.ts';
import { MOST_ARGUMENTS, namedFace } from './flow-state.ts';
import { eachChild, isFunction, keyName } from './syntax.ts';
import type { ClassNode, MethodDefinition, Node } from './syntax.ts';

/** Follows values through classes: one slot stands for what all instances have in them. */
export abstract class FlowClasses extends FlowAssign {
  readonly #constructors = new Map<Node, Face>();

  /** `name`: under which other modules know it. */
  protected readClass(node: ClassNode, name: string | null): Slot | null {
    if (name !== null) this.nameInstance(node, name);
    this.ownName(node);
    const instance = this.instanceOf(node);
    const local = node.id === null ? undefined : this.context.locals.get(node.id);
    const own = name ?? (local === undefined ? this.draft.slot() : this.slotOf(local));
    this.#extend(node, instance, own);
    for (const member of node.body.body) {
      if (member.type === 'TSIndexSignature') continue;
      if (member.type === 'StaticBlock') {
        this.#within(own, () => eachChild(member, (it) => void this.value(it)));
        continue;
      }
      if (member.computed) this.value(member.key);
      const self = member.static ? own : instance;
      if (member.type !== 'MethodDefinition') {
        if (member.value !== null) this.#within(self, () => this.#field(member, self));
      } else if (isFunction(member.value)) this.#methodOf(member, { self, name, node });
    }
    return own;
  }

  #field(member: Node & { value: Node | null }, self: Slot): void {
    if (member.value !== null) this.draft.edge(this.value(member.value), '[', self);
  }

  /** Fields are read as part of the code around the class, with another `this`. */
  #within(self: Slot, read: () => void): void {
    const before = this.frame;
    this.frame = { ...before, self };
    read();
    this.frame = before;
  }

  #extend({ superClass }: ClassNode, instance: Slot, own: Slot): void {
    if (superClass === null) return;
    const base = this.value(superClass);
    if (superClass.type === 'Identifier' && this.isGlobal(superClass)) return;
    if (!this.isModuleName(superClass)) return this.draft.edge(base, '.', instance);
    this.draft.edge(base, '=', own);
    const inherited = `${superClass.name}%`;
    this.draft.edge(inherited, '=', instance);
    this.draft.edge(instance, '=', inherited);
    for (let at = 0; at <= MOST_ARGUMENTS; at++) {
      this.draft.edge(`super(${at}`, '=', `${superClass.name}(${at}`);
    }
  }

  protected override constructorFace(node: Node): Face {
    const known = this.#constructors.get(node);
    if (known !== undefined) return known;
    const parameters: Slot[] = [];
    const face: Face = {
      parameter: (index) => (parameters[Math.min(index, MOST_ARGUMENTS)] ??= this.draft.slot()),
      result: this.draft.slot(),
      self: null,
    };
    this.#constructors.set(node, face);
    return face;
  }

  #methodOf(member: MethodDefinition, at: MethodPlace): void {
    const { value: node, key } = member;
    if (!isFunction(node)) return;
    const face = this.faceOf(node, at.self);
    if (member.kind === 'constructor') {
      const outer = at.name === null ? this.constructorFace(at.node) : namedFace(at.name);
      this.link(outer, face, node.params.length);
      this.building.add(node);
    } else {
      this.handOut(face, node.params.length);
      const name = key.type === 'PrivateIdentifier' ? `#${key.name}` : keyName(member);
      if (name !== null) this.link(namedFace(`.${name}`), face, node.params.length);
      if (member.kind === 'get') this.draft.edge(face.result, '[', at.self);
    }
    this.inFrame(node, face, false);
  }

  protected link(outer: Face, inner: Face, count: number): void {
    for (let index = 0; index < Math.min(count, MOST_ARGUMENTS + 1); index++) {
      this.draft.edge(outer.parameter(index), '=', inner.parameter(index));
    }
    this.draft.edge(inner.result, '=', outer.result);
  }
}

interface MethodPlace {
  readonly self: Slot;
  readonly name: string | null;
  readonly node: ClassNode;
}
