import { GC_KINDS, type GcAmount, type GcKind } from '@skein/view';
import type { Litter } from './gc-litter.ts';
import type { GcPlan } from './gc-plan.ts';

const NOTHING: GcAmount = { count: 0, bytes: 0 };

/** What was removed, by kind. */
export class Amounts {
  readonly #amounts = new Map<GcKind, GcAmount>();

  add(kind: GcKind, removed: Iterable<{ readonly bytes: number }>): void {
    let { count, bytes } = this.#amounts.get(kind) ?? NOTHING;
    for (const one of removed) {
      count += 1;
      bytes += one.bytes;
    }
    this.#amounts.set(kind, { count, bytes });
  }

  get(kind: GcKind): GcAmount {
    return this.#amounts.get(kind) ?? NOTHING;
  }

  /** In the order of the kinds, without those that nothing was removed of. */
  all(): ReadonlyMap<GcKind, GcAmount> {
    const removed = GC_KINDS.map((kind) => [kind, this.get(kind)] as const);
    return new Map(removed.filter(([, { count }]) => count > 0));
  }
}

export interface Going {
  readonly plan: GcPlan;
  readonly litter: Litter;
  /** Somebody works with the state: content stays for now. */
  readonly held: boolean;
}

/** What carrying out a plan removes. */
export function amountsOf({ plan, litter, held }: Going): Amounts {
  const amounts = new Amounts();
  const gone = new Set(plan.choice.go);
  amounts.add(
    'runs',
    plan.runs.filter(({ run }) => gone.has(run)),
  );
  amounts.add('traces', [...plan.traces.go, ...plan.summaries]);
  amounts.add('scratch', [...litter.scratch, ...litter.temporary]);
  amounts.add('caches', litter.caches);
  amounts.add('databases', litter.databases);
  if (held) return amounts;
  amounts.add('values', [...plan.kept, ...plan.places]);
  amounts.add('artifacts', plan.artifacts);
  amounts.add('files', plan.files);
  amounts.add('bundles', plan.bundles);
  return amounts;
}

/** What would go if nobody worked with the state. */
export function waitingOf({ plan, held }: Going): GcAmount {
  if (!held) return NOTHING;
  const { kept, places, artifacts, files, bundles } = plan;
  const all = [kept, places, artifacts, files, bundles].flat();
  return { count: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
}

export function freedBytes(going: Going): number {
  return [...amountsOf(going).all().values()].reduce((sum, { bytes }) => sum + bytes, 0);
}
