import type { Reason } from './verdict.ts';

/** What a run took over from those it went on from (R2). */
export interface AdoptionSummary {
  /** Actions that were adopted. */
  readonly adopted: number;
  /** Of these, made by other code or data than today's. */
  readonly madeByEarlier: number;
  /** What is different from what made them, the most frequent first. */
  readonly made: readonly MadeOtherwise[];
}

/** Adopted actions that one and the same difference tells apart from today's. */
export interface MadeOtherwise {
  readonly reason: Reason;
  readonly actions: number;
}
