/** The gpus of the machine by name, and how many hold each: more than one by force only (A5). */
export class Devices {
  readonly #holders: Map<string, number>;

  constructor(names: readonly string[]) {
    this.#holders = new Map(names.map((name) => [name, 0]));
  }

  /** Those with the fewest holders, always in the same order: processes serve a set of them. */
  take(count: number): readonly string[] {
    const byHolders = [...this.#holders].sort(([, a], [, b]) => a - b);
    const taken = new Set(byHolders.slice(0, count).map(([name]) => name));
    for (const name of taken) this.#holders.set(name, (this.#holders.get(name) ?? 0) + 1);
    return [...this.#holders.keys()].filter((name) => taken.has(name));
  }

  give(names: readonly string[]): void {
    for (const name of names) this.#holders.set(name, (this.#holders.get(name) ?? 0) - 1);
  }
}
