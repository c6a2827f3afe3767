import type { CodePart } from '@skein/model';
import type { Digest } from '@skein/values';
import type { PieceCode } from './facts.ts';
import type { Program } from './program.ts';
import type { Span } from './summary.ts';
import { symbolPart } from './symbols.ts';

/** A part that is no plain piece, with where its emitted text stands. */
export interface OtherPart {
  readonly part: CodePart;
  readonly at?: Span;
}

/**
 * Parts of manifests by number: first every piece as a symbol, in the order of manifests, then all
 * others in the order in which they were first asked for.
 */
export class Parts {
  readonly others: OtherPart[];
  readonly #program: Program;
  readonly #lines: string[] = [];
  readonly #known = new Map<string, number>();

  constructor(program: Program, others: readonly OtherPart[] = []) {
    this.#program = program;
    this.others = [...others];
  }

  get size(): number {
    return this.#program.order().length + this.others.length;
  }

  part(number: number): CodePart {
    const piece = this.#program.order()[number];
    if (piece !== undefined) {
      const { path } = this.#program.module(this.#program.moduleOf(piece));
      return symbolPart(path, this.#program.piece(piece));
    }
    const other = this.others[number - this.#program.order().length];
    if (other === undefined) throw new Error(`no part ${number}`);
    return other.part;
  }

  /** Where the emitted text of a part stands, in the part's module. */
  at(number: number): Span | undefined {
    const piece = this.#program.order()[number];
    if (piece === undefined) return this.others[number - this.#program.order().length]?.at;
    return this.#program.piece(piece).code;
  }

  /** By module: where the numbers of its pieces end; other parts follow the last one. */
  ends(): readonly number[] {
    return this.#program.ends();
  }

  /** Covers all pieces of a module. */
  symbolsOf(module: number): Digest {
    return this.#program.module(module).symbols;
  }

  /** What a digest covers of a part. */
  line(number: number): string {
    return (this.#lines[number] ??= JSON.stringify(this.part(number)));
  }

  add(part: CodePart, code?: PieceCode): number {
    const line = JSON.stringify(part);
    const known = this.#known.get(line);
    if (known !== undefined) return known;
    const number = this.size;
    this.#known.set(line, number);
    this.#lines[number] = line;
    const at = code === undefined ? {} : { at: { start: code.start, end: code.end } };
    this.others.push({ part, ...at });
    return number;
  }
}
