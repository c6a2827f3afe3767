import type { KeptFacts } from './kept-facts.ts';
import type { Recheck } from './recheck.ts';

/** A kept analysis, and how it compares with the files of today. */
export interface Earlier {
  readonly check: Recheck;
  readonly facts: KeptFacts;
}
