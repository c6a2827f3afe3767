import type { Closure } from './closure.ts';
import { reachedFrom } from './closure.ts';
import type { Evaluation } from './effects.ts';
import type { Program } from './program.ts';
import type { NameResolver } from './resolve-names.ts';
import type { Item } from './summary.ts';

/** An item with the path of its module. */
export interface ItemAt {
  readonly module: string;
  readonly item: Item;
}

/** What some code reaches, by item. */
export interface ItemClosure {
  readonly items: ReadonlyMap<Item, ItemAt>;
  readonly data: ReadonlySet<string>;
}

/** Pieces of a program as the items that summaries list. Summaries are read when they are met. */
export class PieceItems {
  readonly #program: Program;
  readonly #names: NameResolver;
  readonly #confined: Evaluation['confined'];
  readonly #known = new Map<number, ItemAt>();
  readonly #numbers = new Map<Item, number>();

  constructor(program: Program, names: NameResolver, { confined }: Evaluation) {
    this.#program = program;
    this.#names = names;
    this.#confined = confined;
  }

  at(piece: number): ItemAt {
    const known = this.#known.get(piece);
    if (known !== undefined) return known;
    const index = this.#program.moduleOf(piece);
    const module = this.#program.module(index).path;
    const [first] = this.#program.range(index);
    const item = this.#names.module(module).summary.items[piece - first];
    if (item === undefined) throw new Error(`no item of piece ${piece}`);
    const found = { module, item };
    this.#known.set(piece, found);
    this.#numbers.set(item, piece);
    return found;
  }

  of(pieces: Iterable<number>): Map<Item, ItemAt> {
    const found = new Map<Item, ItemAt>();
    for (const piece of pieces) {
      const at = this.at(piece);
      found.set(at.item, at);
    }
    return found;
  }

  closure({ pieces, data }: Closure): ItemClosure {
    return { items: this.of(pieces), data };
  }

  /** What an item leads to; it came from here. */
  reachedFrom(item: Item): ItemClosure {
    const piece = this.#numbers.get(item);
    if (piece === undefined) throw new Error('an item of no piece');
    const start = { module: this.#program.moduleOf(piece), code: this.#program.piece(piece).code };
    return this.closure(reachedFrom(this.#program, [start], this.#confined));
  }
}
