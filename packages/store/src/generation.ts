import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ActionKey, Trace } from '@skein/model';

/**
 * Where the generation stood when a run began to look at traces (T6): how often other processes
 * raised it, and how often traces of other runs of this process did. Both equal later: every key
 * still has the newest outcome that was seen, or one that the run itself came to.
 */
export interface GenerationMark {
  readonly run: string;
  readonly foreign: number;
  readonly local: number;
}

export function isSameMark(one: GenerationMark, other: GenerationMark): boolean {
  return one.run === other.run && one.foreign === other.foreign && one.local === other.local;
}

const TABLE = `
create table if not exists generation (
  only integer primary key check (only = 1),
  value integer not null
);
insert or ignore into generation (only, value) values (1, 0);
`;

/** How often a key of the database got a trace with another outcome than its newest one had. */
export class GenerationTable {
  readonly #select: StatementSync;
  readonly #raise: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec(TABLE);
    this.#select = db.prepare('select value from generation where only = 1');
    this.#raise = db.prepare('update generation set value = value + ? where only = 1');
  }

  read(): number {
    return Number(this.#select.get()?.['value'] ?? -1);
  }

  raise(by: number): void {
    if (by > 0) this.#raise.run(by);
  }
}

/**
 * Counts the raises of one process. G1: `own` counts what this process has raised in the database,
 * so the rest is others' doing. G2: a trace that was handed over and is not yet written is looked
 * at only when somebody asks, many in one query: a cold run never pays for it.
 */
export class LocalRaises {
  /** Raised in the database by this process, commits only. */
  own = 0;
  readonly #newest: (keys: readonly ActionKey[]) => ReadonlyMap<ActionKey, readonly Trace[]>;
  readonly #unchecked = new Map<string, Trace>();
  /** Traces that will raise the generation when they are written. */
  readonly #raising = new Set<string>();
  readonly #latest = new Map<ActionKey, Trace>();
  readonly #raises = new Map<string, number>();
  #written = 0;

  /** `newest` reads the database's traces, newest first. */
  constructor(newest: (keys: readonly ActionKey[]) => ReadonlyMap<ActionKey, readonly Trace[]>) {
    this.#newest = newest;
  }

  remembered(trace: Trace): void {
    this.#unchecked.set(nameOf(trace), trace);
  }

  /** How many traces of this process have raised the generation, or will, but those of a run. */
  besides(run: string): number {
    this.#check();
    let sum = 0;
    for (const [raiser, raises] of this.#raises) if (raiser !== run) sum += raises;
    return sum;
  }

  /** True where a trace that is not yet written will raise it. */
  get isPending(): boolean {
    return this.isPendingBesides([]);
  }

  /** The same, once these are committed. */
  isPendingBesides(written: readonly { readonly trace: Trace }[]): boolean {
    this.#check();
    const gone = written.filter(({ trace }) => this.#raising.has(nameOf(trace)));
    return this.#raising.size > gone.length;
  }

  /** Inside the transaction: the trace was written after all, and did raise it or did not. */
  wrote(trace: Trace, raised: boolean): void {
    if (raised) this.#written += 1;
    if (this.#unchecked.delete(nameOf(trace)) && raised) this.#count(trace);
  }

  begin(): void {
    this.#written = 0;
  }

  get written(): number {
    return this.#written;
  }

  committed(traces: readonly Trace[]): void {
    this.own += this.#written;
    this.#written = 0;
    this.forget(traces);
  }

  /** They are written, or never will be. */
  forget(traces: readonly Trace[]): void {
    for (const trace of traces) {
      const name = nameOf(trace);
      this.#unchecked.delete(name);
      this.#raising.delete(name);
      const latest = this.#latest.get(trace.key);
      if (latest !== undefined && nameOf(latest) === name) this.#latest.delete(trace.key);
    }
  }

  #check(): void {
    if (this.#unchecked.size === 0) return;
    const traces = [...this.#unchecked.values()];
    this.#unchecked.clear();
    const stored = this.#newest(traces.map(({ key }) => key));
    for (const trace of traces) {
      const before = this.#latest.get(trace.key) ?? stored.get(trace.key)?.[0];
      this.#latest.set(trace.key, trace);
      if (before === undefined || before.outcome.digest === trace.outcome.digest) continue;
      this.#raising.add(nameOf(trace));
      this.#count(trace);
    }
  }

  /** What others made is nobody's own here, whatever run they say made it. */
  #count({ run: maker, origin }: Trace): void {
    const run = origin === undefined ? maker : '';
    this.#raises.set(run, (this.#raises.get(run) ?? 0) + 1);
  }
}

/** What others say of their runs is not to be confused with ours. */
function nameOf({ key, run, action, outcome, origin }: Trace): string {
  const name = `${run} ${action}`;
  return origin === undefined ? name : `${name} ${key} ${outcome.digest}`;
}
