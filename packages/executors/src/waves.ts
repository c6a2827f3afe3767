import { packDigests } from '@skein/values';
import type { Digest } from '@skein/values';
import { NEVER_STARTED } from '@skein/model';
import type { Impurity, Observation, TaskId, Wave } from '@skein/model';

/** A call that was made and may get an outcome. */
export interface MadeCall {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly count: number;
  readonly override: Uint8Array | undefined;
}

/** A bulk map that was made and may get its outcomes. */
export interface MadeMap {
  readonly task: TaskId;
  readonly inputs: readonly Digest[];
  readonly override: Uint8Array | undefined;
  readonly concurrency: number;
  readonly settled: boolean;
}

/**
 * What one action observed, in the order it saw it (T1).
 *
 * W1: an outcome is observed when it is delivered to the task, not when the call is made.
 * W2: making a call closes the wave, if anything was observed since the last call.
 * W3: a variable counts once, where it was first read.
 */
export class WaveRecorder {
  readonly #waves: Wave[] = [];
  #current: Observation[] = [];
  /** Most actions call nothing and read nothing. */
  #counts: Map<string, number> | undefined;
  #variables: Set<string> | undefined;
  readonly #impurities: Impurity[] = [];

  /** A call leaves: the wave ends here. */
  makeCall(task: TaskId, inputs: readonly Digest[], override: Uint8Array | undefined): MadeCall {
    this.#cut();
    const identity = `${task} ${inputs.join(' ')}`;
    this.#counts ??= new Map();
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    return { task, inputs, count, override };
  }

  makeMap(map: MadeMap): MadeMap {
    this.#cut();
    return map;
  }

  deliver({ task, inputs, count, override }: MadeCall, outcome: Digest): void {
    const call = { kind: 'call', task, inputs, outcome, count } as const;
    this.#current.push(override === undefined ? call : { ...call, override });
  }

  /** `undefined` for an item that was skipped: 40 zero bytes stand in its place. */
  deliverMap(map: MadeMap, outcomes: readonly (Digest | undefined)[]): void {
    const { task, inputs, override, concurrency, settled } = map;
    const observation = {
      kind: 'map',
      task,
      inputs: packDigests(inputs),
      outcomes: packDigests(outcomes.map((outcome) => outcome ?? NEVER_STARTED)),
      concurrency,
      settled,
    } as const;
    this.#current.push(override === undefined ? observation : { ...observation, override });
  }

  readVariable(name: string, digest: Digest | null): void {
    this.#variables ??= new Set();
    if (this.#variables.has(name)) return;
    this.#variables.add(name);
    this.#current.push({ kind: 'variable', name, digest });
  }

  impure(impurity: Impurity): void {
    const known = this.#impurities.some(
      ({ kind, what }) => kind === impurity.kind && what === impurity.what,
    );
    if (!known) this.#impurities.push(impurity);
  }

  finish(): { readonly waves: readonly Wave[]; readonly impurities: readonly Impurity[] } {
    this.#cut();
    return { waves: this.#waves, impurities: this.#impurities };
  }

  #cut(): void {
    if (this.#current.length === 0) return;
    this.#waves.push(this.#current);
    this.#current = [];
  }
}
