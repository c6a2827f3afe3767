import type { ActionKey, Trace } from '@skein/model';
import type { RunFrame } from './frame.ts';
import type { PreparedTask } from './prepare.ts';

/** Traces of a plan, each read once: it looks at them from several sides. */
export class PlanTraces {
  readonly #frame: RunFrame;
  readonly #known = new Map<ActionKey, readonly Trace[]>();

  constructor(frame: RunFrame) {
    this.#frame = frame;
  }

  of(key: ActionKey): readonly Trace[] {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const traces = this.#frame.traces.lookUp(key);
    this.#known.set(key, traces);
    return traces;
  }

  /** The newest of each key that has one; what is not known yet is read by one query. */
  newestOf(keys: readonly ActionKey[]): readonly Trace[] {
    const unknown = keys.filter((key) => !this.#known.has(key));
    const found = this.#frame.traces.lookUpMany(unknown);
    for (const key of unknown) this.#known.set(key, found.get(key) ?? []);
    return keys.flatMap((key) => this.of(key)[0] ?? []);
  }
  /** Of a key those that are known here; and where none of them answers, those of others. */
  async *all(action: {
    readonly task: PreparedTask;
    readonly key: ActionKey;
  }): AsyncGenerator<Trace> {
    const near = this.of(action.key);
    yield* near;
    const more = (await this.#frame.far?.more(action, near)) ?? [];
    if (more.length > 0) this.#known.set(action.key, [...more, ...near]);
    yield* more;
  }

  /** Others are asked at once for what nothing is known of here. */
  async ahead(keys: readonly ActionKey[]): Promise<void> {
    const { far } = this.#frame;
    if (far === undefined) return;
    const unknown = keys.filter((key) => (this.#known.get(key) ?? []).length === 0);
    await far.ahead(unknown);
    for (const key of unknown) this.#known.delete(key);
  }
}
