import type { CodeFacts } from './code-facts.ts';
import { CLOSURE_SLOT } from './conduct.ts';
import type { Slot } from './conduct.ts';
import { Fillings } from './filling.ts';
import { Observing } from './observing.ts';
import { FlowDraft } from './flow-draft.ts';
import { isCollecting, methodFlow, writesFirst } from './method-flow.ts';
import type { Binding } from './scope.ts';
import { patternNames } from './scope.ts';
import type { Span } from './summary.ts';
import { eachChild, isFunction, memberName } from './syntax.ts';
import type { ClassNode, FunctionNode, Node } from './syntax.ts';

/** What a walk over the flow of a piece has to know of the module it stands in. */
export interface FlowContext {
  readonly text: string;
  /** Names declared or imported at module scope: every other free name is a global. */
  readonly module: ReadonlySet<string>;
  readonly imported: { readonly has: (name: string) => boolean };
  /** Local names of namespace imports. */
  readonly namespaces: ReadonlySet<string>;
  /** Local names of `map` of `skein`. */
  readonly skeinMaps: ReadonlySet<string>;
  readonly locals: ReadonlyMap<Node, Binding>;
  readonly bound: CodeFacts['bound'];
}

/** Where the arguments of a function come in and its result goes out. */
export interface Face {
  parameter(index: number): Slot;
  readonly result: Slot;
  /** `this`; `null`: that of the code around it. */
  readonly self: Slot | null;
}

/** The function whose body is being read. */
export interface Frame {
  readonly face: Face | null;
  readonly self: Slot | null;
  /** Whose `arguments` are meant. */
  readonly called: Face | null;
  /** The function, callbacks that are called on the spot not counted; `null`: module load. */
  readonly home: Node | null;
}

/** A place in state that no name of the module shows. */
export interface HiddenWrite {
  readonly what: string;
  readonly offset: number;
  readonly impure: boolean;
}

/** A member that is read, and not called on the spot. */
interface TakenMember {
  readonly from: Slot | null;
  readonly name: string | null;
  /** Where the object is written out. */
  readonly object: Node | null;
  readonly at: Span;
}

const MOST_LETTERS = 40;

/** More arguments than that are one. */
export const MOST_ARGUMENTS = 6;

/** Slots of variables and functions, and what was found so far. */
export abstract class FlowState {
  readonly draft = new FlowDraft();
  readonly captured: HiddenWrite[] = [];
  protected readonly context: FlowContext;
  protected readonly fillings: Fillings;
  protected readonly observing: Observing;
  protected frame: Frame = { face: null, self: null, called: null, home: null };
  /** Variables that were made while the module is loaded, and are none of its names. */
  protected readonly loaded = new Map<Binding, Slot>();
  protected readonly usedLater = new Set<Binding>();
  protected readonly changedAtLoad = new Set<Slot>();
  protected changedByMethod = false;
  protected isAssigning = false;
  readonly #slots = new Map<Binding, Slot>();
  readonly #homes = new Map<Binding, Node | null>();
  readonly #faces = new Map<Node, Face>();
  readonly #instances = new Map<Node, Slot>();

  constructor(context: FlowContext) {
    this.context = context;
    this.fillings = new Fillings(context);
    const functionsOf = (local: Binding) => this.functionsOf(local);
    this.observing = new Observing({ ...context, functionsOf });
  }

  /** Evaluates an expression: where its value lies, `null` where nothing of it can be shared. */
  abstract value(node: Node): Slot | null;

  /** Binds a pattern to what lies in a slot. */
  abstract bind(pattern: Node, from: Slot | null, declares: boolean): void;

  /** The functions that a local name certainly means. */
  protected functionsOf(local: Binding): readonly FunctionNode[] | undefined {
    const known = this.context.bound.get(local)?.filter((it) => isFunction(it));
    if (known === undefined || local.writes.length !== known.length) return undefined;
    const isCertain = local.writes.every(
      (it) => it.from === 'declaration' || (it.from === 'expression' && isFunction(it.value)),
    );
    return isCertain ? known : undefined;
  }

  /** A function as something that can be kept. */
  protected closureOf(node: FunctionNode): Slot | null {
    return this.observing.observes(node) ? CLOSURE_SLOT : null;
  }

  protected classOf(local: Binding): ClassNode | undefined {
    return this.context.bound.get(local)?.find((it) => !isFunction(it));
  }

  protected faceOf(node: FunctionNode, self: Slot | null = '*'): Face {
    const known = this.#faces.get(node);
    if (known !== undefined) return known;
    const parameters: Slot[] = [];
    const face: Face = {
      parameter: (index) => {
        const at = Math.min(index, MOST_ARGUMENTS);
        return (parameters[at] ??= this.draft.slot());
      },
      result: this.draft.slot(),
      self: node.type === 'ArrowFunctionExpression' ? null : self,
    };
    this.#faces.set(node, face);
    return face;
  }

  /** A function that other modules know by name. */
  protected nameFace(node: FunctionNode, name: string, self: Slot | null): Face {
    const face = {
      ...namedFace(name),
      self: node.type === 'ArrowFunctionExpression' ? null : self,
    };
    this.#faces.set(node, face);
    return face;
  }

  /** What the instances of a class have in them. */
  protected instanceOf(node: ClassNode): Slot {
    const known = this.#instances.get(node);
    if (known !== undefined) return known;
    const slot = this.draft.slot();
    this.#instances.set(node, slot);
    return slot;
  }

  protected nameInstance(node: ClassNode, name: string): void {
    this.#instances.set(node, `${name}%`);
  }

  protected slotOf(local: Binding): Slot {
    const known = this.#slots.get(local);
    if (known !== undefined) return known;
    const slot = this.draft.slot();
    this.#slots.set(local, slot);
    return slot;
  }

  /** A declaration of the language: where the variable belongs. */
  protected takeHome(local: Binding): void {
    this.#homes.set(local, this.frame.home);
    if (this.frame.home === null) this.loaded.set(local, this.slotOf(local));
  }

  /** The name of a function or class is a variable too, if only in itself. */
  protected ownName({ id }: FunctionNode | ClassNode): void {
    const local = id === null ? undefined : this.context.locals.get(id);
    if (local !== undefined) this.takeHome(local);
  }

  /** Whether a variable belongs to a function around this one. */
  protected isCaptured(local: Binding): boolean {
    const home = this.#homes.get(local);
    return home !== undefined && home !== null && home !== this.frame.home;
  }

  protected isGlobal(node: Node & { type: 'Identifier' }): boolean {
    return !this.context.locals.has(node) && !this.context.module.has(node.name);
  }

  protected isModuleName(node: Node): node is Node & { type: 'Identifier' } {
    return (
      node.type === 'Identifier' &&
      !this.context.locals.has(node) &&
      this.context.module.has(node.name)
    );
  }

  /** A function may be called by anyone with anything. */
  protected handOut(face: Face, count: number): void {
    for (let index = 0; index < Math.min(count, MOST_ARGUMENTS); index++) {
      this.draft.edge('*', '=', face.parameter(index));
    }
    this.draft.edge(face.result, '=', '*');
  }

  /** Something changes the object in a slot. While the module is loaded that is no state. */
  protected write(slot: Slot | null, at: Span, filling = false): void {
    if (slot === null) return;
    if (this.frame.home === null) {
      this.changedAtLoad.add(slot);
      this.changedByMethod ||= !this.isAssigning;
    } else
      this.draft.sink({ how: 'write', slot, offset: at.start, filling, what: this.textOf(at) });
  }

  /**
   * A member is taken as a value, `null` where its name is computed: if it is a method that changes
   * its object, it may be called on that one, and on whatever goes to code that nobody knows.
   */
  protected takeMember({ from, name, object, at }: TakenMember): void {
    const isMethod = name === null || methodFlow(name)?.writes === true;
    const sink = { offset: at.start, filling: false, what: this.textOf(at) };
    if (isMethod && from !== null) this.draft.sink({ ...sink, how: 'method', slot: from });
    if (name === null) return;
    const isOfGlobal = object?.type === 'Identifier' && this.isGlobal(object);
    const isChanging = isOfGlobal && writesFirst(object.name, name);
    const isOfAny = isMethod && object !== null && isBare(object);
    if (isChanging) this.draft.sink({ ...sink, how: 'write', slot: '*' });
    if (isOfAny || isCollecting(name)) this.draft.sink({ ...sink, how: 'method', slot: '*' });
  }

  /** Code as a person would name it: of an assignment its target. */
  protected textOf(at: Span): string {
    const text = this.context.text.slice(at.start, at.end);
    const target = /^(?:delete )?([^=(]*[^=(\s?|&+*/%-])/.exec(text)?.[1] ?? text;
    return target.replace(/\s+/g, ' ').slice(0, MOST_LETTERS);
  }

  protected handToPackage(slot: Slot | null, at: Span): void {
    if (slot === null) return;
    this.draft.sink({ how: 'package', slot, offset: at.start, filling: false, what: '' });
  }

  /** Reads a function's body; where it is called on the spot it is part of the code around it. */
  protected inFrame(node: FunctionNode, face: Face, inline: boolean): void {
    const before = this.frame;
    const self = face.self ?? before.self;
    const home = inline ? before.home : node;
    const called = node.type === 'ArrowFunctionExpression' ? before.called : face;
    this.frame = { face, self, called, home };
    for (const [index, it] of node.params.entries()) {
      if (it.type !== 'RestElement') this.bind(it, face.parameter(index), true);
      else {
        const rest = this.draft.slot();
        for (let at = index; at <= MOST_ARGUMENTS; at++) {
          this.draft.edge(face.parameter(at), '[', rest);
        }
        this.bind(it.argument, rest, true);
      }
    }
    if (node.body?.type === 'BlockStatement') this.value(node.body);
    else if (node.body) this.draft.edge(this.value(node.body), '=', face.result);
    this.frame = before;
  }

  /** Parameters of a callback as far as they are plain. */
  protected parametersOf(node: FunctionNode): Binding[] {
    const names = new Set(node.params.flatMap((it) => patternNames(it)));
    if (names.size === 0) return [];
    const found: Binding[] = [];
    const collect = (it: Node): void => {
      const local = it.type === 'Identifier' ? this.context.locals.get(it) : undefined;
      if (local !== undefined) found.push(local);
      eachChild(it, collect);
    };
    for (const it of node.params) collect(it);
    return found;
  }
}

export function namedFace(name: string): Face {
  return {
    parameter: (index) => `${name}(${Math.min(index, MOST_ARGUMENTS)}`,
    result: `${name})`,
    self: null,
  };
}

/** A prototype, or an object that is made for the sake of its methods. */
function isBare(node: Node): boolean {
  if (node.type === 'ArrayExpression' || node.type === 'NewExpression') return true;
  return memberName(node) === 'prototype';
}

/** `list[0]`, `list[at + 1]`: no name of a method. */
export function isIndex({ computed, property }: Node & { type: 'MemberExpression' }): boolean {
  if (!computed) return false;
  if (property.type === 'Literal') return typeof property.value === 'number';
  return property.type === 'BinaryExpression' && /^[-*/%]$/.test(property.operator);
}
