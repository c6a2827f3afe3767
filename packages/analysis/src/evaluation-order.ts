import type { Digest } from '@skein/values';
import { digestOf } from '@skein/values';
import type { Dependency, ItemAt } from './dependencies.ts';
import type { Evaluation } from './effects.ts';
import type { NameResolver } from './resolve-names.ts';
import type { Item } from './summary.ts';

interface Place extends ItemAt {
  readonly rank: number;
  /** Evaluating it changes something that others may see. */
  readonly acts: boolean;
}

/**
 * What a value is can depend on when it was made: `const n = list.length` says something else
 * before `list.push(x)` than behind it, and `t.a = 1; t.a = 2` than the other way round. What
 * changes nothing may stand in any order among itself.
 */
export class EvaluationOrder {
  readonly #dependency: Dependency;
  readonly #places = new Map<Item, Place>();
  readonly #bare: readonly string[];

  constructor(names: NameResolver, dependency: Dependency, evaluation: Evaluation) {
    this.#dependency = dependency;
    this.#bare = evaluation.bare;
    const effects = [...evaluation.effects, ...[...evaluation.confined.values()].flat()];
    const acting = new Set(effects.map((it) => it.item));
    let rank = 0;
    for (const module of evaluation.order) {
      for (const item of names.module(module).summary.items) {
        const acts = acting.has(item) || item.adds.length > 0;
        if (acts || seesOthers(item)) this.#places.set(item, { module, item, rank, acts });
        rank += 1;
      }
    }
  }

  /** Covers the order of these pieces as far as it can be noticed; `null` where it cannot. */
  of(items: Iterable<Item>): Digest | null {
    const places = new Set<Place>();
    for (const it of items) {
      const place = this.#places.get(it);
      if (place !== undefined) places.add(place);
    }
    const sorted = [...places].sort((a, b) => a.rank - b.rank);
    if (!sorted.some((it) => it.acts) && this.#bare.length < 2) return null;
    const lines = [...this.#bare];
    let between: string[] = [];
    for (const { module, item, acts } of sorted) {
      const line = `${module} ${this.#dependency.of(module, item).digest}`;
      if (!acts) between.push(line);
      else {
        lines.push(...between.sort(), `! ${line}`);
        between = [];
      }
    }
    return digestOf('symbol', [...lines, ...between.sort()].join('\n'));
  }
}

/** Whether evaluating it may read what another statement changes. */
function seesOthers({ value, references }: Item): boolean {
  switch (value.kind) {
    case 'function':
    case 'environment':
    case 'task':
    case 'checkpoint':
      return false;
    default:
      return references !== '';
  }
}
