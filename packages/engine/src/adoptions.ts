import type { AdoptionSummary, MadeOtherwise, Reason } from '@skein/model';

/** Counts what a run adopts, and what was made by other code or data (R2). */
export class Adoptions {
  #adopted = 0;
  #madeByEarlier = 0;
  readonly #made = new Map<string, MadeOtherwise>();

  /** `cause`: what is at the bottom of it; absent: nothing differs. */
  add(cause: Reason | undefined): void {
    this.#adopted += 1;
    if (cause === undefined) return;
    this.#madeByEarlier += 1;
    const name = JSON.stringify(cause);
    const actions = (this.#made.get(name)?.actions ?? 0) + 1;
    this.#made.set(name, { reason: cause, actions });
  }

  summary(): AdoptionSummary {
    return {
      adopted: this.#adopted,
      madeByEarlier: this.#madeByEarlier,
      made: [...this.#made.values()].toSorted((a, b) => b.actions - a.actions),
    };
  }
}
