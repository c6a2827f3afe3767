import type { SavedSnapshot } from './checkpoint.ts';
import type { Impurity, Observation } from './observation.ts';
import type { ResultOutcome } from './outcome.ts';

/**
 * The saves of one action in their order: what they come to. Saves that continue say only what is
 * new, so a loop of ten thousand rounds writes as much as it observes, not its square.
 */
export class SnapshotFold {
  #last: SavedSnapshot | undefined;
  #waves: Observation[][] = [];
  #impurities: Impurity[] = [];
  #untraceable: string | undefined;
  #whole: SavedSnapshot | undefined;

  add(saved: SavedSnapshot): void {
    const { observed } = saved;
    if (saved.continues !== true) this.#clear();
    for (const [index, wave] of observed.waves.entries()) {
      const last = this.#waves.at(-1);
      if (index > 0 || last === undefined) this.#waves.push([...wave]);
      else for (const seen of wave) last.push(seen);
    }
    for (const impurity of observed.impurities) this.#impure(impurity);
    this.#untraceable ??= observed.untraceable;
    this.#last = saved;
    this.#whole = undefined;
  }

  /** The value that counts. */
  get value(): ResultOutcome | undefined {
    return this.#last?.value;
  }

  /** As if everything had been said with the last save; it does not change afterwards. */
  whole(): SavedSnapshot | undefined {
    if (this.#last === undefined) return undefined;
    this.#whole ??= this.#join(this.#last);
    return this.#whole;
  }

  #join({ value, observed: { log }, drawn }: SavedSnapshot): SavedSnapshot {
    const untraceable = this.#untraceable;
    return {
      value,
      observed: {
        waves: this.#waves.filter((wave) => wave.length > 0).map((wave) => [...wave]),
        log,
        impurities: [...this.#impurities],
        ...(untraceable !== undefined && { untraceable }),
      },
      ...(drawn !== undefined && { drawn }),
    };
  }

  #impure(impurity: Impurity): void {
    const { kind, what } = impurity;
    const isKnown = this.#impurities.some((it) => it.kind === kind && it.what === what);
    if (!isKnown) this.#impurities.push(impurity);
  }

  #clear(): void {
    this.#waves = [];
    this.#impurities = [];
    this.#untraceable = undefined;
  }
}
