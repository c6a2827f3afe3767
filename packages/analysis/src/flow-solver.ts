import { DEEP } from './conduct.ts';
import type { FlowKind, Slot } from './conduct.ts';

/**
 * Something that is shared, on its way through slots. `depth`: how many objects inside one another
 * are left of it; `contained`: it lies in an object of somebody else's.
 */
interface Token {
  readonly source: Slot;
  readonly depth: number;
  readonly contained: boolean;
}

/** Finds out which shared objects may lie in which slots. Edges may lead in circles. */
export class FlowSolver {
  readonly #edges = new Map<Slot, [kind: FlowKind, to: Slot][]>();
  readonly #tokens = new Map<Slot, Map<string, Token>>();
  readonly #open: [Slot, Token][] = [];

  edge(from: Slot, kind: FlowKind, to: Slot): void {
    const list = this.#edges.get(from);
    if (list === undefined) this.#edges.set(from, [[kind, to]]);
    else list.push([kind, to]);
  }

  /** A shared object lies in the slot of its name. */
  source(slot: Slot, source: Slot, depth: number): void {
    this.#put(slot, { source, depth, contained: false });
  }

  solve(): void {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const [slot, token] = next;
      for (const [kind, to] of this.#edges.get(slot) ?? []) this.#carry(token, kind, to);
    }
  }

  /** What may lie in a slot itself, with the depth that is left of it. */
  in(slot: Slot): Map<Slot, number> {
    const found = new Map<Slot, number>();
    for (const { source, depth, contained } of this.#tokens.get(slot)?.values() ?? []) {
      if (!contained) found.set(source, Math.max(depth, found.get(source) ?? 0));
    }
    return found;
  }

  /** What may lie in a slot, or in an object there. */
  within(slot: Slot): Slot[] {
    return [...(this.#tokens.get(slot)?.values() ?? [])].map((it) => it.source);
  }

  #carry(token: Token, kind: FlowKind, to: Slot): void {
    switch (kind) {
      case '=':
        return this.#put(to, token);
      case '[':
        return this.#put(to, { ...token, contained: true });
      case '.':
        if (!token.contained) return this.#putPart(to, token);
        this.#put(to, token);
        return this.#put(to, { ...token, contained: false });
      case '~':
        if (token.contained) return this.#put(to, token);
        return this.#putPart(to, { ...token, contained: true });
    }
  }

  /** One object less around it. */
  #putPart(to: Slot, token: Token): void {
    const depth = token.depth >= DEEP ? DEEP : token.depth - 1;
    if (depth > 0) this.#put(to, { ...token, depth });
  }

  #put(slot: Slot, token: Token): void {
    const key = `${token.source} ${token.depth} ${token.contained}`;
    const known = this.#tokens.get(slot);
    if (known?.has(key) === true) return;
    if (known === undefined) this.#tokens.set(slot, new Map([[key, token]]));
    else known.set(key, token);
    this.#open.push([slot, token]);
  }
}
