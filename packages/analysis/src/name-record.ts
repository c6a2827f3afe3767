import type { Edit } from './canonical.ts';
import type { BoundNode, CodeFacts, SkeinNames, TaskCall, Use } from './code-facts.ts';
import type { Binding, Scope, Write } from './scope.ts';
import { patternNames } from './scope.ts';
import { USE } from './summary.ts';
import type { Span } from './summary.ts';
import type { Node } from './syntax.ts';

interface Occurrence {
  readonly start: number;
  readonly end: number;
  readonly key: string | null;
}

/** Everything that a walk over code finds out about its names. */
export abstract class NameRecord {
  readonly references = new Map<string, Use>();
  readonly locals = new Map<Node, Binding>();
  readonly bound = new Map<Binding, BoundNode[]>();
  readonly assigned = new Set<string>();
  readonly literals: Span[] = [];
  readonly requests: string[] = [];
  readonly meta: Span[] = [];
  readonly imports: Span[] = [];
  readonly taskCalls: TaskCall[] = [];
  readonly mapCalls: { name: string; at: number }[] = [];
  protected readonly skein: SkeinNames;
  protected whole: string | null = null;
  protected computedImport = false;
  protected forwards = false;
  protected readonly useOf = new Map<Node, { uses: number; member: string | null }>();
  readonly #occurrences = new Map<Binding, Occurrence[]>();

  constructor(skein: SkeinNames) {
    this.skein = skein;
  }

  protected reference(node: Node & { name: string }, scope: Scope, key: string | null): void {
    const { name } = node;
    const local = scope.find(name);
    if (local !== null) {
      this.locals.set(node, local);
      const list = this.#occurrences.get(local);
      const occurrence = { start: node.start, end: node.end, key };
      if (list === undefined) this.#occurrences.set(local, [occurrence]);
      else list.push(occurrence);
      return;
    }
    if (name === 'eval') this.whole ??= 'eval';
    const how = this.useOf.get(node);
    const known = this.references.get(name) ?? { uses: 0, members: new Set<string>() };
    this.references.set(name, known);
    known.uses |= how?.uses ?? USE.value;
    if (how === undefined || how.member === null) known.members = null;
    else known.members?.add(how.member);
  }

  /** The name of a declaration is where its binding is found from. */
  protected declares(id: Node | null, scope: Scope, node: BoundNode): void {
    const local = id?.type === 'Identifier' ? scope.find(id.name) : null;
    if (id === null || local === null) return;
    this.locals.set(id, local);
    const list = this.bound.get(local);
    if (list === undefined) this.bound.set(local, [node]);
    else list.push(node);
  }

  protected writeAll(target: Node, scope: Scope, write: Write): void {
    for (const name of patternNames(target)) {
      const local = scope.find(name);
      if (local === null) this.assigned.add(name);
      else local.writes.push(write);
    }
  }

  protected keepName(target: Node, scope: Scope): void {
    if (target.type !== 'Identifier') return;
    const local = scope.find(target.name);
    if (local !== null) local.keepsName = true;
  }

  protected widen(reason: string, callee: Node & { name: string }, scope: Scope): void {
    if (scope.find(callee.name) === null) this.whole ??= reason;
  }

  facts(): CodeFacts {
    const { references, locals, assigned, literals, requests, meta, taskCalls, mapCalls } = this;
    const { whole, computedImport, forwards } = this;
    const found = { references, locals, assigned, literals, requests, meta, taskCalls, mapCalls };
    const { bound, imports } = this;
    return { ...found, bound, imports, whole, computedImport, forwards, edits: this.#edits() };
  }

  /** Local names as numbers, where they cannot be seen; under `eval` they can. */
  #edits(): Edit[] {
    const edits: Edit[] = [];
    if (this.whole !== null) return edits;
    for (const [binding, list] of this.#occurrences) {
      for (const it of list) {
        if (!binding.keepsName) edits.push(renamed(it, `\u00a7${binding.index}`));
        else if (it.key !== null) edits.push(renamed(it, binding.name));
      }
    }
    return edits;
  }
}

function renamed(at: Occurrence, name: string): Edit {
  return { start: at.start, end: at.end, text: at.key === null ? name : `${at.key}: ${name}` };
}
