import type { TaskId } from '@skein/model';
import { eachName, taskId } from './leads.ts';
import type { Leads } from './leads.ts';
import type { ModuleFacts, Piece } from './facts.ts';
import { sortPieces } from './symbols.ts';

/** A task, or a checkpoint, as the linker found it: what a code digest is made of. */
export interface LinkedTask {
  readonly id: TaskId;
  readonly module: number;
  readonly name: string;
  readonly piece: Piece;
  /** Of the piece. */
  readonly number: number;
}

interface Sorted {
  readonly order: readonly number[];
  readonly ranks: Int32Array;
  readonly ends: readonly number[];
}

/**
 * All pieces of an entry's modules by number, in the order of modules and within them of the text.
 * Invariant: equal facts give equal numbers.
 */
export class Program {
  /** In order of path. */
  readonly modules: readonly ModuleFacts[];
  readonly pieces: readonly Piece[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #firsts: readonly number[];
  readonly #moduleOf: Uint32Array;
  readonly #named: (ReadonlyMap<string, readonly number[]> | undefined)[] = [];
  readonly #targets: (readonly number[] | undefined)[] = [];
  #order: Sorted | undefined;

  constructor(modules: readonly ModuleFacts[]) {
    this.modules = modules;
    this.pieces = modules.flatMap((it) => it.pieces);
    this.#indexes = new Map(modules.map((it, index) => [it.path, index]));
    this.#moduleOf = new Uint32Array(this.pieces.length);
    let first = 0;
    this.#firsts = modules.map(({ pieces }, module) => {
      const start = first;
      first += pieces.length;
      this.#moduleOf.fill(module, start, first);
      return start;
    });
  }

  index(path: string): number {
    const found = this.#indexes.get(path);
    if (found === undefined) throw new Error(`no facts of ${path}`);
    return found;
  }

  module(index: number): ModuleFacts {
    const found = this.modules[index];
    if (found === undefined) throw new Error(`no module ${index}`);
    return found;
  }

  moduleOf(piece: number): number {
    return this.#moduleOf[piece] ?? 0;
  }

  piece(piece: number): Piece {
    const found = this.pieces[piece];
    if (found === undefined) throw new Error(`no piece ${piece}`);
    return found;
  }

  /** Numbers of a module's pieces, from the first to before the last given. */
  range(module: number): readonly [first: number, end: number] {
    const first = this.#firsts[module] ?? 0;
    return [first, first + this.module(module).pieces.length];
  }

  /** Every piece that the code of a piece leads to by name. */
  targetsOf(piece: number): readonly number[] {
    const known = this.#targets[piece];
    if (known !== undefined) return known;
    const found = this.targets(this.moduleOf(piece), this.piece(piece).code);
    this.#targets[piece] = found;
    return found;
  }

  /** Every piece that the names of some code of a module are made of. */
  targets(module: number, code: Leads): readonly number[] {
    const found: number[] = [];
    eachName(code.names, (name, path) => {
      const at = path === null ? module : this.index(path);
      for (const piece of this.#names(at).get(name) ?? []) found.push(piece);
    });
    return found;
  }

  /** Every declaration that may be a task: certainly one, or not provably something else. */
  tasks(): LinkedTask[] {
    const found: LinkedTask[] = [];
    for (const [number, piece] of this.pieces.entries()) {
      if (piece.task === undefined || piece.task === 'other') continue;
      const module = this.moduleOf(number);
      const [name] = piece.names;
      if (name === undefined) continue;
      found.push({ id: taskId(this.module(module).path, name), module, name, piece, number });
    }
    return found;
  }

  /** Every checkpoint that is bound to a name (R4). */
  checkpoints(): LinkedTask[] {
    const found: LinkedTask[] = [];
    for (const [number, piece] of this.pieces.entries()) {
      const [name] = piece.names;
      if (piece.checkpoint === undefined || name === undefined) continue;
      const module = this.moduleOf(number);
      found.push({ id: taskId(this.module(module).path, name), module, name, piece, number });
    }
    return found;
  }

  /**
   * Pieces in the order of all manifests: by module, name, digest. Of those that are equal in all
   * three only the first is listed.
   */
  order(): readonly number[] {
    return this.#sorted().order;
  }

  /** By piece: where it, or the one it is equal to, stands in `order`. */
  ranks(): Int32Array {
    return this.#sorted().ranks;
  }

  /** By module: where its pieces end in `order`. */
  ends(): readonly number[] {
    return this.#sorted().ends;
  }

  #sorted(): Sorted {
    if (this.#order !== undefined) return this.#order;
    const order: number[] = [];
    const ends: number[] = [];
    const ranks = new Int32Array(this.pieces.length);
    for (const module of this.modules.keys()) {
      const [first] = this.range(module);
      for (const equal of sortPieces(this.module(module).pieces)) {
        for (const at of equal) ranks[first + at] = order.length;
        order.push(first + (equal[0] ?? 0));
      }
      ends.push(order.length);
    }
    this.#order = { order, ranks, ends };
    return this.#order;
  }

  #names(module: number): ReadonlyMap<string, readonly number[]> {
    const known = this.#named[module];
    if (known !== undefined) return known;
    const found = new Map<string, number[]>();
    const [first] = this.range(module);
    for (const [at, { names, adds = [] }] of this.module(module).pieces.entries()) {
      for (const name of adds.length === 0 ? names : new Set([...names, ...adds])) {
        const list = found.get(name);
        if (list === undefined) found.set(name, [first + at]);
        else if (list.at(-1) !== first + at) list.push(first + at);
      }
    }
    this.#named[module] = found;
    return found;
  }
}
