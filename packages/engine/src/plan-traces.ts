import type { ActionKey, Trace } from '@skein/model';
import type { TraceStore } from '@skein/store';

/** Traces of a plan, each read once: it looks at them from several sides. */
export class PlanTraces {
  readonly #store: TraceStore;
  readonly #known = new Map<ActionKey, readonly Trace[]>();

  constructor(store: TraceStore) {
    this.#store = store;
  }

  of(key: ActionKey): readonly Trace[] {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const traces = this.#store.lookUp(key);
    this.#known.set(key, traces);
    return traces;
  }

  /** The newest of each key that has one; what is not known yet is read by one query. */
  newestOf(keys: readonly ActionKey[]): readonly Trace[] {
    const unknown = keys.filter((key) => !this.#known.has(key));
    const found = this.#store.lookUpMany(unknown);
    for (const key of unknown) this.#known.set(key, found.get(key) ?? []);
    return keys.flatMap((key) => this.of(key)[0] ?? []);
  }
}
