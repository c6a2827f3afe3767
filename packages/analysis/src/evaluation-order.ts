import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { Evaluation } from './effects.ts';
import type { Program } from './program.ts';

interface Place {
  readonly piece: number;
  /** Evaluating it changes something that others may see. */
  readonly acts: boolean;
}

/**
 * What a value is can depend on when it was made: `const n = list.length` says something else
 * before `list.push(x)` than behind it, and `t.a = 1; t.a = 2` than the other way round. What
 * changes nothing may stand in any order among itself.
 */
export class EvaluationOrder {
  readonly #program: Program;
  /** Where order can be noticed, in order. */
  readonly #places: readonly Place[];
  readonly #bare: readonly string[];

  constructor(program: Program, evaluation: Evaluation) {
    this.#program = program;
    this.#bare = evaluation.bare;
    const effects = [...evaluation.effects, ...[...evaluation.confined.values()].flat()];
    const acting = new Set(effects.map((it) => it.piece));
    const places: Place[] = [];
    for (const module of evaluation.order) {
      const [first, end] = program.range(module);
      for (let piece = first; piece < end; piece++) {
        const { adds, sees } = program.piece(piece);
        const acts = acting.has(piece) || adds !== undefined;
        if (acts || sees === true) places.push({ piece, acts });
      }
    }
    this.#places = places;
  }

  /** Covers the order of these pieces as far as it can be noticed; `null` where it cannot. */
  of(isReached: (piece: number) => boolean): Digest | null {
    const reached = this.#places.filter((it) => isReached(it.piece));
    if (!reached.some((it) => it.acts) && this.#bare.length < 2) return null;
    const lines = [...this.#bare];
    let between: string[] = [];
    for (const { piece, acts } of reached) {
      const { path } = this.#program.module(this.#program.moduleOf(piece));
      const line = `${path} ${this.#program.piece(piece).code.digest}`;
      if (!acts) between.push(line);
      else {
        lines.push(...between.sort(), `! ${line}`);
        between = [];
      }
    }
    return digestOf('symbol', [...lines, ...between.sort()].join('\n'));
  }
}
