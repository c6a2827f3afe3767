import type { DatabaseSync } from 'node:sqlite';
import type { ActionKey, Trace } from '@skein/model';
import { GenerationTable, LocalRaises, isSameMark } from './generation.ts';
import type { GenerationMark } from './generation.ts';
import { SummaryTable } from './summary-table.ts';

type NewestTraces = (keys: readonly ActionKey[]) => ReadonlyMap<ActionKey, readonly Trace[]>;

/**
 * Deep summaries and the generation they hold under (T6). A summary is made of traces that may
 * not be written yet, so it cannot know its generation: it says since when it looked, and gets
 * the generation of the transaction it is written in, if nobody else raised it in between. Waits
 * for a transaction after which none of the traces it saw will raise it any more.
 */
export class KeptSummaries {
  readonly #generation: GenerationTable;
  readonly #table: SummaryTable;
  readonly #raises: LocalRaises;
  readonly #pending = new Map<
    ActionKey,
    { readonly body: Uint8Array; readonly since: GenerationMark }
  >();
  #written: ActionKey[] = [];
  #isTrusted = true;

  constructor(db: DatabaseSync, newest: NewestTraces) {
    this.#generation = new GenerationTable(db);
    this.#table = new SummaryTable(db);
    this.#raises = new LocalRaises(newest);
  }

  mark(run: string): GenerationMark {
    return { run, foreign: this.#foreign(), local: this.#raises.besides(run) };
  }

  raise(): void {
    this.#generation.raise(1);
  }

  remembered(trace: Trace): void {
    this.#raises.remembered(trace);
  }

  /** They will not be written after all. */
  forgotten(traces: readonly Trace[]): void {
    this.#raises.forget(traces);
  }

  /** Nothing that was kept is to be believed, and the database cannot be told. */
  distrust(): void {
    this.#isTrusted = false;
  }

  /** Of this generation, or nothing. */
  read(key: ActionKey): Uint8Array | undefined {
    if (!this.#isTrusted) return undefined;
    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      return isSameMark(pending.since, this.mark(pending.since.run)) ? pending.body : undefined;
    }
    // The generation is read after the row: it only ever grows.
    const row = this.#table.read(key);
    if (row === undefined || row.generation !== this.#generation.read()) return undefined;
    return this.#raises.isPending ? undefined : row.body;
  }

  keep(key: ActionKey, body: Uint8Array, since: GenerationMark): void {
    this.#pending.set(key, { body, since });
  }

  /** Writes what belongs to a transaction. `traces`: those it wrote, with whether they raised. */
  apply(traces: readonly { readonly trace: Trace; readonly raised: boolean }[]): void {
    const foreign = this.#foreign();
    this.#written = [];
    this.#raises.begin();
    for (const { trace, raised } of traces) this.#raises.wrote(trace, raised);
    this.#generation.raise(this.#raises.written);
    if (this.#pending.size === 0 || this.#raises.isPendingBesides(traces)) return;
    const generation = this.#generation.read();
    for (const [key, { body, since }] of this.#pending) {
      this.#written.push(key);
      if (since.foreign !== foreign) continue;
      if (since.local !== this.#raises.besides(since.run)) continue;
      this.#table.write(key, generation, body);
    }
    this.#table.dropOlder(generation);
  }

  committed(traces: readonly Trace[]): void {
    this.#raises.committed(traces);
    for (const key of this.#written) this.#pending.delete(key);
    this.#written = [];
  }

  #foreign(): number {
    return this.#generation.read() - this.#raises.own;
  }
}
